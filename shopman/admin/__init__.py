"""What the admin pages of every app are made from. Their pages call services and write no rows."""

from shopman.admin.acts import ActForm
from shopman.admin.base import ReadOnlyAdmin, TenantAdmin, VersionedForm

__all__ = ["ActForm", "ReadOnlyAdmin", "TenantAdmin", "VersionedForm"]
