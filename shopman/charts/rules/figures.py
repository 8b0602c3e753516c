"""What a figure says: its categories, its series, and the unit of its values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from shopman.charts.rules.ticks import Number, exact

#: As many as there are fills that can be told apart without colour.
MAX_SERIES: Final = 5
_KEY = re.compile(r"[a-z][a-z0-9_-]*\Z")


class BadFigure(ValueError):
    """The parts of a figure do not fit together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What the values are: things counted, minor units of a currency, or shares (1 is all)."""

    kind: Literal["count", "amount", "share"] = "count"
    #: ISO 4217, of amounts.
    currency: str = ""
    #: Decimal digits that the values carry as integers: 2 for cents.
    digits: int = 0

    def size(self, value: Number) -> Fraction:
        """A value as it is drawn: cents become whole units of the currency."""
        return exact(value) / Fraction(10) ** self.digits

    @property
    def least_step(self) -> int:
        """The smallest step of an axis: there is no half customer."""
        return 1 if self.kind == "count" else 0


COUNT: Final = Unit()
SHARE: Final = Unit(kind="share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What the values at one place of the axis belong to; ``short`` stands on the axis."""

    label: str
    short: str = ""

    @property
    def on_axis(self) -> str:
        return self.short or self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One value, or None where there is none, for each category; perhaps an address for each."""

    name: str
    values: Sequence[Number | None]
    hrefs: Sequence[str] = ()

    def href(self, number: int) -> str:
        """Where a value leads; nowhere without a value."""
        return self.hrefs[number] if self.hrefs and self.values[number] is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What bars and lines share. ``key`` is unique on the page and makes the ids of its parts.

    Raises BadFigure when the parts do not fit together.
    """

    key: str
    #: Accessible name.
    title: str
    categories: Sequence[Category]
    series: Sequence[Series]
    unit: Unit = COUNT
    #: Heading of the first column of the table.
    axis: str = ""
    #: What there is to see, in a sentence; the highest value is told without.
    description: str = ""

    def __post_init__(self) -> None:
        if not _KEY.match(self.key):
            raise BadFigure(f"{self.key!r} cannot be part of an id.")
        if not 1 <= len(self.series) <= MAX_SERIES:
            raise BadFigure(f"{self.key}: from 1 to {MAX_SERIES} series can be told apart.")
        for each in self.series:
            if len(each.values) != len(self.categories):
                raise BadFigure(f"{self.key}: {each.name} does not have one value per category.")
            if each.hrefs and len(each.hrefs) != len(self.categories):
                raise BadFigure(f"{self.key}: {each.name} does not have one address per category.")

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw: no category, or no value but zeros."""
        return not any(value for each in self.series for value in each.values)

    @property
    def has_links(self) -> bool:
        return any(href for each in self.series for href in each.hrefs)

    def sizes(self, number: int) -> list[Fraction | None]:
        """The values of one category as they are drawn, one for each series."""
        return [
            None if each.values[number] is None else self.unit.size(each.values[number] or 0)
            for each in self.series
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars(Figure):
    """Bars that stand (``up``) or lie (``across``), several of a category beside or on another."""

    direction: Literal["up", "across"] = "up"
    arrangement: Literal["grouped", "stacked"] = "grouped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines(Figure):
    """A line for each series, from category to category; it breaks where a value is None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table, perhaps with an address."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A figure as text: the first cell of each row names its category."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
