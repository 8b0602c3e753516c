"""Price lists and their prices in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from offerman.admin import words
from offerman.admin.forms import AddPrice, ItemForm
from offerman.admin.grid import PRICE_LIST_PAGE
from offerman.admin.import_page import ImportPage
from offerman.admin.simulator import SimulatorPage
from offerman.models import PriceList, PriceListItem
from offerman.services import price_list
from shopman import clock
from shopman.admin.listing import ListAdmin
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
_COLOURS = {"in_force": "success", "not_yet_valid": "info", "no_longer_valid": "warning"}


@admin.register(PriceList)
class PriceListAdmin(ListAdmin, ServiceAdmin):
    right = Right.SET_PRICES
    form = VersionedForm
    panel_page = PRICE_LIST_PAGE
    list_page = PRICE_LIST_PAGE
    has_trail = True
    list_display = ("name", "code", "currency", "who", "standing", "period")
    list_filter = ("is_public", "currency")
    sortable_by = ("code",)
    search_fields = ("code", "name")
    search_help_text = _("Code or name")
    ordering = ("code", "uuid")
    actions_list = ("simulate",)
    actions_detail = ("add_price", "import_file", "show_items")

    class Media:
        css: ClassVar = {"all": ["shopman/parts.css"]}

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

    @action(description=_("Add a price"), permissions=["change"], url_path="add-price", icon="add")
    def add_price(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, AddPrice.of_product(request.GET.get("sku", "")))

    @action(description=_("All prices as a list"), permissions=["view"], icon="list")
    def show_items(self, request: HttpRequest, object_id: str) -> HttpResponse:
        items = reverse("admin:offerman_pricelistitem_changelist")
        return redirect(f"{items}?price_list__uuid__exact={object_id}")

    @action(description=_("Import from CSV"), permissions=["change"], icon="upload")
    def import_file(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:offerman_price_import", object_id)

    @display(description=_("for"))
    def who(self, row: PriceList) -> str:
        if row.channel and row.is_public:
            return str(_("Everybody in the channel %s") % row.channel)
        if row.channel:
            return str(_("Customers in the channel %s") % row.channel)
        return str(_("Those who are entitled to it"))

    @display(description=_("status"), label=_COLOURS)
    def standing(self, row: PriceList) -> tuple[str, str]:
        known = words.standing(row.valid_from, row.valid_until, clock.now())
        return known, str(words.STANDINGS[known])

    @display(description=_("period"))
    def period(self, row: PriceList) -> str:
        return words.period(row.valid_from, row.valid_until) or str(_("always"))


@admin.register(PriceListItem)
class PriceListItemAdmin(ServiceAdmin):
    right = Right.SET_PRICES
    form = ItemForm
    has_trail = True
    list_display = ("product", "quantity", "price", "price_list", "standing", "period")
    list_filter = (("price_list", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("product", "price_list")
    sortable_by = ()
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

    @display(description=_("quantity"))
    def quantity(self, row: PriceListItem) -> str:
        return words.quantity(row.minimum_quantity)

    @display(description=_("unit price"))
    def price(self, row: PriceListItem) -> str:
        return words.told(row.amount, row.price_list.currency)

    @display(description=_("status"), label=_COLOURS)
    def standing(self, row: PriceListItem) -> tuple[str, str]:
        known = words.standing(row.valid_from, row.valid_until, clock.now())
        return known, str(words.STANDINGS[known])

    @display(description=_("period"))
    def period(self, row: PriceListItem) -> str:
        return words.period(row.valid_from, row.valid_until) or str(_("always"))
