"""Tenancy: every row belongs to a tenant, and code works for one tenant at a time."""

from shopman.tenancy.context import (
    ForeignReference,
    TenantMismatch,
    TenantRequired,
    UnknownTenant,
    by_slug,
    current,
    current_or_none,
    current_organization,
    current_organization_key,
    use,
)

__all__ = [
    "ForeignReference",
    "TenantMismatch",
    "TenantRequired",
    "UnknownTenant",
    "by_slug",
    "current",
    "current_or_none",
    "current_organization",
    "current_organization_key",
    "use",
]
