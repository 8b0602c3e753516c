"""Figures drawn on the server: SVG without script or style of its own, and the table behind it.

    figure = Bars(
        key="sign-ups",
        title=_("New customers by day"),
        categories=[Category(label="1 June 2026", short="1")],
        series=[Series(name=_("Customers"), values=[12])],
    )
    charts.html(figure, csv_url=...)

The page links ``shopman/charts.css``. Values are plain numbers, amounts minor units; what people
read is written in the viewer's language. See docs/howto/figures.md.
"""

from shopman.charts.drawing import html, rows, svg, table
from shopman.charts.rules.figures import (
    COUNT,
    SHARE,
    BadFigure,
    Bars,
    Category,
    Cell,
    Figure,
    Lines,
    Series,
    Table,
    Unit,
)
from shopman.charts.telling import amount

__all__ = [
    "COUNT",
    "SHARE",
    "BadFigure",
    "Bars",
    "Category",
    "Cell",
    "Figure",
    "Lines",
    "Series",
    "Table",
    "Unit",
    "amount",
    "html",
    "rows",
    "svg",
    "table",
]
