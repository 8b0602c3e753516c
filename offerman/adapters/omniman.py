"""Offerman as omniman's price book: ``OMNIMAN["PRICE_BOOK"]``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

from offerman.errors import (
    AmountTooLarge,
    InvalidQuantity,
    MixedCurrency,
    RetiredSku,
    UnknownPriceList,
    UnknownSku,
)
from offerman.services import quote
from omniman.protocols.pricing import PriceBook, PricedLine, PriceRequest


class OffermanPriceBook(PriceBook):
    """Every line at its price in offerman; what cannot be priced raises offerman's named errors."""

    failures: ClassVar = (
        UnknownSku,
        RetiredSku,
        InvalidQuantity,
        UnknownPriceList,
        MixedCurrency,
        AmountTooLarge,
    )

    def price(
        self,
        lines: Sequence[PriceRequest],
        *,
        customer_code: str | None,
        channel: str | None,
        currency: str,
        at: dt.datetime,
    ) -> Sequence[PricedLine]:
        priced = quote.prices(
            [{"sku": line.sku, "quantity": line.quantity} for line in lines],
            customer_code=customer_code,
            channel=channel,
            at=at,
        )
        quote.require_currency(priced, currency)
        return [
            PricedLine(
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                unit_price_amount=line.unit_price_amount,
                total_amount=line.total_amount,
                currency=line.currency,
                price_list_code=line.price_list_code,
                rule=line.rule,
                explain=line.explain,
            )
            for line in priced
        ]
