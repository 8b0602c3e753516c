"""The kernel's models and the abstract bases of everybody else's."""

from shopman.models.audit import AuditEntry
from shopman.models.base import (
    AppendOnlyModel,
    AppendOnlyQuerySet,
    CurrentTenant,
    Immutable,
    OrganizationModel,
    TenantManager,
    TenantModel,
    TenantQuerySet,
    of_organizations,
    sole,
    stamp,
)
from shopman.models.expressions import Bucket, Keys, Moment
from shopman.models.idempotency import IdempotencyRecord
from shopman.models.job import Job, JobFailure
from shopman.models.lookups import Among
from shopman.models.outbox import OutboxEvent
from shopman.models.permit import Permit
from shopman.models.saved_view import SavedView
from shopman.models.tenant import (
    Membership,
    MembershipOrganization,
    Organization,
    Tenant,
    TenantDomain,
)

__all__ = [
    "Among",
    "AppendOnlyModel",
    "AppendOnlyQuerySet",
    "AuditEntry",
    "Bucket",
    "CurrentTenant",
    "IdempotencyRecord",
    "Immutable",
    "Job",
    "JobFailure",
    "Keys",
    "Membership",
    "MembershipOrganization",
    "Moment",
    "Organization",
    "OrganizationModel",
    "OutboxEvent",
    "Permit",
    "SavedView",
    "Tenant",
    "TenantDomain",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "of_organizations",
    "sole",
    "stamp",
]
