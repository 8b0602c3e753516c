"""Products in the admin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from offerman.admin import words
from offerman.admin.forms import ProductForm
from offerman.models import PriceListItem, Product
from offerman.services import product
from shopman import clock, panels
from shopman.admin.listing import ListAdmin
from shopman.admin.service import ServiceAdmin, VersionedForm
from shopman.panels import Panel
from shopman.tenancy.rights import Right

FIELDS = ("sku", "name", "unit", "base_price_amount", "currency", "is_active")
#: The page of a product, for ``shopman.panels``.
PRODUCT_PAGE: Final = "offerman.product"
#: Prices of one product on its page.
SHOWN_PRICES: Final = 200


@admin.register(Product)
class ProductAdmin(ListAdmin, ServiceAdmin):
    right = Right.SET_PRICES
    form = ProductForm
    panel_page = PRODUCT_PAGE
    list_page = PRODUCT_PAGE
    has_trail = True
    list_display = ("name", "sku", "unit", "base_price", "standing")
    list_filter = ("is_active", "currency")
    sortable_by = ("name", "sku")
    search_fields = ("sku", "name")
    search_help_text = _("SKU or name")
    ordering = ("name", "uuid")

    class Media:
        css: ClassVar = {"all": ["shopman/parts.css"]}

    def get_fields(self, request: HttpRequest, obj: Product | None = None) -> list[str]:
        return [*FIELDS, "shown_version"]

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

    @display(description=_("base price"))
    def base_price(self, row: Product) -> str:
        return words.told(row.base_price_amount, row.currency)

    @display(description=_("status"), label={True: "success", False: "warning"})
    def standing(self, row: Product) -> tuple[bool, str]:
        return row.is_active, str(_("On sale") if row.is_active else _("Retired"))


def _prices(request: HttpRequest, row: Product) -> Mapping[str, Any]:
    now = clock.now()
    items = list(
        PriceListItem.objects.filter(product=row)
        .select_related("price_list")
        .order_by("price_list__code", "minimum_quantity", words.EARLIEST_FIRST)[: SHOWN_PRICES + 1]
    )
    return {
        "rows": [
            {
                "item": item,
                "list": item.price_list,
                "quantity": words.quantity(item.minimum_quantity),
                "price": words.told(item.amount, item.price_list.currency),
                "period": words.period(item.valid_from, item.valid_until),
                "standing": (state := words.standing(item.valid_from, item.valid_until, now)),
                "said": words.STANDINGS[state],
            }
            for item in items[:SHOWN_PRICES]
        ],
        "is_cut": len(items) > SHOWN_PRICES,
    }


panels.register(
    PRODUCT_PAGE,
    Panel(
        key="prices",
        title=_("Prices in lists"),
        template="offerman/admin/product_prices.html",
        facts=_prices,
        position=10,
    ),
)
