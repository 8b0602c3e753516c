"""Orders: looked at, moved on, refunded, noted on. What they say never changes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import action, display

from omniman.admin.acts import MoveOrder, NoteOnOrder, RefundOrder
from omniman.admin.panels import ORDER_PAGE
from omniman.models import Order
from omniman.rules import refs
from omniman.rules.status import TRANSITIONS, Kind, Status
from shopman import money
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.service import ServiceAdmin
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

_LABELS = {
    Status.PLACED: "info",
    Status.CONFIRMED: "info",
    Status.PREPARING: "warning",
    Status.READY: "warning",
    Status.DISPATCHED: "primary",
    Status.DELIVERED: "success",
    Status.COMPLETED: "success",
    Status.CANCELLED: "danger",
    Status.RETURNED: "danger",
}


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin, ServiceAdmin):
    panel_page = ORDER_PAGE
    list_display = ("ref", "placed_at", "who", "channel", "standing", "kind", "total", "refunded")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        "channel",
        ("placed_at", RangeDateTimeFilter),
    )
    list_filter_submit = True
    list_select_related = ("channel",)
    # Shows the search box; get_search_results decides.
    search_fields = ("ref",)
    search_help_text = _("Reference, customer code, or reference in another system")
    ordering = ("-placed_at", "-uuid")
    actions_detail = ("move", "refund", "note")
    fields: ClassVar = (
        ("ref", "status", "kind"),
        ("placed_at", "channel", "organization"),
        ("customer_code", "customer_uuid"),
        ("total", "refunded"),
        ("source", "external_ref"),
    )
    readonly_fields = ("total", "refunded")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(ref__in={term, refs.normalise(term)}) | Q(customer_code=term)
        return queryset.filter(found | Q(external_ref=term)), False

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        row = self.get_object(request, str(object_id))
        if row is None:
            return []
        closed = set()
        if row.kind != Kind.SALE or not TRANSITIONS[Status(row.status)]:
            closed.add("move")
        if row.kind != Kind.SALE or not row.net_amount:
            closed.add("refund")
        offered: list[Any] = super().get_actions_detail(request, object_id)
        return [each for each in offered if each.action_name.rsplit("_", 1)[-1] not in closed]

    @action(description=_("Change status"), permissions=["act"], url_path="move")
    def move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, MoveOrder)

    def has_refund_permission(self, request: HttpRequest, subject: Any = None) -> bool:
        return self.has_act_permission(request, subject) and staff.may(request, Right.REFUND)

    @action(description=_("Refund"), permissions=["refund"], url_path="refund")
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, RefundOrder)

    @action(description=_("Note"), permissions=["act"], url_path="note")
    def note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, NoteOnOrder)

    @display(description=_("customer"), header=True)
    def who(self, row: Order) -> list[str]:
        customer = row.data.get("customer", {})
        return [
            customer.get("name") or row.customer_code or str(_("Guest")),
            row.customer_code or "",
        ]

    @display(description=_("status"), label=_LABELS, ordering="status")
    def standing(self, row: Order) -> tuple[str, str]:
        return row.status, row.get_status_display()

    @display(description=_("total"), ordering="total_amount")
    def total(self, row: Order) -> str:
        return str(money.Money(row.total_amount, row.currency))

    @display(description=_("refunded"))
    def refunded(self, row: Order) -> str:
        return str(money.Money(row.refunded_amount, row.currency)) if row.refunded_amount else "–"
