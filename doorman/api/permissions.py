"""Permissions for shoppers; they live in the kernel, so that no store view imports doorman."""

from shopman.api.permissions import HasRecentAuth, IsCustomer

__all__ = ["HasRecentAuth", "IsCustomer"]
