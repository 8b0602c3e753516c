"""Who may use a view. Every view names its permissions; the default denies."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from shopman import clock
from shopman.conf import conf
from shopman.errors import Denied, Failure, Unauthenticated
from shopman.tenancy import staff
from shopman.tenancy.rights import Right


class NotAMember(Denied):
    """You do not work for this shop."""

    code = "not_a_member"


class ReadOnlyRole(Denied):
    """Your role may look but not change."""

    code = "read_only_role"


class RightMissing(Denied):
    """Your role may not do this."""

    code = "right_missing"


class RecentSignInRequired(Denied):
    """Confirm that it is you and try again."""

    code = "recent_authentication_required"


def customer_of(request: Any) -> Any | None:
    """The shopper who is signed in, as ``request.customer`` says, or None."""
    customer = getattr(request, "customer", None)
    return customer if customer is not None and customer.is_authenticated else None


class DenyAll(BasePermission):
    """The default of the project: a view that names no permission answers nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class Public(BasePermission):
    """Anybody, on purpose."""

    #: For the schema: nobody has to sign in.
    is_public: ClassVar[bool] = True

    def has_permission(self, request: Request, view: Any) -> bool:
        return True


class IsStaff(BasePermission):
    """Active staff who work for the tenant in use; what changes something takes a right.

    A view's ``right`` says which, else ``Right.CHANGE``. A superuser works for every tenant. One
    query a request at most. Raises Unauthenticated, NotAMember, ReadOnlyRole, RightMissing.
    """

    #: The same for the schema: on every request, and on those that change something.
    failures: ClassVar[tuple[type[Failure], ...]] = (Unauthenticated, NotAMember)
    failures_of_changes: ClassVar[tuple[type[Failure], ...]] = (ReadOnlyRole, RightMissing)

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            raise Unauthenticated
        access = staff.access(request._request)
        if access is None:
            raise NotAMember
        right = getattr(view, "right", Right.CHANGE)
        if request.method not in SAFE_METHODS and not access.may(right):
            raise RightMissing if access.may_write else ReadOnlyRole
        return True


class IsCustomer(BasePermission):
    """A signed-in shopper: ``request.customer`` says so. Raises Unauthenticated."""

    failures: ClassVar[tuple[type[Failure], ...]] = (Unauthenticated,)

    def has_permission(self, request: Request, view: Any) -> bool:
        if customer_of(request) is None:
            raise Unauthenticated
        return True


class HasRecentAuth(IsCustomer):
    """A shopper who proved who he is within ``SHOPMAN["RECENT_AUTH_SECONDS"]``.

    Looks at ``request.customer.auth_time``, an aware datetime. Raises RecentSignInRequired.
    """

    failures: ClassVar[tuple[type[Failure], ...]] = (Unauthenticated, RecentSignInRequired)

    def has_permission(self, request: Request, view: Any) -> bool:
        super().has_permission(request, view)
        customer: Any = customer_of(request)
        age = clock.now() - customer.auth_time
        if not 0 <= age.total_seconds() <= conf.RECENT_AUTH_SECONDS:
            raise RecentSignInRequired
        return True
