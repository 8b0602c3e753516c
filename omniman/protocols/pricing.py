"""What omniman asks about prices. The project names the price book in ``OMNIMAN``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from shopman.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRequest:
    """One line to price. ``quantity`` is positive with at most three decimal places."""

    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """One priced line, amounts in minor units; ``total_amount`` is rounded half-even once.

    ``explain`` is JSON: which rule won and why the others did not.
    """

    sku: str
    name: str
    quantity: Decimal
    unit_price_amount: int
    total_amount: int
    currency: str
    price_list_code: str | None
    rule: str
    explain: Mapping[str, Any] = field(default_factory=dict)


class PriceBook(Protocol):
    #: What ``price`` raises, for the description of the API.
    failures: ClassVar[tuple[type[Invalid], ...]] = ()

    def price(
        self,
        lines: Sequence[PriceRequest],
        *,
        customer_code: str | None,
        channel: str | None,
        currency: str,
        at: dt.datetime,
    ) -> Sequence[PricedLine]:
        """A price for every line, in the order asked, all in ``currency``.

        Raises a ``shopman.errors.Invalid`` (unknown or retired SKU, impossible quantity, another
        currency); never leaves a line out. Its ``errors`` name the lines to blame, all of one kind
        together, as ``lines.<index>`` or ``lines.<index>.<field>`` with the index in ``lines``.
        """
        ...
