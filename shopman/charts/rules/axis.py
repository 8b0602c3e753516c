"""The upright axis of standing bars and lines: its range, its grid and its labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shopman.charts.rules.figures import Figure
from shopman.charts.rules.marks import Label, Rule, Told, percent, pixels, skipped
from shopman.charts.rules.ticks import ticks

TOP: Final = 18
PLOT: Final = 168
BOTTOM: Final = 24
HEIGHT: Final = TOP + PLOT + BOTTOM
#: Steps of the axis, about.
STEPS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Where sizes are. Zero is always on it, so that heights can be compared."""

    marks: Sequence[Fraction]

    def y(self, size: Fraction) -> Fraction:
        """Pixels from the top of the drawing."""
        low, high = self.marks[0], self.marks[-1]
        return TOP + (high - size) / (high - low) * PLOT

    def rules(self) -> list[Rule]:
        return [
            Rule(x1="0", x2="100%", y1=y, y2=y, is_zero=not mark)
            for mark in self.marks
            for y in (pixels(self.y(mark)),)
        ]

    def labels(self, short: Told) -> list[Label]:
        """Numbers to the left of the plot."""
        return [
            Label(kind="tick", x="-8", y=pixels(self.y(mark) + 4), text=short(mark), anchor="end")
            for mark in self.marks
        ]


def axis(sizes: Sequence[Fraction], *, least_step: int) -> Axis:
    """The axis that holds these sizes and zero."""
    low, high = min(sizes, default=Fraction(0)), max(sizes, default=Fraction(0))
    zero = Fraction(0)
    return Axis(marks=ticks(min(low, zero), max(high, zero), count=STEPS, least=least_step))


def category_labels(figure: Figure) -> list[Label]:
    """Names below the plot, as many as there is room for."""
    texts = [category.on_axis for category in figure.categories]
    return [
        Label(
            kind="category",
            x=percent(Fraction(2 * number + 1, 2 * len(texts))),
            y=str(HEIGHT - 6),
            text=text,
            hidden=hidden,
        )
        for number, (text, hidden) in enumerate(zip(texts, skipped(texts), strict=True))
    ]


def widest(labels: Sequence[Label]) -> int:
    """Characters of the longest label."""
    return max((len(label.text) for label in labels), default=0)
