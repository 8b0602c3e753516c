"""Money: an integer of minor units and its ISO 4217 currency. No float comes near it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from django.utils import formats, translation

from shopman.errors import Invalid

#: Minor-unit digits of the currencies that do not have two (ISO 4217, list one).
_EXPONENTS: Final = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}

#: Signs that name one currency and no other (CLDR); the rest is named by its code.
_SIGNS: Final = {
    "BRL": "R$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "ILS": "₪", "INR": "₹", "JPY": "¥",
    "KRW": "₩", "MXN": "MX$", "PHP": "₱", "USD": "US$", "VND": "₫",
}  # fmt: skip
#: Languages that write the sign after the number, and those that part a sign before it (CLDR).
_SIGN_AFTER: Final = frozenset({"de", "es", "fr", "it"})
_SIGN_APART: Final = frozenset({"nl", "pt"})
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"


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


def shown(amount: int, currency: str) -> str:
    """Minor units as people read them in the active language: ``R$ 18.869,00``, ``R$18,869.00``.

    The spaces in it do not break.
    """
    digits = exponent(currency)
    number = formats.number_format(
        abs(to_major(amount, currency)), digits, use_l10n=True, force_grouping=True
    )
    sign = _SIGNS.get(currency, currency)
    language = (translation.get_language() or "en").partition("-")[0]
    if language in _SIGN_AFTER:
        text = f"{number}{_NO_BREAK}{sign}"
    else:
        # A code would run into the number everywhere, a sign only where the language parts them.
        is_apart = sign == currency or language in _SIGN_APART
        text = f"{sign}{_NO_BREAK if is_apart else ''}{number}"
    return f"-{text}" if amount < 0 else text


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
        """The same in every language, for logs and files; ``shown`` is for people."""
        return f"{to_major(self.amount, self.currency)} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix.")
        return other.amount
