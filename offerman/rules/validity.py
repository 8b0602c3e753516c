"""Periods in which something holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from offerman.errors import InvalidPeriod

Standing = Literal["in_force", "not_yet_valid", "no_longer_valid"]
_EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)
_LATEST = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the first moment on, up to but without the last; None is open on that side.

    Raises InvalidPeriod when it ends before, or when, it begins, or lies outside the calendar: the
    last hours of the year 9999 are in UTC those of a year that no database gives back.
    """

    valid_from: dt.datetime | None = None
    valid_until: dt.datetime | None = None

    def __post_init__(self) -> None:
        try:
            is_empty = self.first.astimezone(dt.UTC) >= self.end.astimezone(dt.UTC)
        except OverflowError as error:
            raise InvalidPeriod from error
        if is_empty:
            raise InvalidPeriod

    @property
    def first(self) -> dt.datetime:
        return self.valid_from or _EARLIEST

    @property
    def end(self) -> dt.datetime:
        return self.valid_until or _LATEST

    def standing(self, at: dt.datetime) -> Standing:
        """Where the period stands at a moment."""
        if at < self.first:
            return "not_yet_valid"
        return "in_force" if at < self.end else "no_longer_valid"

    def overlaps(self, other: Period) -> bool:
        """Whether some moment is in both. Periods that only touch do not overlap."""
        return self.first < other.end and other.first < self.end


def any_overlap(periods: Iterable[Period]) -> bool:
    """Whether any two of the periods overlap."""
    ordered = sorted(periods, key=lambda period: period.first)
    return any(first.overlaps(second) for first, second in pairwise(ordered))
