"""Carts, to look at."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from omniman.models import Cart, CartLine
from shopman.admin.base import ReadOnlyAdmin


class CartLineInline(TabularInline):  # type: ignore[misc]  # the theme is untyped
    model = CartLine
    fields = ("sku", "quantity", "stated_unit_price_amount", "added_at")
    readonly_fields = fields
    ordering = ("uuid",)
    extra = 0
    can_delete = False

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
        "delivery_address",
        "billing_address",
    )
    readonly_fields = ("owner",)

    @display(description=_("owner"))
    def owner(self, row: Cart) -> str:
        return str(row.customer_uuid or _("Visitor"))
