"""Price lists and their prices: created, changed, removed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from offerman.errors import (
    ChannelTaken,
    MixedCurrency,
    OverlappingItem,
    PriceListCodeTaken,
    PriceListItemNotFound,
    PriceListNotFound,
)
from offerman.models import PriceList, PriceListItem
from offerman.rules import amounts, texts
from offerman.rules.validity import Period
from offerman.services import product as products
from offerman.services import revision
from offerman.signals import price_list_saved
from shopman import audit
from shopman.events import announce
from shopman.unset import UNSET, NotGiven


def create(
    *,
    code: str,
    name: str,
    currency: str,
    valid_from: dt.datetime | None = None,
    valid_until: dt.datetime | None = None,
    is_public: bool = False,
    channel: str | None = None,
) -> PriceList:
    """Create an empty price list; ``channel`` makes it that channel's list.

    Raises PriceListCodeTaken, ChannelTaken, InvalidPeriod, InvalidCurrency, BlankText, TextTooLong.
    """
    period = Period(valid_from=valid_from, valid_until=valid_until)
    row = PriceList(
        code=texts.text(code, field="code", limit=64),
        name=texts.text(name, field="name", limit=200),
        currency=texts.currency(currency),
        valid_from=period.valid_from,
        valid_until=period.valid_until,
        is_public=is_public,
        channel=_channel(channel),
    )
    names = ("code", "name", "currency", "valid_from", "valid_until", "is_public", "channel")
    facts = {name: revision.as_json(getattr(row, name)) for name in names}
    with transaction.atomic():
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise _taken(row) or error from error
        audit.record(subject=row.subject, action="price_list.create", after=facts)
        announce(price_list_saved, sender=PriceList, price_list_uuid=row.uuid)
    return row


def update(
    *,
    price_list: UUID,
    name: str | NotGiven = UNSET,
    valid_from: dt.datetime | NotGiven | None = UNSET,
    valid_until: dt.datetime | NotGiven | None = UNSET,
    is_public: bool | NotGiven = UNSET,
    channel: str | NotGiven | None = UNSET,
    expected_version: int | None = None,
) -> PriceList:
    """Change the fields that are given; code and currency never change.

    Raises PriceListNotFound, StaleVersion, ChannelTaken, InvalidPeriod, BlankText, TextTooLong.
    """
    wanted = {
        "name": name if name is UNSET else texts.text(name, field="name", limit=200),
        "valid_from": valid_from,
        "valid_until": valid_until,
        "is_public": is_public,
        "channel": channel if channel is UNSET else _channel(channel),
    }
    with transaction.atomic():
        row = locked(price_list)
        revision.require(row, expected_version, wanted)
        _period_after(row, valid_from, valid_until)
        try:
            with transaction.atomic():
                changed = revision.revise(row, wanted, action="price_list.update")
        except IntegrityError as error:
            raise _taken(row) or error from error
        if changed:
            announce(price_list_saved, sender=PriceList, price_list_uuid=row.uuid)
    return row


def add_item(
    *,
    price_list: UUID,
    product: UUID,
    amount: int,
    minimum_quantity: Decimal = Decimal(0),
    valid_from: dt.datetime | None = None,
    valid_until: dt.datetime | None = None,
) -> PriceListItem:
    """Add a unit price in minor units of the list's currency.

    Raises PriceListNotFound, ProductNotFound, MixedCurrency (the product has another currency),
    OverlappingItem, InvalidPrice, InvalidQuantity, InvalidPeriod.
    """
    period = Period(valid_from=valid_from, valid_until=valid_until)
    with transaction.atomic():
        item = PriceListItem(
            price_list=locked(price_list),
            product=products.locked(product),
            minimum_quantity=amounts.minimum_quantity(minimum_quantity),
            amount=amounts.price(amount),
            valid_from=period.valid_from,
            valid_until=period.valid_until,
        )
        if item.product.currency != item.price_list.currency:
            raise MixedCurrency(
                f"{item.product.sku} is sold in {item.product.currency}, "
                f"the list is in {item.price_list.currency}."
            )
        _refuse_overlap(item)
        item.save(force_insert=True)
        audit.record(subject=item.subject, action="price_list.add_item", after=item_facts(item))
        announce(price_list_saved, sender=PriceList, price_list_uuid=price_list)
    return item


def change_item(
    *,
    price_list: UUID,
    item: UUID,
    amount: int | NotGiven = UNSET,
    minimum_quantity: Decimal | NotGiven = UNSET,
    valid_from: dt.datetime | NotGiven | None = UNSET,
    valid_until: dt.datetime | NotGiven | None = UNSET,
    expected_version: int | None = None,
) -> PriceListItem:
    """Change the fields that are given; another product is another item.

    Raises PriceListItemNotFound, StaleVersion, OverlappingItem, InvalidPrice, InvalidQuantity,
    InvalidPeriod.
    """
    wanted = {
        "amount": amount if amount is UNSET else amounts.price(amount),
        "minimum_quantity": (
            minimum_quantity
            if minimum_quantity is UNSET
            else amounts.minimum_quantity(minimum_quantity)
        ),
        "valid_from": valid_from,
        "valid_until": valid_until,
    }
    with transaction.atomic():
        row = _locked_item(price_list, item)
        revision.require(row, expected_version, wanted)
        _period_after(row, valid_from, valid_until)
        after = {name: value for name, value in wanted.items() if value is not UNSET}
        _refuse_overlap(_as_it_would_be(row, after))
        if revision.revise(row, wanted, action="price_list.change_item"):
            announce(price_list_saved, sender=PriceList, price_list_uuid=price_list)
    return row


def remove_item(*, price_list: UUID, item: UUID, expected_version: int | None = None) -> None:
    """Remove a price from its list; the audit trail keeps what it was.

    Raises PriceListItemNotFound, StaleVersion.
    """
    with transaction.atomic():
        row = _locked_item(price_list, item)
        revision.require(row, expected_version, {})
        subject, facts = row.subject, item_facts(row)
        row.delete()
        audit.record(subject=subject, action="price_list.remove_item", before=facts)
        announce(price_list_saved, sender=PriceList, price_list_uuid=price_list)


def locked(price_list: UUID) -> PriceList:
    """The list, locked until the running transaction ends. Raises PriceListNotFound."""
    row: PriceList | None = PriceList.objects.select_for_update().filter(pk=price_list).first()
    if row is None:
        raise PriceListNotFound
    return row


def item_facts(item: PriceListItem) -> dict[str, object]:
    """What the audit trail keeps of a price."""
    return {
        "price_list": str(item.price_list_id),
        "product": str(item.product_id),
        "minimum_quantity": str(item.minimum_quantity),
        "amount": item.amount,
        "valid_from": revision.as_json(item.valid_from),
        "valid_until": revision.as_json(item.valid_until),
    }


def _locked_item(price_list: UUID, item: UUID) -> PriceListItem:
    """The item, with its list and its product locked before it, always in that order."""
    found = PriceListItem.objects.filter(pk=item, price_list=price_list)
    product = found.values_list("product", flat=True).first()
    if product is None:
        raise PriceListItemNotFound
    locked(price_list)
    products.locked(product)
    row: PriceListItem | None = found.select_for_update().first()
    if row is None:
        raise PriceListItemNotFound
    return row


def _as_it_would_be(row: PriceListItem, after: Mapping[str, object]) -> PriceListItem:
    names = ("price_list_id", "product_id", "minimum_quantity", "valid_from", "valid_until")
    return PriceListItem(pk=row.pk, **{name: getattr(row, name) for name in names} | dict(after))


def _refuse_overlap(item: PriceListItem) -> None:
    """Raise OverlappingItem when another item holds in part of the period. Call under the locks."""
    period = Period(valid_from=item.valid_from, valid_until=item.valid_until)
    others = PriceListItem.objects.filter(
        price_list=item.price_list_id,
        product=item.product_id,
        minimum_quantity=item.minimum_quantity,
    ).exclude(pk=item.pk)
    for first, end in others.values_list("valid_from", "valid_until"):
        if period.overlaps(Period(valid_from=first, valid_until=end)):
            raise OverlappingItem


def _period_after(
    row: PriceList | PriceListItem,
    valid_from: dt.datetime | NotGiven | None,
    valid_until: dt.datetime | NotGiven | None,
) -> Period:
    """The row's period after the change. Raises InvalidPeriod."""
    return Period(
        valid_from=row.valid_from if valid_from is UNSET else valid_from,
        valid_until=row.valid_until if valid_until is UNSET else valid_until,
    )


def _channel(code: str | None) -> str | None:
    return None if code is None else texts.text(code, field="channel", limit=64)


def _taken(row: PriceList) -> PriceListCodeTaken | ChannelTaken | None:
    others = PriceList.objects.exclude(pk=row.pk)
    if others.filter(code=row.code).exists():
        return PriceListCodeTaken()
    if row.channel is not None and others.filter(channel=row.channel).exists():
        return ChannelTaken()
    return None
