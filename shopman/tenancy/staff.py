"""Who of the staff is signed in, and what they may do in the shop in use."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django.contrib import auth
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from shopman import tenancy
from shopman.models import Membership, Organization, Tenant
from shopman.prepared import Prepared
from shopman.tenancy import rights
from shopman.tenancy.rights import Right

#: Session key that holds the slug of the shop a member of several has chosen.
SELECTED_TENANT = "shopman_tenant"
#: Session key that holds the key of the organization a member of staff works in for now.
SELECTED_ORGANIZATION = "shopman_organization"

_ROWS = "_shopman_staff_rows"
_MEMBERSHIPS = "_shopman_memberships"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One member's access to one tenant. Without ``organizations`` all of them are open."""

    tenant: Tenant
    role: str
    organizations: frozenset[uuid.UUID] = frozenset()

    def reaches(self, organization: uuid.UUID) -> bool:
        """Whether an organization of the tenant is open to the member."""
        return not self.organizations or organization in self.organizations

    def may(self, right: Right) -> bool:
        """Whether the member's role has a right."""
        return right in rights.of_role(self.role)

    @property
    def may_write(self) -> bool:
        """Whether customers and orders may be changed: ``Right.CHANGE``."""
        return self.may(Right.CHANGE)


class StaffMiddleware(AuthenticationMiddleware):
    """``request.user``, read together with the user's memberships in one query, when asked for."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = cast("Any", SimpleLazyObject(lambda: _signed_in(request)))


def user_of(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    """The staff side's user of a Django request."""
    return cast("AbstractBaseUser | AnonymousUser", request.user)


def is_superuser(request: HttpRequest) -> bool:
    """Whether an active superuser is signed in."""
    user: Any = user_of(request)
    return bool(user.is_authenticated and user.is_active and user.is_superuser)


def memberships(request: HttpRequest) -> list[Access]:
    """The shops of the signed-in member of staff, by slug; inactive ones are left out."""
    user: Any = user_of(request)
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return []
    known: tuple[Any, list[Access]] | None = getattr(request, _MEMBERSHIPS, None)
    if known is None or known[0] != user.pk:
        rows = getattr(request, _ROWS, None)
        if rows is None or rows[0][0] != user.pk:
            rows = _user_and_memberships.rows(user.pk)
        known = (user.pk, _accesses(rows))
        setattr(request, _MEMBERSHIPS, known)
    return known[1]


def access(request: HttpRequest) -> Access | None:
    """The signed-in member's access to the tenant in use; None for anybody else.

    A superuser has every tenant as an owner. Whoever works in one organization for now
    (``chosen_organization``) reaches that one and what is shared.
    """
    found = _membership(request)
    organization = tenancy.current_organization()
    if found is None or organization is None or not found.reaches(organization.pk):
        return found
    return replace(found, organizations=frozenset({organization.pk}))


def organizations(request: HttpRequest) -> list[Organization]:
    """The organizations of the tenant in use that the member may work in, by name. One query."""
    found = _membership(request)
    if found is None:
        return []
    rows = Organization.objects.order_by("name", "uuid")
    return list(rows.filter(pk__in=found.organizations) if found.organizations else rows)


def chosen_organization(request: HttpRequest) -> Organization | None:
    """The organization this session works in, of the tenant in use; None: all the member has.

    One query where one was chosen; what the member may not reach any more counts as not chosen.
    """
    key = request.session.get(SELECTED_ORGANIZATION) if hasattr(request, "session") else None
    found = _membership(request) if key else None
    if found is None or not found.reaches(uuid.UUID(key)):
        return None
    row: Organization | None = Organization.objects.filter(pk=key).first()
    return row


def is_limited(request: HttpRequest) -> bool:
    """Whether the member may work in some organizations of the tenant in use only."""
    found = _membership(request)
    return found is not None and bool(found.organizations)


def _membership(request: HttpRequest) -> Access | None:
    """Access to the tenant in use as the membership gives it."""
    tenant = tenancy.current_or_none()
    user: Any = user_of(request)
    if tenant is None or not (user.is_authenticated and user.is_active and user.is_staff):
        return None
    if is_superuser(request):
        return Access(tenant=tenant, role=Membership.Role.OWNER)
    return next((each for each in memberships(request) if each.tenant.pk == tenant.pk), None)


def may(request: HttpRequest, right: Right) -> bool:
    """Whether the signed-in member of staff has a right in the tenant in use."""
    found = access(request)
    return found is not None and found.may(right)


def _columns(model: Any, prefix: str = "") -> list[str]:
    names = [field.attname for field in model._meta.concrete_fields]
    names.remove(model._meta.pk.attname)
    return [f"{prefix}{name}" for name in [model._meta.pk.attname, *names]]


def _build(mark: Any) -> Any:
    user = get_user_model()
    # Whose shop the request is for is not known yet: the joins see the memberships of all tenants.
    return (
        user._default_manager.filter(pk=mark)
        .order_by("memberships__tenant__slug")
        .values_list(
            *_columns(user),
            "memberships__role",
            "memberships__limits__organization",
            *_columns(Tenant, "memberships__tenant__"),
        )
    )


_user_and_memberships = Prepared(build=_build, mark=-1)


def _signed_in(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    """What Django's ``get_user`` finds, in one query where the backend is Django's own."""
    cached: AbstractBaseUser | AnonymousUser | None = getattr(request, "_cached_user", None)
    if cached is None:
        cached = _from_rows(request) or auth.get_user(request)
        setattr(request, "_cached_user", cached)  # noqa: B010  # Django's own name for it
    return cached


def _from_rows(request: HttpRequest) -> AbstractBaseUser | None:
    """The user of the session, or None where Django must look closer: it costs another query."""
    key = request.session.get(auth.SESSION_KEY)
    if key is None or not _is_plain(request.session.get(auth.BACKEND_SESSION_KEY)):
        return None
    model = get_user_model()
    rows = _user_and_memberships.rows(model._meta.pk.to_python(key))
    if not rows:
        return None
    names = _columns(model)
    user = model.from_db("default", names, rows[0][: len(names)])
    digest = request.session.get(auth.HASH_SESSION_KEY) or ""
    if not user.is_active or not constant_time_compare(digest, user.get_session_auth_hash()):
        return None
    setattr(request, _ROWS, rows)
    return user


def _is_plain(path: Any) -> bool:
    return bool(path) and import_string(path) is ModelBackend


def _accesses(rows: Sequence[tuple[Any, ...]]) -> list[Access]:
    start = len(_columns(get_user_model()))
    names = _columns(Tenant)
    found: dict[uuid.UUID, tuple[Tenant, str, set[uuid.UUID]]] = {}
    for row in rows:
        role, organization, key = row[start : start + 3]
        if key is None:
            continue
        if key not in found:
            tenant = Tenant.from_db("default", names, row[start + 2 :])
            found[key] = (tenant, role, set())
        if organization is not None:
            found[key][2].add(organization)
    return [
        Access(tenant=tenant, role=role, organizations=frozenset(keys))
        for tenant, role, keys in found.values()
        if tenant.is_active
    ]
