"""Where the ticks of an axis stand."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Final

Number = int | float | Decimal | Fraction

#: Steps people count in, times a power of ten.
ROUND_STEPS: Final = (1, 2, 5)


def ticks(low: Number, high: Number, *, count: int = 5, least: Number = 0) -> tuple[Fraction, ...]:
    """Equally far apart and round, from at or below ``low`` to at or above ``high``.

    The step is 1, 2 or 5 times a power of ten, never smaller than ``least``; there are two ticks at
    least and ``count + 2`` at most. A range without width is widened to zero, and zero alone to
    one. Raises ValueError when ``low`` is above ``high`` or one of them is no finite number.
    """
    bottom, top = exact(low), exact(high)
    if bottom > top or count < 1:
        raise ValueError(f"There is no axis from {low} to {high} with {count} steps.")
    if bottom == top:
        bottom, top = min(bottom, Fraction(0)), max(top, Fraction(0))
    if bottom == top:
        top = Fraction(1)
    step = round_step(max((top - bottom) / count, exact(least)))
    first, last = math.floor(bottom / step), math.ceil(top / step)
    return tuple(number * step for number in range(first, last + 1))


def round_step(least: Fraction) -> Fraction:
    """The smallest of 1, 2 and 5 times a power of ten that is not below ``least`` (above zero)."""
    # Digits tell the power of ten without a logarithm, which floats would get wrong at its edges.
    power = len(str(least.numerator)) - len(str(least.denominator)) - 1
    scale = Fraction(10) ** power
    while True:
        for step in ROUND_STEPS:
            if step * scale >= least:
                return step * scale
        scale *= 10


def exact(value: Number) -> Fraction:
    """A number as it is, without rounding. Raises ValueError for NaN and infinity."""
    try:
        return Fraction(value)
    except (OverflowError, ValueError) as error:
        raise ValueError(f"{value} cannot be drawn.") from error
