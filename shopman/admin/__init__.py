"""The admin of the kernel's own rows, and what every app's admin is made from."""

from shopman.admin import kinds, labels
from shopman.admin.job import JobAdmin
from shopman.admin.records import AuditEntryAdmin, OutboxEventAdmin
from shopman.admin.tenant import MembershipAdmin, OrganizationAdmin, TenantModelAdmin

labels.give()

__all__ = [
    "AuditEntryAdmin",
    "JobAdmin",
    "MembershipAdmin",
    "OrganizationAdmin",
    "OutboxEventAdmin",
    "TenantModelAdmin",
    "kinds",
]
