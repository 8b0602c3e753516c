"""Neighbours for a project that has none: omniman takes orders all the same."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from omniman.conf import conf
from omniman.errors import UnknownSku
from omniman.protocols.customer import CustomerDirectory, CustomerRef, CustomerSnapshot
from omniman.protocols.pricing import PriceBook, PricedLine, PriceRequest
from shopman import money, tenancy
from shopman.errors import FieldError

_NAMESPACE: Final = uuid.UUID("5a1f6f52-7a53-4a30-9c0e-0f3f1f3f9d11")


class NullCustomerDirectory(CustomerDirectory):
    """Knows customers by their key alone: orders carry the uuid and no other fact.

    A customer's code leads to the same key each time (UUIDv5 of tenant and code), so imported
    orders of one customer belong together without any customer record.
    """

    def snapshot(self, customer_uuid: uuid.UUID) -> CustomerSnapshot | None:
        return CustomerSnapshot(
            uuid=customer_uuid, code="", name="", phone="", email="", document="", group=None
        )

    def ensure_many(self, refs: Sequence[CustomerRef]) -> Mapping[str, uuid.UUID]:
        tenant = tenancy.current().pk
        return {ref.code: uuid.uuid5(_NAMESPACE, f"{tenant}:{ref.code}") for ref in refs}


class SettingsPriceBook(PriceBook):
    """Prices from ``OMNIMAN["PRICES"]``: one unit price for each SKU, for everybody."""

    def price(
        self,
        lines: Sequence[PriceRequest],
        *,
        customer_code: str | None,
        channel: str | None,
        currency: str,
        at: dt.datetime,
    ) -> Sequence[PricedLine]:
        prices = conf.PRICES
        unknown = [index for index, line in enumerate(lines) if line.sku not in prices]
        if unknown:
            raise UnknownSku(
                errors=[
                    FieldError(
                        field=f"lines.{index}.sku",
                        code=UnknownSku.code,
                        message=lines[index].sku,
                    )
                    for index in unknown
                ]
            )
        return [
            PricedLine(
                sku=line.sku,
                name=line.sku,
                quantity=line.quantity,
                unit_price_amount=prices[line.sku],
                total_amount=money.times(prices[line.sku], line.quantity),
                currency=currency,
                price_list_code=None,
                rule="settings",
            )
            for line in lines
        ]
