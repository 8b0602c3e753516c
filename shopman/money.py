"""Money: an integer of minor units and its ISO 4217 currency. No float comes near it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from shopman.errors import Invalid

#: Minor-unit digits of the currencies that do not have two (ISO 4217, list one).
_EXPONENTS: Final = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


class CurrencyMismatch(Invalid):
    """Amounts of two currencies cannot be put together."""

    code = "currency_mismatch"


def exponent(currency: str) -> int:
    """How many decimal digits the minor unit of a currency stands for (ISO 4217): BRL 2, JPY 0."""
    return _EXPONENTS.get(currency, 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """A major-unit amount in minor units, rounded half-even: 2.555 BRL is 256."""
    if not amount.is_finite():
        raise Invalid("An amount must be a finite number.")
    return int(amount.scaleb(exponent(currency)).quantize(Decimal(1), ROUND_HALF_EVEN))


def to_major(amount: int, currency: str) -> Decimal:
    """Minor units as an exact major-unit Decimal: 256 BRL is 2.56."""
    return Decimal(amount).scaleb(-exponent(currency))


def times(unit_amount: int, quantity: Decimal) -> int:
    """A unit price times a quantity, rounded half-even once, in minor units."""
    return int((unit_amount * quantity).quantize(Decimal(1), ROUND_HALF_EVEN))


@dataclass(frozen=True, slots=True)
class Money:
    """``amount`` in minor units of ``currency``. Mixing currencies raises CurrencyMismatch."""

    amount: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, quantity: Decimal | int) -> Money:
        return Money(times(self.amount, Decimal(quantity)), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __str__(self) -> str:
        return f"{to_major(self.amount, self.currency)} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix.")
        return other.amount
