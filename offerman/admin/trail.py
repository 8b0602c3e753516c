"""What the audit trail says of products and prices, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from offerman.admin.words import told
from offerman.models import PriceList, PriceListItem, Product
from shopman import trail_words
from shopman.admin.trace import plain
from shopman.models import AuditEntry
from shopman.trail_words import Kind, Words

_PRODUCT: Final = {"product.create": _("Product made"), "product.update": _("Product changed")}
_LIST: Final = {
    "price_list.create": _("Price list made"),
    "price_list.update": _("Price list changed"),
}
_ITEM: Final = {
    "price_list.add_item": _("Price added"),
    "price_list.change_item": _("Price changed"),
    "price_list.remove_item": _("Price removed"),
    "price_import.add": _("Price added by a file"),
    "price_import.change": _("Price changed by a file"),
    "price_import.remove": _("Price removed by a file"),
}


def _of_product(words: Words, rows: Sequence[AuditEntry]) -> Words:
    """With the base price in the product's currency."""
    key = trail_words.key(rows[0].subject) if rows else None
    found = Product.objects.filter(pk=key) if key else Product.objects.none()
    currency = found.values_list("currency", flat=True).first()
    return _with_money(words, "base_price_amount", currency or _said(rows, "currency"))


def _of_item(words: Words, rows: Sequence[AuditEntry]) -> Words:
    """With the price in its list's currency, and the names of list and product."""
    key = trail_words.key(rows[0].subject) if rows else None
    found = PriceListItem.objects.filter(pk=key) if key else PriceListItem.objects.none()
    known = found.select_related("price_list").first()
    lists = {known.price_list_id: known.price_list} if known else _stated(PriceList, rows)
    sold = _stated(Product, rows)
    words = replace(
        words,
        values={
            **words.values,
            "price_list": {str(key): str(row) for key, row in lists.items()},
            "product": {str(key): str(row) for key, row in sold.items()},
        },
    )
    currencies = [row.currency for row in lists.values()]
    return _with_money(words, "amount", currencies[0] if currencies else "")


def _stated(
    model: type[PriceList | Product], rows: Sequence[AuditEntry]
) -> dict[UUID, PriceList | Product]:
    """The list or product that entries name, by key."""
    stated = _said(rows, "price_list" if model is PriceList else "product")
    found = model._default_manager.filter(pk=stated) if stated else ()
    return {row.pk: row for row in found}


def _said(rows: Sequence[AuditEntry], name: str) -> str:
    """What the newest entry that names a field says of it; empty where none does."""
    sides = (side for row in rows for side in (row.after, row.before))
    return next((str(side[name]) for side in sides if side.get(name)), "")


def _with_money(words: Words, name: str, currency: str) -> Words:
    if not currency:
        return words
    return replace(words, writers={**words.writers, name: partial(_money, currency=currency)})


def _money(minor: str, *, currency: str) -> str:
    return told(int(minor), currency)


def _quantity(text: str) -> str:
    return plain(Decimal(text))


trail_words.name_actions({**_PRODUCT, **_LIST, **_ITEM})
trail_words.name_kind(
    "product",
    Kind(
        called=_("product"),
        page="offerman_product_change",
        words=Words(fields=trail_words.fields(Product)),
        names=trail_words.named(Product),
        referring=_of_product,
    ),
)
trail_words.name_kind(
    "price_list",
    Kind(
        called=_("price list"),
        page="offerman_pricelist_change",
        words=Words(fields=trail_words.fields(PriceList)),
        names=trail_words.named(PriceList),
    ),
)
trail_words.name_kind(
    "price_list_item",
    Kind(
        called=_("price"),
        page="offerman_pricelistitem_change",
        words=Words(
            fields=trail_words.fields(PriceListItem), writers={"minimum_quantity": _quantity}
        ),
        names=trail_words.named(PriceListItem, "product", "price_list"),
        referring=_of_item,
    ),
)
