"""Figures as markup: the drawing, its table, and both together."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shopman.charts import telling
from shopman.charts.rules import bars, lines
from shopman.charts.rules.figures import Bars, Cell, Figure, Lines, Table
from shopman.charts.rules.marks import Drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class Swatch:
    """One line of the legend."""

    number: int
    name: str


def svg(figure: Figure) -> SafeString:
    """The drawing alone; a sentence where there is nothing to draw."""
    context = {
        "figure": figure,
        "drawing": None if figure.is_empty else drawing(figure),
        "patterns": range(1, len(figure.series)),
        "description": figure.description or _highest(figure),
    }
    return render_to_string("shopman/charts/svg.html", context)


def html(figure: Figure, *, csv_url: str = "") -> SafeString:
    """The drawing with its legend and the table behind it; ``csv_url`` is where its CSV is."""
    is_alone = len(figure.series) == 1
    context = {
        "figure": figure,
        "svg": svg(figure),
        "table": table(figure),
        "legend": []
        if is_alone
        else [Swatch(number=n, name=each.name) for n, each in enumerate(figure.series)],
        "is_line": isinstance(figure, Lines),
        "csv_url": csv_url,
    }
    return render_to_string("shopman/charts/figure.html", context)


def drawing(figure: Figure) -> Drawing:
    """Where everything of a figure is."""
    full, short = telling.full(figure.unit), telling.short(figure.unit)
    if isinstance(figure, Bars):
        return bars.draw(figure, short=short, full=full)
    assert isinstance(figure, Lines)
    return lines.draw(figure, short=short, full=full)


def table(figure: Figure) -> Table:
    """What the figure says as text in the viewer's language."""
    full = telling.full(figure.unit)
    return Table(
        head=[figure.axis, *(each.name for each in figure.series)],
        rows=[
            [
                Cell(text=category.label),
                *(
                    Cell(text="–" if size is None else full(size), href=each.href(number))
                    for each, size in zip(figure.series, figure.sizes(number), strict=True)
                ),
            ]
            for number, category in enumerate(figure.categories)
        ],
    )


def rows(figure: Figure) -> list[list[str | Decimal | None]]:
    """The figure for a file: a head, then plain numbers, amounts in whole units of the currency."""
    digits = figure.unit.digits
    found: list[list[str | Decimal | None]] = [_head(figure)]
    for number, category in enumerate(figure.categories):
        values = [_plain(size, digits) for size in figure.sizes(number)]
        found.append([category.label, *values])
    return found


def _plain(size: Fraction | None, digits: int) -> Decimal | None:
    if size is None:
        return None
    exact = Decimal(size.numerator) / size.denominator
    # What is no amount has as many decimals as it needs.
    return round(exact, digits) if digits else exact


def _head(figure: Figure) -> list[str | Decimal | None]:
    unit = f" ({figure.unit.currency})" if figure.unit.currency else ""
    return [figure.axis, *(f"{each.name}{unit}" for each in figure.series)]


def _highest(figure: Figure) -> str:
    """The highest value, which is what eyes see first."""
    full = telling.full(figure.unit)
    known = [
        (size, category.label)
        for number, category in enumerate(figure.categories)
        for size in figure.sizes(number)
        if size is not None
    ]
    if not known:
        return ""
    size, label = max(known, key=lambda each: each[0])
    return _("The highest is %(value)s: %(label)s.") % {"value": full(size), "label": label}
