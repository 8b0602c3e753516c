"""Neighbours for tests: a directory and a price book that say what the test wants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar
from uuid import UUID

from omniman.adapters.null import SettingsPriceBook
from omniman.protocols.customer import (
    ContactSnapshot,
    CustomerDirectory,
    CustomerFinder,
    CustomerRef,
    CustomerSnapshot,
)
from omniman.protocols.pricing import PriceBook, PricedLine, PriceRequest

SURVIVOR = UUID("01900000-0000-7000-8000-00000000000a")


class KnownCustomers(CustomerDirectory):
    """Knows the customers in ``people``; tests put them there."""

    people: ClassVar[dict[UUID, CustomerSnapshot]] = {}

    def snapshot(self, customer_uuid: UUID) -> CustomerSnapshot | None:
        return self.people.get(customer_uuid)

    def ensure_many(self, refs: Sequence[CustomerRef]) -> Mapping[str, UUID]:
        raise NotImplementedError


class FoundCustomers(KnownCustomers, CustomerFinder):
    """Finds them by a part of their name as well."""

    def find(self, text: str, *, limit: int) -> Sequence[UUID]:
        found = [key for key, one in self.people.items() if text.lower() in one.name.lower()]
        return found[:limit] if text != "ANN" else []


def ann(uuid: UUID, **facts: str) -> CustomerSnapshot:
    """A customer with every fact an order freezes."""
    known = CustomerSnapshot(
        uuid=uuid,
        code="C-1",
        name="Ann Souza",
        phone="+5511999990001",
        email="ann@example.com",
        document="52998224725",
        group="vip",
        contact_points=(
            ContactSnapshot(
                kind="phone", value="+5511999990001", is_primary=True, is_verified=True
            ),
        ),
    )
    return replace(known, **facts)  # type: ignore[arg-type]


class ForeignPrices(SettingsPriceBook):
    """Prices in a currency nobody asked for."""

    def price(
        self,
        lines: Sequence[PriceRequest],
        *,
        customer_code: str | None,
        channel: str | None,
        currency: str,
        at: dt.datetime,
    ) -> Sequence[PricedLine]:
        return super().price(
            lines, customer_code=customer_code, channel=channel, currency="XTS", at=at
        )


class ShortPrices(SettingsPriceBook):
    """Leaves the last line out."""

    def price(
        self,
        lines: Sequence[PriceRequest],
        *,
        customer_code: str | None,
        channel: str | None,
        currency: str,
        at: dt.datetime,
    ) -> Sequence[PricedLine]:
        return super().price(
            lines, customer_code=customer_code, channel=channel, currency=currency, at=at
        )[:-1]


class AskedPrices(PriceBook):
    """Remembers what it was asked; everything costs 100, ten off per line."""

    asked: ClassVar[list[dict[str, object]]] = []

    def price(
        self,
        lines: Sequence[PriceRequest],
        *,
        customer_code: str | None,
        channel: str | None,
        currency: str,
        at: dt.datetime,
    ) -> Sequence[PricedLine]:
        self.asked.append({"customer_code": customer_code, "channel": channel})
        return [
            PricedLine(
                sku=line.sku,
                name=f"Name of {line.sku}",
                quantity=line.quantity,
                unit_price_amount=100,
                total_amount=int(100 * line.quantity) - 10,
                currency=currency,
                price_list_code="VIP",
                rule="customer_price_list",
                explain={"won": "VIP", "tier": line.quantity},
            )
            for line in lines
        ]


class ExplainedPrices(SettingsPriceBook):
    """Says at length why."""

    def price(
        self,
        lines: Sequence[PriceRequest],
        *,
        customer_code: str | None,
        channel: str | None,
        currency: str,
        at: dt.datetime,
    ) -> Sequence[PricedLine]:
        priced = super().price(
            lines, customer_code=customer_code, channel=channel, currency=currency, at=at
        )
        tier = {"minimum_quantity": "10.000", "unit_price_amount": 400, "outcome": "not_yet_valid"}
        considered = [
            {
                "rule": "channel_price_list",
                "price_list_code": "web",
                "outcome": "list_not_yet_valid",
                "tiers": [tier],
            }
        ]
        return [replace(line, explain={"considered": considered}) for line in priced]
