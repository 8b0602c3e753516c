"""Which tenant the running code works for. A context variable: safe in threads and async code."""

from __future__ import annotations

import uuid
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from django.apps import apps

from shopman.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from shopman.models import Organization, Tenant


class TenantRequired(RuntimeError):
    """No tenant is in use here. Wrap the code in ``tenancy.use(tenant)``."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class UnknownTenant(NotFound):
    """There is no such shop."""

    code = "unknown_tenant"


class TenantMismatch(Conflict):
    """The row belongs to another tenant than the one in use."""

    code = "tenant_mismatch"


class ForeignReference(Invalid):
    """The row refers to something that this tenant does not have."""

    code = "foreign_reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is in use: a tenant, and perhaps one organization of it."""

    tenant: Tenant
    organization: Organization | None


_scope: ContextVar[Scope | None] = ContextVar("shopman_tenancy", default=None)


def current() -> Tenant:
    """The tenant in use. Raises TenantRequired when there is none."""
    scope = _scope.get()
    if scope is None:
        raise TenantRequired
    return scope.tenant


def current_or_none() -> Tenant | None:
    """The tenant in use, for logs and other code that also runs outside any tenant."""
    scope = _scope.get()
    return scope.tenant if scope else None


def current_organization() -> Organization | None:
    """The organization in use inside the current tenant, if any."""
    scope = _scope.get()
    return scope.organization if scope else None


def current_organization_key() -> uuid.UUID | None:
    """Default of ``organization`` columns: what is made in an organization belongs to it."""
    organization = current_organization()
    return organization.pk if organization else None


def by_slug(slug: str) -> Tenant:
    """The active tenant with this slug. Raises UnknownTenant."""
    model = apps.get_model("shopman", "Tenant")
    tenant = model.objects.filter(slug=slug, is_active=True).first()
    if tenant is None:
        raise UnknownTenant(f"There is no active tenant {slug!r}.")
    return tenant


class use(ContextDecorator):
    """Work for a tenant, given as a Tenant or its slug; a context manager and a decorator.

    Raises UnknownTenant for a slug nobody has, TenantMismatch for another tenant's organization.
    """

    def __init__(self, tenant: Tenant | str, organization: Organization | None = None) -> None:
        self.tenant = tenant
        self.organization = organization
        self._tokens: list[Token[Scope | None]] = []

    def _recreate_cm(self) -> use:
        # A decorated function may run in several threads at once: each call gets its own tokens.
        return use(self.tenant, self.organization)

    def __enter__(self) -> Tenant:
        tenant = by_slug(self.tenant) if isinstance(self.tenant, str) else self.tenant
        if self.organization is not None and self.organization.tenant_id != tenant.pk:
            raise TenantMismatch
        scope = Scope(tenant=tenant, organization=self.organization)
        self._tokens.append(_scope.set(scope))
        return tenant

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _scope.reset(self._tokens.pop())
