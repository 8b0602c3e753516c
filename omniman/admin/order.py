"""Orders: looked at, moved on, refunded, noted on. What they say never changes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from omniman.admin import order_header, words
from omniman.admin.acts import MoveOrder, NoteOnOrder, RefundOrder
from omniman.admin.panels import ORDER_PAGE
from omniman.models import Order
from omniman.rules.status import Status, may_become
from omniman.services import order_search
from shopman.admin.base import ReadOnlyAdmin
from shopman.admin.filters import LocalDaysFilter
from shopman.admin.listing import ListAdmin
from shopman.admin.service import ServiceAdmin
from shopman.tenancy import staff
from shopman.tenancy.rights import Right


@admin.register(Order)
class OrderAdmin(ListAdmin, ReadOnlyAdmin, ServiceAdmin):
    panel_page = ORDER_PAGE
    list_page = ORDER_PAGE
    contact_fields = frozenset({"data", "data_digest"})
    change_form_outer_before_template = "omniman/admin/order_header.html"
    list_display = ("number", "when", "who", "channel", "standing", "total", "refunded")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        "channel",
        ("placed_at", LocalDaysFilter),
    )
    list_filter_submit = True
    list_select_related = ("channel",)
    # The one order an index gives; every other would sort all orders of the shop.
    sortable_by = ("when",)
    # Shows the search box; search decides.
    search_fields = ("ref",)
    search_help_text = gettext_lazy("Reference, customer's name or code, number elsewhere")
    ordering = ("-placed_at", "-uuid")
    actions_detail = ("move", "refund", "note")

    class Media:
        css: ClassVar = {"all": ["shopman/parts.css"]}

    def search(self, rows: Any, text: str) -> QuerySet[Order]:
        return order_search.find(text, among=rows)

    def get_fieldsets(self, request: HttpRequest, obj: Order | None = None) -> list[Any]:
        """None: the head and the panels say everything."""
        return []

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """None in the bar: the buttons stand in the head of the page."""
        return []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            may_act = self.has_act_permission(request, row)
            may_refund = self.has_refund_permission(request, row)
            context["order_header"] = order_header.facts(
                row, may_act=may_act, may_refund=may_refund
            )
            context["title"] = _("Order %(ref)s") % {"ref": row.ref}
        return super().render_change_form(request, context, *args, **kwargs)

    @action(description=gettext_lazy("Change status"), permissions=["act"], url_path="move")
    def move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            return self.not_there(request, object_id)
        asked = request.GET.get("to") or request.POST.get("to", "")
        is_possible = may_become(row.status, asked, kind=row.kind)
        # A page that was open before stays, so that what was typed there is not lost.
        if not is_possible and (request.method != "POST" or asked not in words.VERBS):
            sentence = _("Order %(ref)s is %(status)s now: that cannot be done any more.")
            facts = {"ref": row.ref, "status": words.status(row.status)}
            messages.warning(request, sentence % facts)
            return HttpResponseRedirect(self.page_of(row))
        return self.act(request, object_id, MoveOrder.towards(Status(asked)))

    def has_refund_permission(self, request: HttpRequest, subject: Any = None) -> bool:
        return self.has_act_permission(request, subject) and staff.may(request, Right.REFUND)

    @action(description=gettext_lazy("Refund"), permissions=["refund"], url_path="refund")
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, RefundOrder)

    @action(description=gettext_lazy("Note"), permissions=["act"], url_path="note")
    def note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, NoteOnOrder)

    @display(description=gettext_lazy("reference"))
    def number(self, row: Order) -> str:
        return row.ref

    @display(description=gettext_lazy("placed"), ordering="placed_at")
    def when(self, row: Order) -> Any:
        return row.placed_at

    @display(description=gettext_lazy("customer"), header=True)
    def who(self, row: Order) -> list[str]:
        name = words.customer_name(row)
        return [name, row.customer_code if row.customer_code and row.customer_code != name else ""]

    @display(description=gettext_lazy("status"), label=dict(words.COLOURS))
    def standing(self, row: Order) -> tuple[str, str]:
        return words.standing(row)

    @display(description=gettext_lazy("total"))
    def total(self, row: Order) -> str:
        return words.told(row.total_amount, row.currency)

    @display(description=gettext_lazy("refunded"))
    def refunded(self, row: Order) -> str:
        return words.told(row.refunded_amount, row.currency) if row.refunded_amount else "–"
