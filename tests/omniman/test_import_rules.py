"""How an order file is read: mappings, rows, amounts, times."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omniman.errors import InvalidMapping, UnreadableOrderFile
from omniman.rules import order_import, order_import_rows
from omniman.rules.order_import import Mapping
from omniman.rules.order_import_rows import Line, Rejected, RowRules
from omniman.services.order_import import mapping as named

LONDON = ZoneInfo("Europe/London")
HEADER = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)


def retail() -> RowRules:
    mapping = named("online-retail")
    columns = order_import_rows.columns_of(mapping, HEADER)
    return RowRules(mapping, columns, zone=LONDON, width=len(HEADER))


def row(
    invoice: str = "536365",
    sku: str = "85123A",
    name: str = "LANTERN",
    quantity: str = "6",
    time: str = "2010-12-01 08:26:00",
    price: str = "2.55",
    customer: str = "17850",
) -> list[str]:
    return [invoice, sku, name, quantity, time, price, customer, "France"]


def read(**cells: str) -> Line:
    return retail().read(2, row(**cells))[1]


def test_a_row_that_counts() -> None:
    assert retail().read(2, row()) == (
        "536365",
        Line(
            line=2,
            sku="85123A",
            name="LANTERN",
            quantity="6",
            unit_price_amount=255,
            total_amount=1530,
            exact_price=None,
            placed=1_291_191_960_000_000,
            customer="17850",
        ),
    )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"quantity": "0"}, "quantity_not_positive"),
        ({"quantity": "-1"}, "quantity_not_positive"),
        ({"price": "-0.01"}, "price_below_zero"),
        ({"invoice": "A563186", "price": "-11062.06"}, "price_below_zero"),
        ({"quantity": ""}, "quantity_unreadable"),
        ({"quantity": "NaN"}, "quantity_unreadable"),
        ({"quantity": "sNaN"}, "quantity_unreadable"),
        ({"quantity": "Infinity"}, "quantity_unreadable"),
        ({"quantity": "1E+999999999"}, "quantity_unreadable"),
        ({"quantity": "1.0001"}, "quantity_too_precise"),
        ({"quantity": "1E+12"}, "quantity_too_precise"),
        ({"price": "x"}, "price_unreadable"),
        ({"price": "1E+14"}, "amount_too_large"),
        ({"time": "yesterday"}, "time_unreadable"),
        ({"time": ""}, "time_unreadable"),
        ({"invoice": " "}, "no_reference"),
        ({"invoice": "x" * 151}, "reference_too_long"),
        ({"sku": "x" * 101}, "sku_too_long"),
        ({"name": "x\x00y"}, "control_character"),
        ({"name": "\udce9"}, "not_the_encoding"),
        ({"invoice": "C536379", "quantity": "1"}, "quantity_not_negative"),
        ({"invoice": "C536379", "quantity": "-1", "price": "-1"}, "price_below_zero"),
    ],
)
def test_a_row_that_does_not_count_says_why(cells: dict[str, str], reason: str) -> None:
    with pytest.raises(Rejected, match=f"^{reason}$"):
        read(**cells)


def test_a_row_of_another_width_does_not_count() -> None:
    for cells in (row()[:-1], [*row(), "more"]):
        with pytest.raises(Rejected, match="column_count"):
            retail().read(2, cells)


@pytest.mark.parametrize(
    ("quantity", "price", "total"),
    [
        ("3", "0.005", 2),
        ("5", "0.005", 2),
        ("7", "0.005", 4),
        ("1", "0.001", 0),
        ("0.5", "0.01", 0),
        ("1.5", "0.01", 2),
        ("12", "0", 0),
        ("80995", "2.08", 16846960),
    ],
)
def test_a_line_total_is_rounded_half_even(quantity: str, price: str, total: int) -> None:
    assert read(quantity=quantity, price=price).total_amount == total


@given(
    st.decimals(min_value="0.001", max_value="99999", places=3),
    st.decimals(min_value="0", max_value="99999", places=4),
)
def test_a_line_total_is_the_nearest_amount_and_even_on_a_tie(
    quantity: Decimal, price: Decimal
) -> None:
    exact = Fraction(quantity) * Fraction(price) * 100
    assert read(quantity=str(quantity), price=str(price)).total_amount == round(exact)


def test_a_price_finer_than_the_minor_unit_is_kept_as_the_file_has_it() -> None:
    line = read(price="0.001", quantity="1000")
    assert (line.unit_price_amount, line.exact_price, line.total_amount) == (0, "0.001", 100)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2011-01-15 12:00:00", "2011-01-15T12:00:00"),
        ("2011-07-15 12:00:00", "2011-07-15T11:00:00"),
        # Skipped that morning: read with the offset before the change.
        ("2011-03-27 01:30:00", "2011-03-27T01:30:00"),
        # Told twice that morning: the first one.
        ("2011-10-30 01:30:00", "2011-10-30T00:30:00"),
        ("2011-10-30 02:30:00", "2011-10-30T02:30:00"),
        ("2011-07-15T12:00:00+02:00", "2011-07-15T10:00:00"),
    ],
)
def test_times_are_of_the_files_zone(local: str, utc: str) -> None:
    expected = dt.datetime.fromisoformat(f"{utc}+00:00")
    assert read(time=local).placed == round(expected.timestamp()) * 1_000_000


def grouped(*rows: list[str]) -> Any:
    rules, rejected = retail(), []
    lines = [rules.read(number, cells)[1] for number, cells in enumerate(rows, start=2)]
    found = order_import_rows.orders(
        rows[0][0], lines, rules, lambda line, reason: rejected.append((line.line, reason))
    )
    return [*found], rejected


def test_an_order_begins_with_its_earliest_row() -> None:
    (order,), _ = grouped(
        row(time="2011-01-01 10:01:00"), row(time="2011-01-01 09:59:00"), row(customer="")
    )
    assert order.placed_at == dt.datetime(2010, 12, 1, 8, 26, tzinfo=dt.UTC)
    assert (order.customer_code, len(order.lines)) == ("17850", 3)


def test_a_row_of_another_customer_is_rejected() -> None:
    (order,), rejected = grouped(row(), row(customer="1"), row())
    assert (len(order.lines), order.total_amount) == (2, 3060)
    assert rejected == [(3, "another_customer")]


@pytest.mark.parametrize(
    ("invoice", "kind"), [("C1", "return"), ("A1", "sale"), ("c1", "sale"), ("1C", "sale")]
)
def test_only_a_capital_c_makes_a_credit_note(invoice: str, kind: str) -> None:
    quantity = "-2" if kind == "return" else "2"
    (order,), _ = grouped(row(invoice=invoice, quantity=quantity, price="1.00"))
    assert (order.kind, order.total_amount) == (kind, -200 if kind == "return" else 200)


def test_cdnow_takes_each_row_for_an_order() -> None:
    mapping = named("cdnow")
    header = ["master_id", "customer_id", "date", "cds", "amount"]
    columns = order_import_rows.columns_of(mapping, header)
    by_header = RowRules(mapping, columns, zone=ZoneInfo("America/New_York"), width=5)
    places = {name: at - 1 for name, at in mapping.positions.items()}
    by_place = RowRules(mapping, places, zone=ZoneInfo("America/New_York"), width=None)
    key, line = by_header.read(2, ["4", "1", "1997-01-18", "2", "29.73"])
    assert (key, line) == by_place.read(2, ["00004", "0001", "19970118", "2", "29.73"])
    assert (key, line.customer, line.sku) == ("1-1997-01-18", "1", "CD")
    assert (line.unit_price_amount, line.total_amount) == (1486, 2973)
    noon = dt.datetime(1997, 1, 18, 17, tzinfo=dt.UTC)
    assert line.placed == round(noon.timestamp()) * 1_000_000
    found = [*order_import_rows.orders(key, [line, line], by_header, lambda *_: None)]
    assert [each.external_ref for each in found] == ["1-1997-01-18-1", "1-1997-01-18-2"]


GOOD: dict[str, Any] = {
    "source": "old",
    "channel": "old",
    "currency": "BRL",
    "one_order": "reference",
    "columns": {
        "reference": "no",
        "quantity": ["qty", "quantity"],
        "unit_price": ["price"],
        "time": ["at"],
    },
}


def test_a_mapping_takes_the_first_name_that_is_there() -> None:
    found = order_import.mapping(GOOD)
    header = ["price", "quantity", "at", "no"]
    assert order_import_rows.columns_of(found, header) == {
        "reference": 3,
        "quantity": 1,
        "unit_price": 0,
        "time": 2,
    }
    with pytest.raises(UnreadableOrderFile, match="price"):
        order_import_rows.columns_of(found, ["no", "qty", "at"])


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"currency": "real"},
        {"source": ""},
        {"one_order": "page"},
        {"time_zone": "Mars/Olympus"},
        {"time_of_day": "25:00"},
        {"customer_code": "hex"},
        {"positions": {"quantity": 1}},
        {"columns": GOOD["columns"] | {"colour": ["red"]}},
        {"columns": {"reference": ["no"], "quantity": ["q"], "unit_price": ["p"]}},
        {"columns": {"quantity": ["q"], "unit_price": ["p"], "time": ["t"]}},
        {"columns": {"reference": ["no"], "quantity": ["q"], "time": ["t"]}},
        {"columns": GOOD["columns"] | {"total": ["t"]}},
        {"columns": {}},
    ],
)
def test_a_mapping_that_cannot_work_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidMapping):
        order_import.mapping(GOOD | change)


def test_the_digest_of_a_mapping_is_of_what_it_says() -> None:
    same = order_import.mapping(dict(reversed(GOOD.items())))
    other: Mapping = order_import.mapping(GOOD | {"delimiter": ";"})
    assert order_import.mapping(GOOD).digest == same.digest != other.digest
