"""The outbox and the audit trail in the admin: to look at."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Final
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from shopman import audit_trail, trail_words
from shopman.admin import shown, subjects
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.shown import Badge
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
            *((kind, trail_words.actor(kind)) for kind in _OTHER_ACTORS),
        ]

    def queryset(self, request: Any, queryset: Any) -> Any:
        chosen = self.value()
        return queryset.filter(actor_kind=chosen) if chosen else queryset


class WholeShopAdmin(ReadOnlyAdmin):
    """Rows about every organization, which do not say about which: for whoever works in all.

    They are about a ``subject``, whose name and page are looked up for a whole list at once.
    """

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and not staff.is_limited(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and not staff.is_limited(request)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        told = subjects.told({row.subject for row in found.result_list})
        for row in found.result_list:
            row.about_told = told[row.subject]
        return found

    class Media:
        css: ClassVar = {"all": ["shopman/parts.css"]}

    @display(description=_("about"))
    def about(self, row: OutboxEvent | AuditEntry) -> SafeString:
        told = getattr(row, "about_told", None)
        return told or subjects.told({row.subject})[row.subject]


@admin.register(OutboxEvent)
class OutboxEventAdmin(WholeShopAdmin):
    """Events and how their delivery went; dead letters can be replayed."""

    contact_fields = frozenset({"payload", "last_error"})

    right = Right.MANAGE_SHOP
    list_display = ("when", "what", "about", "standing", "tries")
    list_filter = (ByDelivery,)
    search_fields = ("=name", "=subject")
    search_help_text = _("Name of the event, or its subject like order:<key>")
    fields: ClassVar = (
        ("when", "standing"), "about", "name", "content",
        ("attempts", "next_attempt_at"), ("delivered_at", "dead_at"), "last_error",
    )  # fmt: skip
    readonly_fields: ClassVar = ("when", "standing", "about", "content")
    ordering = ("-uuid",)
    sortable_by = ()
    actions = ("replay",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and self.may_write(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever the menu offers it to: what systems tell each other is no work of staff."""
        return super().has_view_permission(request, obj) and self.may_write(request)

    @display(description=_("when"))
    def when(self, row: OutboxEvent) -> str:
        return shown.moment(row.occurred_at)

    @display(description=_("what happened"))
    def what(self, row: OutboxEvent) -> str:
        return trail_words.event(row.name)

    def title_of(self, row: OutboxEvent) -> str:
        return trail_words.event(row.name)

    @display(description=_("content"))
    def content(self, row: OutboxEvent) -> SafeString:
        facts = {
            "lines": audit_trail.facts(row.subject, row.payload),
            "sent": json.dumps(row.payload, ensure_ascii=False, indent=2),
        }
        return render_to_string("shopman/admin/content.html", facts)

    @display(
        description=_("delivery"),
        label={"delivered": "success", "waiting": "info", "dead": "danger"},
    )
    def standing(self, row: OutboxEvent) -> Badge:
        if row.dead_at:
            return Badge("dead", str(_("given up")))
        if row.delivered_at:
            return Badge("delivered", str(_("delivered")))
        return Badge("waiting", str(_("waiting")))

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

    list_display = ("when", "what", "who", "about", "reason")
    list_filter = (ByActor,)
    search_fields = ("=subject", "=action", "=actor_label", "=request_id")
    search_help_text = _("Name of a member of staff, or a subject like customer:<key>")
    ordering = ("-at", "-uuid")
    sortable_by = ()
    fields: ClassVar = (("when", "who"), "about", "changes", "request_id")
    readonly_fields: ClassVar = ("when", "who", "about", "changes")

    def title_of(self, row: AuditEntry) -> str:
        return trail_words.action(row.action)

    @display(description=_("when"))
    def when(self, row: AuditEntry) -> str:
        return shown.moment(row.at)

    @display(description=_("what was done"))
    def what(self, row: AuditEntry) -> str:
        return trail_words.action(row.action)

    @display(description=_("by"))
    def who(self, row: AuditEntry) -> str:
        return trail_words.actor(row.actor_kind, row.actor_id, row.actor_label)

    @display(description=_("what changed"))
    def changes(self, row: AuditEntry) -> SafeString:
        return render_to_string("shopman/admin/change.html", {"entry": audit_trail.read(row)})

    def customer_of(self, row: AuditEntry) -> UUID | None:
        return audit_trail.customer_of(row)
