"""The outbox and the audit trail in the admin: to look at."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shopman import audit_trail
from shopman.admin.base import ReadOnlyAdmin
from shopman.models import AuditEntry, OutboxEvent
from shopman.outbox import relay
from shopman.tenancy.rights import Right


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    """Events and how their delivery went; dead letters can be replayed."""

    contact_fields = frozenset({"payload", "last_error"})

    right = Right.MANAGE_SHOP
    list_display = ("name", "subject", "occurred_at", "delivered_at", "attempts", "dead_at")
    list_filter = (
        ("dead_at", admin.EmptyFieldListFilter),
        ("delivered_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("=name", "=subject")
    ordering = ("-uuid",)
    actions = ("replay",)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return self.may_write(request)

    @admin.action(description=_("Replay dead letters"), permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[OutboxEvent]) -> None:
        count = relay.replay(keys=list(queryset.values_list("pk", flat=True)))
        text = ngettext("%d event will be tried again.", "%d events will be tried again.", count)
        self.message_user(request, text % count, messages.SUCCESS)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Every change of the shop in use, newest first."""

    contact_fields = frozenset({"before", "after", "reason"})

    list_display = ("at", "action", "subject", "actor_kind", "actor_label", "reason")
    list_filter = ("actor_kind",)
    search_fields = ("=subject", "=action", "=actor_label", "=request_id")
    ordering = ("-at", "-uuid")
    fields: ClassVar = (
        "at",
        "action",
        "subject",
        "actor_kind",
        "actor_id",
        "actor_label",
        "request_id",
        "before",
        "after",
        "reason",
    )

    def customer_of(self, row: AuditEntry) -> UUID | None:
        return audit_trail.customer_of(row)
