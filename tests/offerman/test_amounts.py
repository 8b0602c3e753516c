from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offerman.errors import AmountTooLarge, InvalidPrice, InvalidQuantity
from offerman.rules import amounts

quantities = st.decimals(
    min_value="0.001", max_value="999999999.999", places=3, allow_nan=False, allow_infinity=False
)
prices = st.integers(0, amounts.PRICE_LIMIT)


@pytest.mark.parametrize("value", [1, "1", "0.001", "1.500000", Decimal("999999999.999"), "1E+3"])
def test_accepts_positive_quantities_of_three_places(value: object) -> None:
    assert amounts.quantity(value) == Decimal(str(value))


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        "-0.001",
        "0.0001",
        "1.2345",
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        Decimal("NaN"),
        float("nan"),
        1.5,
        True,
        None,
        "",
        "three",
        "1E+9",
        "1E+999999",
        "1E-999999",
        10**9,
    ],
)
def test_refuses_impossible_quantities(value: object) -> None:
    with pytest.raises(InvalidQuantity):
        amounts.quantity(value)


@pytest.mark.parametrize("value", [-1, 1.0, "1", True, None, 10**15 + 1])
def test_refuses_impossible_prices(value: object) -> None:
    with pytest.raises(InvalidPrice):
        amounts.price(value)


@pytest.mark.parametrize(
    ("unit", "quantity", "total"),
    [
        (1, "0.5", 0),
        (3, "0.5", 2),
        (5, "0.5", 2),
        (7, "0.5", 4),
        (333, "3", 999),
        (1999, "0.333", 666),
        (0, "12", 0),
    ],
)
def test_rounds_a_line_half_even(unit: int, quantity: str, total: int) -> None:
    assert amounts.line_total(unit, Decimal(quantity)) == total


@given(prices, quantities)
def test_a_line_total_is_the_nearest_amount_and_even_on_a_tie(unit: int, number: Decimal) -> None:
    exact = Fraction(unit) * Fraction(number)
    if exact > amounts.AMOUNT_LIMIT:
        with pytest.raises(AmountTooLarge):
            amounts.line_total(unit, number)
        return
    # Python's round of a Fraction is half-even by definition and knows no precision.
    assert amounts.line_total(unit, number) == round(exact)


@given(st.lists(st.tuples(st.integers(0, 10**6), quantities), max_size=20))
def test_a_total_is_the_exact_sum_of_its_lines(lines: list[tuple[int, Decimal]]) -> None:
    totals = [amounts.line_total(unit, number) for unit, number in lines]
    assert amounts.total(totals) == sum(
        round(Fraction(unit) * Fraction(number)) for unit, number in lines
    )


@given(prices, st.integers(1, 9000))
def test_whole_quantities_are_not_rounded(unit: int, number: int) -> None:
    assert amounts.line_total(unit, Decimal(number)) == unit * number
