"""Products in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from offerman.models import Product
from offerman.services import product
from shopman import money
from shopman.admin.service import ServiceAdmin, VersionedForm
from shopman.tenancy.rights import Right

FIELDS = ("sku", "name", "unit", "base_price_amount", "currency", "is_active")


@admin.register(Product)
class ProductAdmin(ServiceAdmin):
    form = VersionedForm
    right = Right.SET_PRICES
    list_display = ("sku", "name", "unit", "base_price", "is_active", "updated_at")
    list_filter = ("is_active", "currency")
    search_fields = ("sku", "name")
    search_help_text = _("SKU or name")
    ordering = ("name", "uuid")

    def get_fields(self, request: HttpRequest, obj: Product | None = None) -> list[str]:
        return [
            "sku",
            "name",
            "unit",
            "base_price_amount",
            "currency",
            "is_active",
            "shown_version",
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> list[str]:
        return ["sku"] if obj else []

    def save_model(
        self, request: HttpRequest, obj: Product, form: VersionedForm, change: bool
    ) -> None:
        if change:
            product.update(product=obj.uuid, expected_version=form.version, **form.changed())
            return
        made = product.create(**{name: form.cleaned_data[name] for name in FIELDS})
        obj.pk, obj.sku, obj.name = made.pk, made.sku, made.name
        obj._state.adding = False

    @admin.display(description=_("base price"), ordering="base_price_amount")
    def base_price(self, row: Product) -> str:
        return str(money.Money(row.base_price_amount, row.currency))
