"""Bars and lines: where they stand, what they are called, and that the page may show them."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from shopman import charts
from shopman.charts import BadFigure, Bars, Category, Lines, Series
from shopman.charts.drawing import drawing

SVG = "{http://www.w3.org/2000/svg}"
VALUES = st.one_of(st.none(), st.integers(-(10**15), 10**15))


def bars(*values: object, **facts: object) -> Bars:
    given_facts: dict[str, object] = {
        "key": "sales",
        "title": "Sales by month",
        "axis": "Month",
        "categories": [Category(label=f"Month {n}", short=str(n)) for n in range(len(values))],
        "series": [Series(name="This year", values=values)],  # type: ignore[arg-type]
        **facts,
    }
    return Bars(**given_facts)  # type: ignore[arg-type]


def share(text: str) -> float:
    return float(text.removesuffix("%"))


@given(
    st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=24),
    st.sampled_from(["up", "across"]),
    st.sampled_from(["grouped", "stacked"]),
)
def test_every_bar_lies_within_the_drawing(
    values: list[tuple[int | None, int | None]], direction: str, arrangement: str
) -> None:
    figure = bars(
        *(one for one, _ in values),
        series=[
            Series(name="A", values=[one for one, _ in values]),
            Series(name="B", values=[other for _, other in values]),
        ],
        direction=direction,
        arrangement=arrangement,
    )
    drawn = drawing(figure)
    known = sum(value is not None for pair in values for value in pair)
    assert len(drawn.bars) == known
    for bar in drawn.bars:
        assert share(bar.x) >= -0.001
        assert share(bar.x) + share(bar.width) <= 100.01
        assert float(bar.y) >= 0
        assert float(bar.y) + float(bar.height) <= drawn.height
        assert float(bar.height) >= 0


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=12))
def test_heights_are_in_proportion(values: list[int]) -> None:
    drawn = drawing(bars(*values))
    heights = [float(bar.height) for bar in drawn.bars]
    for value, height in zip(values, heights, strict=True):
        assert height == pytest.approx(value / max(max(values), 1) * max(heights), abs=1.01)


def test_a_stack_is_as_high_as_its_parts() -> None:
    figure = bars(
        3,
        series=[Series(name="New", values=[3]), Series(name="Returning", values=[5])],
        arrangement="stacked",
    )
    below, above = drawing(figure).bars
    assert float(above.y) + float(above.height) == pytest.approx(float(below.y))
    values = [label.text for label in drawing(figure).labels if label.kind == "value"]
    assert values == ["8"]


def test_a_small_value_is_still_seen_and_zero_is_not() -> None:
    large, small, none = drawing(bars(10**9, 1, 0)).bars
    assert float(large.height) > 100
    assert float(small.height) == 1
    assert float(none.height) == 0


def test_a_line_breaks_where_there_is_no_value() -> None:
    figure = Lines(
        key="days",
        title="Days",
        categories=[Category(label=str(n)) for n in range(5)],
        series=[Series(name="Orders", values=[1, 2, None, 4, 5])],
    )
    drawn = drawing(figure)
    assert [curve.points.count(",") for curve in drawn.curves] == [2, 2]
    assert len(drawn.dots) == 4


def test_labels_leave_where_there_is_no_room() -> None:
    few, many = drawing(bars(*[12345] * 4)), drawing(bars(*[12345] * 31))
    assert {label.hidden for label in few.labels if label.kind == "category"} == {()}
    kept = [label for label in many.labels if label.kind == "category" and "xs" not in label.hidden]
    assert 4 <= len(kept) <= 16
    assert not [label for label in many.labels if label.kind == "value" and not label.hidden]


def test_the_markup_is_well_formed_named_and_needs_no_style_or_script() -> None:
    figure = bars(
        1, 2, series=[Series(name='<b>"A"&', values=[1, 2], hrefs=["/a?x=1&y=2", ""])],
        title="Sales <script>",
    )  # fmt: skip
    markup = charts.svg(figure)
    root = ET.fromstring(markup)  # noqa: S314  # our own markup
    assert root.get("role") == "group"
    assert root.find(f"{SVG}title").text == "Sales <script>"  # type: ignore[union-attr]
    assert "highest" in (root.find(f"{SVG}desc").text or "")  # type: ignore[union-attr]
    (link,) = root.iter(f"{SVG}a")
    assert link.get("href") == "/a?x=1&y=2"
    assert link.get("aria-label") == "Month 0: 1"
    whole = charts.html(figure, csv_url="/sales.csv")
    assert not re.search(r"<script|\sstyle=|\son[a-z]+=", whole)


def test_without_links_it_is_an_image() -> None:
    root = ET.fromstring(charts.svg(bars(1)))  # noqa: S314  # our own markup
    assert root.get("role") == "img"
    names = {root.find(f"{SVG}{name}").get("id") for name in ("title", "desc")}  # type: ignore[union-attr]
    assert {root.get("aria-labelledby"), root.get("aria-describedby")} == names


@pytest.mark.parametrize(
    ("language", "cell"),
    [("en", "R$1,234.50"), ("pt-br", "R$\xa01.234,50"), ("es", "1\xa0234,50\xa0R$")],
)
def test_numbers_are_told_in_the_viewers_language(language: str, cell: str) -> None:
    figure = bars(123450, unit=charts.amount("BRL"))
    with translation.override(language):
        told = charts.table(figure).rows[0][1].text
        markup = charts.svg(figure)
    assert told == cell
    # Coordinates keep their point whatever the language.
    assert not re.search(r'(x|y|width|height)="-?[0-9]+,', markup)


def test_a_file_has_plain_numbers() -> None:
    figure = bars(123450, None, unit=charts.amount("BRL"))
    assert charts.rows(figure) == [
        ["Month", "This year (BRL)"],
        ["Month 0", Decimal("1234.50")],
        ["Month 1", None],
    ]


def test_a_currency_without_cents_has_none() -> None:
    figure = bars(1500, unit=charts.amount("JPY"))
    assert charts.table(figure).rows[0][1].text == "¥1,500"


def test_nothing_to_draw_is_said() -> None:
    assert "Nothing to draw yet." in charts.html(bars(0, 0))
    assert "<svg" not in charts.html(bars())


@pytest.mark.parametrize(
    "facts",
    [
        {"key": "no spaces"},
        {"series": []},
        {"series": [Series(name="A", values=[1])]},
        {"series": [Series(name="A", values=[1, 2], hrefs=["/x"])]},
        {"series": [Series(name=str(n), values=[1, 2]) for n in range(6)]},
    ],
)
def test_refuses_parts_that_do_not_fit(facts: dict[str, object]) -> None:
    with pytest.raises(BadFigure):
        bars(1, 2, **facts)
