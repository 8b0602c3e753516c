"""What people call the fields of the kernel's own rows.

They are said here and not in the models: a label is no change of the database, and needs no
migration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shopman.models import (
    AuditEntry,
    Membership,
    MembershipOrganization,
    Organization,
    OutboxEvent,
    Tenant,
    TenantDomain,
)

_LABELS: Final[Mapping[type[models.Model], Mapping[str, Promise]]] = {
    Tenant: {
        "name": _("name"),
        "slug": _("short name"),
        "default_region": _("country"),
        "default_currency": _("currency"),
        "time_zone": _("time zone"),
        "locale": _("language"),
        "is_active": _("active"),
    },
    TenantDomain: {"host": _("host name")},
    Organization: {"name": _("name"), "slug": _("short name")},
    Membership: {"user": _("user"), "role": _("role")},
    MembershipOrganization: {"organization": _("organization")},
    AuditEntry: {
        "at": _("when"),
        "action": _("what was done"),
        "subject": _("about"),
        "actor_kind": _("kind of actor"),
        "actor_id": _("key of the actor"),
        "actor_label": _("by"),
        "request_id": _("request"),
        "before": _("before"),
        "after": _("after"),
        "reason": _("reason"),
    },
    OutboxEvent: {
        "name": _("name"),
        "subject": _("about"),
        "payload": _("content"),
        "occurred_at": _("when"),
        "attempts": _("tries"),
        "next_attempt_at": _("next try"),
        "delivered_at": _("delivered"),
        "dead_at": _("given up"),
        "last_error": _("last problem"),
    },
}


def give() -> None:
    """Name the fields; lists, filters and forms say so from then on."""
    for model, labels in _LABELS.items():
        for name, label in labels.items():
            # Only what is shown: migrations read what the field was made with.
            model._meta.get_field(name).verbose_name = label  # type: ignore[union-attr]
