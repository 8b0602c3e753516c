"""Carts, to look at."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from omniman.admin.panels import address_lines
from omniman.models import Cart, CartLine
from shopman.admin import shown, subjects, trace
from shopman.admin.base import ReadOnlyAdmin
from shopman.tenancy import staff


class CartLineInline(TabularInline):  # type: ignore[misc]  # the theme is untyped
    model = CartLine
    fields = ("sku", "amount", "stated_unit_price_amount", "added_at")
    readonly_fields = fields
    ordering = ("uuid",)
    extra = 0
    can_delete = False

    @display(description=_("quantity"))
    def amount(self, row: CartLine) -> str:
        return trace.plain(row.quantity)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Cart)
class CartAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "owner", "channel", "updated_at", "expires_at", "committed_at")
    contact_fields = frozenset(
        {"guest_name", "guest_email", "guest_phone", "delivery_address", "billing_address"}
    )
    list_filter = (("committed_at", admin.EmptyFieldListFilter), "channel")
    list_select_related = ("channel",)
    search_fields = ("=customer_uuid",)
    search_help_text = _("Key of the customer")
    ordering = ("-uuid",)
    inlines: ClassVar = [CartLineInline]
    fields: ClassVar = (
        ("channel", "owner"),
        ("created_at", "updated_at"),
        ("expires_at", "committed_at"),
        ("guest_name", "guest_email", "guest_phone"),
        "delivery",
        "billing",
    )
    readonly_fields = ("owner", "delivery", "billing")

    class Media:
        css: ClassVar = {"all": ["shopman/parts.css"]}

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        self._name(request, found.result_list)
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        self._name(request, [found] if found else [])
        return found

    def _name(self, request: HttpRequest, rows: Collection[Cart]) -> None:
        """Find out whose carts these are; names of people elsewhere are not for everybody."""
        about = {row: f"customer:{row.customer_uuid}" for row in rows if row.customer_uuid}
        told = {} if staff.is_limited(request) else subjects.told(set(about.values()))
        for row, subject in about.items():
            row.owner_told = told.get(subject)  # type: ignore[attr-defined]

    def title_of(self, row: Cart) -> str:
        return str(_("Cart of %(when)s")) % {"when": shown.moment(row.created_at)}

    @display(description=_("owner"))
    def owner(self, row: Cart) -> str:
        if row.customer_uuid is None:
            return str(_("Visitor"))
        return getattr(row, "owner_told", None) or str(row.customer_uuid)

    @display(description=_("delivery address"))
    def delivery(self, row: Cart) -> str:
        return _on_one_line(row.delivery_address)

    @display(description=_("billing address"))
    def billing(self, row: Cart) -> str:
        return _on_one_line(row.billing_address)


def _on_one_line(address: Any) -> str:
    if not isinstance(address, Mapping):
        return str(address or "–")
    return ", ".join(address_lines(address)) or "–"
