"""Price lists and their prices in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from offerman.admin.pages import ImportPage, SimulatorPage
from offerman.models import PriceList, PriceListItem
from offerman.services import price_list
from shopman import money
from shopman.admin.service import ServiceAdmin, VersionedForm
from shopman.tenancy.rights import Right

FIELDS = ("code", "name", "currency", "channel", "is_public", "valid_from", "valid_until")
ITEM_FIELDS = (
    "price_list",
    "product",
    "minimum_quantity",
    "amount",
    "valid_from",
    "valid_until",
)


@admin.register(PriceList)
class PriceListAdmin(ServiceAdmin):
    form = VersionedForm
    right = Right.SET_PRICES
    list_display = ("code", "name", "currency", "channel", "is_public", "valid_from", "valid_until")
    list_filter = ("is_public", "currency")
    search_fields = ("code", "name")
    search_help_text = _("code or name")
    ordering = ("code", "uuid")
    actions_list = ("simulate",)
    actions_detail = ("show_items", "import_file")

    def get_fields(self, request: HttpRequest, obj: PriceList | None = None) -> list[str]:
        return [*FIELDS, "shown_version"]

    def get_readonly_fields(self, request: HttpRequest, obj: PriceList | None = None) -> list[str]:
        return ["code", "currency"] if obj else []

    def save_model(
        self, request: HttpRequest, obj: PriceList, form: VersionedForm, change: bool
    ) -> None:
        if change:
            price_list.update(price_list=obj.uuid, expected_version=form.version, **form.changed())
            return
        made = price_list.create(**{name: form.cleaned_data[name] for name in FIELDS})
        obj.pk, obj.code, obj.name = made.pk, made.code, made.name
        obj._state.adding = False

    def get_urls(self) -> list[URLPattern]:
        # Ahead of the admin's own, which takes any path for a key.
        from_pages = [SimulatorPage.address(self), ImportPage.address(self)]
        return [*from_pages, *super().get_urls()]

    @action(description=_("Price simulator"), permissions=["view"], icon="calculate")
    def simulate(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:offerman_simulator")

    @action(description=_("Prices"), permissions=["view"], icon="list")
    def show_items(self, request: HttpRequest, object_id: str) -> HttpResponse:
        items = reverse("admin:offerman_pricelistitem_changelist")
        return redirect(f"{items}?price_list__uuid__exact={object_id}")

    @action(description=_("Import from CSV"), permissions=["change"], icon="upload")
    def import_file(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:offerman_price_import", object_id)


@admin.register(PriceListItem)
class PriceListItemAdmin(ServiceAdmin):
    form = VersionedForm
    right = Right.SET_PRICES
    list_display = (
        "product",
        "minimum_quantity",
        "price",
        "price_list",
        "valid_from",
        "valid_until",
    )
    list_filter = (("price_list", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("product", "price_list")
    search_fields = ("product__sku", "product__name")
    search_help_text = _("SKU or name of the product")
    autocomplete_fields = ("price_list", "product")
    ordering = ("price_list__code", "product__sku", "minimum_quantity", "valid_from", "uuid")

    def get_fields(self, request: HttpRequest, obj: PriceListItem | None = None) -> list[str]:
        return [*ITEM_FIELDS, "shown_version"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: PriceListItem | None = None
    ) -> list[str]:
        return ["price_list", "product"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: PriceListItem | None = None) -> bool:
        return self.may_write(request)

    def save_model(
        self, request: HttpRequest, obj: PriceListItem, form: VersionedForm, change: bool
    ) -> None:
        if change:
            price_list.change_item(
                price_list=obj.price_list_id,
                item=obj.uuid,
                expected_version=form.version,
                **form.changed(),
            )
            return
        facts = {name: form.cleaned_data[name] for name in ITEM_FIELDS}
        row, sold = facts.pop("price_list"), facts.pop("product")
        made = price_list.add_item(price_list=row.uuid, product=sold.uuid, **facts)
        obj.pk, obj.price_list, obj.product = made.pk, row, sold
        obj._state.adding = False

    def delete_model(self, request: HttpRequest, obj: PriceListItem) -> None:
        price_list.remove_item(price_list=obj.price_list_id, item=obj.uuid)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for item in queryset.order_by("pk"):
            self.delete_model(request, item)

    @admin.display(description=_("unit price"), ordering="amount")
    def price(self, row: PriceListItem) -> str:
        return str(money.Money(row.amount, row.price_list.currency))
