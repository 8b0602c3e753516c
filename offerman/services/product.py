"""Products: created, changed, retired."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from offerman.errors import MixedCurrency, ProductNotFound, SkuTaken
from offerman.models import PriceListItem, Product
from offerman.rules import amounts, texts
from offerman.services import revision
from offerman.signals import product_saved
from shopman import audit
from shopman.events import announce
from shopman.unset import UNSET, NotGiven


def create(
    *,
    sku: str,
    name: str,
    base_price_amount: int,
    currency: str,
    unit: str = "each",
    is_active: bool = True,
) -> Product:
    """Create a product; the base price is in minor units of ``currency`` (ISO 4217).

    Raises SkuTaken, InvalidPrice, InvalidCurrency, BlankText, TextTooLong.
    """
    product = Product(
        sku=texts.text(sku, field="sku", limit=64),
        name=texts.text(name, field="name", limit=200),
        unit=texts.text(unit, field="unit", limit=16),
        base_price_amount=amounts.price(base_price_amount),
        currency=texts.currency(currency),
        is_active=is_active,
    )
    facts = {
        name: getattr(product, name)
        for name in ("sku", "name", "unit", "base_price_amount", "currency", "is_active")
    }
    with transaction.atomic():
        try:
            with transaction.atomic():
                product.save(force_insert=True)
        except IntegrityError as error:
            if not Product.objects.filter(sku=product.sku).exists():
                raise
            raise SkuTaken from error
        audit.record(subject=product.subject, action="product.create", after=facts)
        announce(product_saved, sender=Product, product_uuid=product.uuid, changes=sorted(facts))
    return product


def update(
    *,
    product: UUID,
    name: str | NotGiven = UNSET,
    unit: str | NotGiven = UNSET,
    base_price_amount: int | NotGiven = UNSET,
    currency: str | NotGiven = UNSET,
    is_active: bool | NotGiven = UNSET,
    expected_version: int | None = None,
) -> Product:
    """Change the fields that are given; ``is_active=False`` retires, the SKU never changes.

    Raises ProductNotFound, StaleVersion, InvalidPrice, InvalidCurrency, BlankText, TextTooLong,
    MixedCurrency (price lists in another currency name the product).
    """
    wanted = {
        "name": name if name is UNSET else texts.text(name, field="name", limit=200),
        "unit": unit if unit is UNSET else texts.text(unit, field="unit", limit=16),
        "base_price_amount": (
            base_price_amount if base_price_amount is UNSET else amounts.price(base_price_amount)
        ),
        "currency": currency if currency is UNSET else texts.currency(currency),
        "is_active": is_active,
    }
    with transaction.atomic():
        row = locked(product)
        revision.require(row, expected_version, wanted)
        if wanted["currency"] not in (UNSET, row.currency):
            _refuse_other_lists(row, str(wanted["currency"]))
        changed = revision.revise(row, wanted, action="product.update")
        if changed:
            announce(product_saved, sender=Product, product_uuid=row.uuid, changes=changed)
    return row


def locked(product: UUID) -> Product:
    """The product, locked until the running transaction ends. Raises ProductNotFound."""
    row: Product | None = Product.objects.select_for_update().filter(pk=product).first()
    if row is None:
        raise ProductNotFound
    return row


def _refuse_other_lists(product: Product, currency: str) -> None:
    """Call with the product locked. Raises MixedCurrency."""
    items = PriceListItem.objects.filter(product=product).exclude(price_list__currency=currency)
    codes = sorted(set(items.values_list("price_list__code", flat=True)))
    if codes:
        raise MixedCurrency(
            f"{product.sku} has prices in another currency than {currency}: {', '.join(codes)}."
        )
