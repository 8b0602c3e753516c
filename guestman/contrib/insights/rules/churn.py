"""How likely a customer is gone, by the days since the last order. Business default."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final

Bands = Sequence[tuple[float, float]]
Churn = Callable[[int, int | None], float]

#: Risks from which people speak of a high and of a medium one. Business default.
HIGH: Final = 0.7
MEDIUM: Final = 0.4


def by_bands(*, gap_ratios: Bands, days: Bands, otherwise: float) -> Churn:
    """A function ``(days since the last order, average gap in hundredths of a day) -> risk``.

    ``gap_ratios`` and ``days`` are ``(more than, risk)`` pairs, largest first: the first bound that
    is exceeded decides. Without a gap (one order, or all on one day) the days themselves decide.
    """
    # Bounds as integer fractions: 1.1 × gap must not depend on binary rounding.
    ratios = [
        (bound.numerator, bound.denominator * 100, risk)
        for bound, risk in ((Fraction(str(bound)), risk) for bound, risk in gap_ratios)
    ]

    def risk_of(days_since: int, gap: int | None) -> float:
        if gap:
            for numerator, denominator, risk in ratios:
                if days_since * denominator > numerator * gap:
                    return risk
            return otherwise
        for bound, risk in days:
            if days_since > bound:
                return risk
        return otherwise

    return risk_of
