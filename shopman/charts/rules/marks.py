"""What a drawing is made of. Lengths along the width are percentages, heights are pixels.

So a drawing is as wide as its box while its text keeps its size.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

#: Tells a size in few characters (an axis) or in full (a name).
Told = Callable[[Fraction], str]
Anchor = Literal["start", "middle", "end"]

#: Boxes by width, and how many pixels a plot has in the smallest of each (``charts.css``).
ROOM: Final = {"xs": 190, "sm": 300, "md": 490, "lg": 730}
#: Pixels of a character of the small text in a drawing, on average.
CHARACTER: Final = 6.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar, or the dot of a line; ``name`` is its tooltip and the name of its link."""

    series: int
    x: str
    y: str
    width: str
    height: str
    name: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Text; ``hidden`` names the boxes that have no room for it."""

    kind: Literal["tick", "category", "value", "row", "row-value"]
    x: str
    y: str
    text: str
    anchor: Anchor = "middle"
    hidden: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A line of the grid."""

    x1: str
    y1: str
    x2: str
    y2: str
    is_zero: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line without gaps; x runs from 0 to 1000, y in pixels."""

    series: int
    points: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Everything of a figure but its words for screen readers."""

    #: Pixels.
    height: int
    #: Characters of the widest label beside the axis; 0 without such an axis.
    axis_width: int = 0
    rules: Sequence[Rule] = ()
    bars: Sequence[Bar] = ()
    dots: Sequence[Bar] = ()
    curves: Sequence[Curve] = ()
    labels: Sequence[Label] = ()


def percent(share: Fraction | float) -> str:
    """A share of the width: 0.125 is ``12.5%``."""
    return f"{pixels(share * 100)}%"


def pixels(length: Fraction | float) -> str:
    """A length with at most three decimals, and a point whatever the language."""
    return f"{float(length):.3f}".rstrip("0").rstrip(".") or "0"


def too_narrow(text: str, share: Fraction | float, *, spare: int = 4) -> tuple[str, ...]:
    """The boxes in which this share of the width has no room for a text."""
    needed = len(text) * CHARACTER + spare
    return tuple(box for box, width in ROOM.items() if width * float(share) < needed)


def skipped(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """For each label of an axis the boxes it is left out of, so that the others have room."""
    widest = max((len(text) for text in texts), default=0) * CHARACTER + 8
    every = {box: max(1, -(-int(widest * len(texts)) // width)) for box, width in ROOM.items()}
    return [
        tuple(box for box, step in every.items() if number % step) for number in range(len(texts))
    ]


def is_hopeless(hidden: Collection[str]) -> bool:
    """Whether no box has room."""
    return len(hidden) == len(ROOM)
