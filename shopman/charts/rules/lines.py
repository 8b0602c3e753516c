"""Lines from category to category."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby

from shopman.charts.rules import axis
from shopman.charts.rules.bars import name
from shopman.charts.rules.figures import Lines
from shopman.charts.rules.marks import Bar, Curve, Drawing, Told, percent, pixels


def draw(figure: Lines, *, short: Told, full: Told) -> Drawing:
    """Where everything of a line chart is."""
    rows = [figure.sizes(number) for number in range(len(figure.categories))]
    known = [size for row in rows for size in row if size is not None]
    upright = axis.axis(known, least_step=figure.unit.least_step)
    labels = upright.labels(short)
    curves: list[Curve] = []
    dots: list[Bar] = []
    for series in range(len(figure.series)):
        of_series = [row[series] for row in rows]
        for run in _runs(of_series):
            points = " ".join(
                f"{pixels(_middle(number, len(rows)) * 1000)},{pixels(upright.y(size))}"
                for number, size in run
            )
            curves.append(Curve(series=series, points=points))
            dots += [
                Bar(
                    series=series,
                    x=percent(_middle(number, len(rows))),
                    y=pixels(upright.y(size)),
                    width="",
                    height="",
                    name=name(figure, number, series, full(size)),
                    href=figure.series[series].href(number),
                )
                for number, size in run
            ]
    return Drawing(
        height=axis.HEIGHT,
        axis_width=axis.widest(labels),
        rules=upright.rules(),
        curves=curves,
        dots=dots,
        labels=[*labels, *axis.category_labels(figure)],
    )


def _middle(number: int, count: int) -> Fraction:
    return Fraction(2 * number + 1, 2 * count)


def _runs(sizes: list[Fraction | None]) -> Iterator[list[tuple[int, Fraction]]]:
    """Stretches without a gap, as (position, size)."""
    for has_value, stretch in groupby(enumerate(sizes), key=lambda each: each[1] is not None):
        if has_value:
            yield [(number, size) for number, size in stretch if size is not None]
