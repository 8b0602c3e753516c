"""Recency, frequency and monetary scores from 1 (worst) to 5 (best).

Both policies reduce to four bounds per measure and a count of the bounds passed, so that one
customer is scored without looking at the others:

- ``thresholds``: the bounds are settings, and reaching a bound passes it.
- ``quintiles``: the bounds are the 20, 40, 60 and 80 % points of the shop's own customers, frozen
  in the run that found them, and only a value strictly better passes. Equal values get
  equal scores whatever the order of rows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

Score = Callable[[int], int]

#: Fewer customers than this cannot be cut into fifths.
FEWEST_FOR_QUINTILES = 5


def by_days(bounds: Sequence[int]) -> Score:
    """Recency by thresholds. ``bounds`` rise: (7, 30, 90, 180) gives 5 up to 7 days, 4 up to 30."""
    rising = tuple(bounds)
    return lambda days: 5 - bisect_left(rising, days)


def by_reaching(bounds: Sequence[int]) -> Score:
    """Frequency or spend by thresholds. ``bounds`` fall: (20, 10, 5, 2) gives 5 from 20 up."""
    rising = tuple(reversed(bounds))
    return lambda value: 1 + bisect_right(rising, value)


def by_rank(breakpoints: Sequence[int]) -> Score:
    """Frequency or spend by quintiles: 1 + the number of breakpoints strictly below the value.

    ``breakpoints`` rise, as ``ranks`` places them.
    """
    rising = tuple(breakpoints)
    return lambda value: 1 + bisect_left(rising, value)


def by_rank_of_days(breakpoints: Sequence[int]) -> Score:
    """Recency by quintiles: more days are worse. ``breakpoints`` fall."""
    rising = tuple(reversed(breakpoints))
    return lambda days: 1 + len(rising) - bisect_right(rising, days)


def ranks(count: int) -> tuple[int, int, int, int]:
    """Which of ``count`` values, sorted worst first and numbered from 0, are the breakpoints.

    The score is 1 + floor(5 × strictly worse ÷ count). It exceeds k when at least ⌈k × count ÷ 5⌉
    values are strictly worse, that is when the ⌈k × count ÷ 5⌉-th worst value is strictly worse:
    ``percentile_disc(k / 5)`` of SQL.
    """
    first, second, third, fourth = (-(-k * count // 5) - 1 for k in range(1, 5))
    return first, second, third, fourth
