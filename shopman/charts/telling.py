"""Numbers in the viewer's language: in full, and in few characters for an axis."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shopman import money
from shopman.charts.rules.figures import Unit


def amount(currency: str) -> Unit:
    """The unit of values that are minor units of a currency (ISO 4217)."""
    return Unit(kind="amount", currency=currency, digits=money.exponent(currency))


def full(unit: Unit) -> Callable[[Fraction], str]:
    """Tells sizes with everything there is to say: ``R$1,234.50``, ``12``, ``35%``."""
    if unit.kind == "share":
        return lambda size: (
            _("%(number)s%%") % {"number": _number(size * 100, 1).removesuffix(".0")}
        )
    if unit.kind == "amount":
        return lambda size: money.shown(round(size * 10**unit.digits), unit.currency)
    return lambda size: _number(size, 0 if size.denominator == 1 else 2)


def short(unit: Unit) -> Callable[[Fraction], str]:
    """Tells sizes in few characters: ``1.2k``, ``35%``; the currency is left out."""
    if unit.kind == "share":
        return full(unit)
    return _compact


def _compact(size: Fraction) -> str:
    """Three significant digits, with a word for thousands, millions and so on."""
    powers = (
        (12, pgettext("number, trillions", "%(number)sT")),
        (9, pgettext("number, billions", "%(number)sB")),
        (6, pgettext("number, millions", "%(number)sM")),
        (3, pgettext("number, thousands", "%(number)sk")),
    )
    for power, template in powers:
        if abs(size) >= 10**power:
            return template % {"number": _plain(size / 10**power)}
    return _plain(size)


def _plain(size: Fraction) -> str:
    # Below ten a tenth matters, below one a hundredth.
    digits = 0 if abs(size) >= 100 else 1 if abs(size) >= 1 else 2
    rounded = round(size, digits)
    while digits and round(rounded, digits - 1) == rounded:
        digits -= 1
    return _number(rounded, digits)


def _number(size: Fraction, digits: int) -> str:
    exact = Decimal(size.numerator) / Decimal(size.denominator)
    return str(number_format(exact, decimal_pos=digits, use_l10n=True, force_grouping=True))
