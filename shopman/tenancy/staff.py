"""What a member of staff may do in the shop in use."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import F
from django.http import HttpRequest

from shopman import tenancy
from shopman.models import Membership, Tenant

_ATTRIBUTE = "_shopman_memberships"
#: Session key that holds the slug of the shop a member of several has chosen.
SELECTED_TENANT = "shopman_tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One member's access to one tenant. Without ``organizations`` all of them are open."""

    tenant: Tenant
    role: str
    organizations: frozenset[uuid.UUID] = frozenset()

    @property
    def may_write(self) -> bool:
        return self.role != Membership.Role.READ_ONLY


def user_of(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    """The staff side's user of a Django request."""
    # DRF may have put another principal there; authentication middleware keeps the staff user.
    return cast("AbstractBaseUser | AnonymousUser", request.user)


def is_superuser(request: HttpRequest) -> bool:
    """Whether an active superuser is signed in."""
    user: Any = user_of(request)
    return bool(user.is_authenticated and user.is_active and user.is_superuser)


def memberships(request: HttpRequest) -> list[Access]:
    """The shops of the signed-in member of staff, by slug. One query a request at most."""
    known: list[Access] | None = getattr(request, _ATTRIBUTE, None)
    if known is None:
        user: Any = user_of(request)
        known = of_user(user) if user.is_authenticated and user.is_active and user.is_staff else []
        setattr(request, _ATTRIBUTE, known)
    return known


def of_user(user: AbstractBaseUser) -> list[Access]:
    """The shops of a user, by slug; inactive ones left out. One query."""
    # Whose shop this request is for is not known yet: hence every tenant.
    rows = (
        Membership.all_tenants.filter(user_id=user.pk, tenant__is_active=True)
        .select_related("tenant")
        .annotate(organization_key=F("organizations"))
        .order_by("tenant__slug")
    )
    keys: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    found: dict[uuid.UUID, Membership] = {}
    for row in rows:
        found[row.tenant_id] = row
        if row.organization_key is not None:
            keys[row.tenant_id].add(row.organization_key)
    return [
        Access(tenant=row.tenant, role=row.role, organizations=frozenset(keys[key]))
        for key, row in found.items()
    ]


def access(request: HttpRequest) -> Access | None:
    """The signed-in member's access to the tenant in use; None for anybody else.

    A superuser has every tenant as an owner.
    """
    tenant = tenancy.current_or_none()
    user: Any = user_of(request)
    if tenant is None or not (user.is_authenticated and user.is_active and user.is_staff):
        return None
    if is_superuser(request):
        return Access(tenant=tenant, role=Membership.Role.OWNER)
    return next((each for each in memberships(request) if each.tenant.pk == tenant.pk), None)
