"""The outbox and the audit trail in the admin: to look at."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from shopman import audit_trail
from shopman.admin.base import ReadOnlyAdmin
from shopman.models import AuditEntry, OutboxEvent
from shopman.outbox import relay
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

_OTHER_ACTORS: Final = ("customer", "client", "command", "task", "system")


class ByDelivery(admin.SimpleListFilter):
    """How far an event got."""

    title = _("delivery")
    parameter_name = "delivery"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("waiting", str(_("waiting"))),
            ("delivered", str(_("delivered"))),
            ("dead", str(_("given up"))),
        ]

    def queryset(self, request: Any, queryset: Any) -> Any:
        wanted = {
            "waiting": {"delivered_at__isnull": True, "dead_at__isnull": True},
            "delivered": {"delivered_at__isnull": False},
            "dead": {"dead_at__isnull": False},
        }.get(self.value() or "")
        return queryset.filter(**wanted) if wanted else queryset


class ByActor(admin.SimpleListFilter):
    """What kind of actor it was."""

    title = _("by")
    parameter_name = "by"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("user", str(_("staff"))),
            *((kind, audit_trail.actor_words(kind)) for kind in _OTHER_ACTORS),
        ]

    def queryset(self, request: Any, queryset: Any) -> Any:
        chosen = self.value()
        return queryset.filter(actor_kind=chosen) if chosen else queryset


class WholeShopAdmin(ReadOnlyAdmin):
    """Rows about every organization, which do not say about which: for whoever works in all."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and not staff.is_limited(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and not staff.is_limited(request)


@admin.register(OutboxEvent)
class OutboxEventAdmin(WholeShopAdmin):
    """Events and how their delivery went; dead letters can be replayed."""

    contact_fields = frozenset({"payload", "last_error"})

    right = Right.MANAGE_SHOP
    list_display = ("when", "what", "subject", "standing", "tries")
    list_filter = (ByDelivery,)
    search_fields = ("=name", "=subject")
    search_help_text = _("Name of the event, or its subject like order:<key>")
    ordering = ("-uuid",)
    sortable_by = ()
    actions = ("replay",)

    @display(description=_("when"))
    def when(self, row: OutboxEvent) -> Any:
        return row.occurred_at

    @display(description=_("what happened"))
    def what(self, row: OutboxEvent) -> str:
        return row.name.rpartition(".")[2].replace("_", " ").capitalize()

    @display(
        description=_("delivery"),
        label={"delivered": "success", "waiting": "info", "dead": "danger"},
    )
    def standing(self, row: OutboxEvent) -> tuple[str, str]:
        if row.dead_at:
            return "dead", str(_("given up"))
        done = row.delivered_at is not None
        return ("delivered", str(_("delivered"))) if done else ("waiting", str(_("waiting")))

    @display(description=_("tries"))
    def tries(self, row: OutboxEvent) -> int:
        return row.attempts

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return self.may_write(request)

    @admin.action(description=_("Try again what was given up"), permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[OutboxEvent]) -> None:
        count = relay.replay(keys=list(queryset.values_list("pk", flat=True)))
        text = ngettext("%d event will be tried again.", "%d events will be tried again.", count)
        self.message_user(request, text % count, messages.SUCCESS)


@admin.register(AuditEntry)
class AuditEntryAdmin(WholeShopAdmin):
    """Every change of the shop in use, newest first."""

    contact_fields = frozenset({"before", "after", "reason"})

    list_display = ("when", "what", "who", "kind", "reason")
    list_filter = (ByActor,)
    search_fields = ("=subject", "=action", "=actor_label", "=request_id")
    search_help_text = _("Name of a member of staff, or a subject like customer:<key>")
    ordering = ("-at", "-uuid")
    sortable_by = ()
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

    @display(description=_("when"))
    def when(self, row: AuditEntry) -> Any:
        return row.at

    @display(description=_("what was done"))
    def what(self, row: AuditEntry) -> str:
        return audit_trail.read(row).action

    @display(description=_("by"))
    def who(self, row: AuditEntry) -> str:
        return audit_trail.actor_words(row.actor_kind, row.actor_id, row.actor_label)

    @display(description=_("about"))
    def kind(self, row: AuditEntry) -> str:
        # Rows are called what their apps call them, where the catalogues know the word.
        return gettext(row.subject.partition(":")[0].replace("_", " "))

    def customer_of(self, row: AuditEntry) -> UUID | None:
        return audit_trail.customer_of(row)
