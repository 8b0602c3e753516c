"""Standing and lying bars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shopman.charts.rules import axis
from shopman.charts.rules.axis import Axis
from shopman.charts.rules.figures import Bars, Figure
from shopman.charts.rules.marks import (
    Bar,
    Drawing,
    Label,
    Rule,
    Told,
    is_hopeless,
    percent,
    pixels,
    too_narrow,
)

#: Of the width of a category; the rest is space between.
FILLED: Final = Fraction(3, 4)
#: Of the plot, for a category among few: a single bar is no wall.
MOST: Final = Fraction(1, 5)
#: Pixels from a row to the next, of its first bar below its text, and of a bar.
ROW_GAP, ROW_TEXT, ROW_BAR = 14, 18, 12
#: Pixels that a value above zero has at least, so that it is seen.
LEAST: Final = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Where a value lies: from ``start`` to ``end``, the end away from zero."""

    series: int
    start: Fraction
    end: Fraction

    @property
    def size(self) -> Fraction:
        return self.end - self.start


def draw(figure: Bars, *, short: Told, full: Told) -> Drawing:
    """Where everything of a bar chart is."""
    if figure.direction == "across":
        return _lying(figure, full)
    return _standing(figure, short, full)


def name(figure: Figure, number: int, series: int, told: str) -> str:
    """What a mark is called: ``June 2026, new: 12``."""
    label = figure.categories[number].label
    if len(figure.series) == 1:
        return f"{label}: {told}"
    return f"{label}, {figure.series[series].name}: {told}"


def extents(figure: Bars, number: int) -> list[Extent]:
    """The bars of one category. Stacked ones pile up on either side of zero."""
    found = []
    above = below = Fraction(0)
    for series, size in enumerate(figure.sizes(number)):
        if size is None:
            continue
        start = Fraction(0)
        if figure.arrangement == "stacked":
            start = above if size >= 0 else below
            above, below = (start + size, below) if size >= 0 else (above, start + size)
        found.append(Extent(series=series, start=start, end=start + size))
    return found


def _standing(figure: Bars, short: Told, full: Told) -> Drawing:
    piles = [extents(figure, number) for number in range(len(figure.categories))]
    upright = axis.axis(
        [each.end for pile in piles for each in pile], least_step=figure.unit.least_step
    )
    bars: list[Bar] = []
    labels = upright.labels(short)
    width = axis.widest(labels)
    labels += axis.category_labels(figure)
    for number, pile in enumerate(piles):
        bars += _stand(figure, upright, number, pile, full)
    labels += _values(figure, upright, piles, short)
    return Drawing(
        height=axis.HEIGHT, axis_width=width, rules=upright.rules(), bars=bars, labels=labels
    )


def _place(figure: Bars, number: int, series: int) -> tuple[Fraction, Fraction]:
    """Left edge and width of a bar, as shares of the plot."""
    slot = Fraction(1, len(figure.categories))
    group = min(slot * FILLED, MOST)
    beside = 1 if figure.arrangement == "stacked" else len(figure.series)
    width = group / beside
    left = slot * number + (slot - group) / 2
    return left + (width * series if beside > 1 else 0), width


def _stand(
    figure: Bars, upright: Axis, number: int, pile: list[Extent], full: Told
) -> Iterator[Bar]:
    for each in pile:
        left, width = _place(figure, number, each.series)
        top, bottom = sorted((upright.y(each.start), upright.y(each.end)))
        if each.size and bottom - top < LEAST:
            top, bottom = (bottom - LEAST, bottom) if each.size > 0 else (top, top + LEAST)
        yield Bar(
            series=each.series,
            x=percent(left),
            y=pixels(top),
            width=percent(width),
            height=pixels(bottom - top),
            name=name(figure, number, each.series, full(each.size)),
            href=figure.series[each.series].href(number),
        )


def _values(figure: Bars, upright: Axis, piles: list[list[Extent]], short: Told) -> list[Label]:
    """Values above the bars (below those under zero), of all bars or of none."""
    tops = [(n, top) for n, pile in enumerate(piles) for top in _tops(figure, pile) if top.size]
    widest = max((short(top.size) for _, top in tops), key=len, default="")
    hidden = too_narrow(widest, _place(figure, 0, 0)[1] / FILLED)
    if is_hopeless(hidden):
        return []
    labels = []
    for number, top in tops:
        left, width = _place(figure, number, top.series)
        y = upright.y(top.end) + (-4 if top.size > 0 else 12)
        text = short(top.size)
        x = percent(left + width / 2)
        labels.append(Label(kind="value", x=x, y=pixels(y), text=text, hidden=hidden))
    return labels


def _tops(figure: Bars, pile: list[Extent]) -> list[Extent]:
    """What is told above a category: each bar, or what a stack comes to above zero."""
    if figure.arrangement == "grouped" or not pile:
        return pile
    return [Extent(series=0, start=Fraction(0), end=max(each.end for each in pile))]


def _lying(figure: Bars, full: Told) -> Drawing:
    """Each category is a line of text, its value at the right end, and the bars below it."""
    piles = [extents(figure, number) for number in range(len(figure.categories))]
    ends = [Fraction(0), *(each.end for pile in piles for each in pile)]
    low, high = min(ends), max(ends)
    span = (high - low) or Fraction(1)
    depth = 1 if figure.arrangement == "stacked" else len(figure.series)
    row = ROW_TEXT + depth * ROW_BAR + ROW_GAP
    bars: list[Bar] = []
    labels: list[Label] = []
    for number, pile in enumerate(piles):
        y = str(number * row + ROW_TEXT - 5)
        text = figure.categories[number].label
        labels.append(Label(kind="row", x="0", y=y, text=text, anchor="start"))
        values = " · ".join(full(each.size) for each in pile) or "–"
        labels.append(Label(kind="row-value", x="100%", y=y, text=values, anchor="end"))
        for each in pile:
            begin, end = sorted((each.start, each.end))
            level = 0 if depth == 1 else each.series
            bars.append(
                Bar(
                    series=each.series,
                    x=percent((begin - low) / span),
                    y=str(number * row + ROW_TEXT + level * ROW_BAR),
                    width=percent((end - begin) / span),
                    height=str(ROW_BAR - (1 if depth > 1 else 0)),
                    name=name(figure, number, each.series, full(each.size)),
                    href=figure.series[each.series].href(number),
                )
            )
    height = max(len(piles) * row - ROW_GAP, 0) + 2
    zero = percent(-low / span)
    edge = Rule(x1=zero, x2=zero, y1="0", y2=str(height), is_zero=True)
    return Drawing(height=height, bars=bars, labels=labels, rules=[edge] if low < 0 else [])
