"""Ticks of an axis, for whatever numbers there are."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopman.charts.rules.ticks import ROUND_STEPS, round_step, ticks

NUMBERS = st.one_of(
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False, width=64),
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12
    ),
)


def is_round(step: Fraction) -> bool:
    """Whether it is 1, 2 or 5 times a power of ten."""
    while step >= 10:
        step /= 10
    while step < 1:
        step *= 10
    return step in ROUND_STEPS


@given(NUMBERS, NUMBERS, st.integers(1, 12))
def test_cover_the_range_in_equal_round_steps(one: float, other: float, count: int) -> None:
    low, high = sorted((Fraction(one), Fraction(other)))
    found = ticks(low, high, count=count)
    assert found[0] <= low
    assert high <= found[-1]
    steps = {after - before for before, after in pairwise(found)}
    assert len(steps) == 1
    assert is_round(steps.pop())
    assert 2 <= len(found) <= count + 2


@given(NUMBERS, NUMBERS)
def test_zero_is_a_tick_where_it_is_within(one: float, other: float) -> None:
    low, high = min(Fraction(one), Fraction(0)), max(Fraction(other), Fraction(0))
    assert Fraction(0) in ticks(low, high)


@given(NUMBERS)
def test_one_value_alone_is_measured_from_zero(value: float) -> None:
    found = ticks(value, value)
    assert found[0] <= min(0, Fraction(value))
    assert max(0, Fraction(value)) <= found[-1]


@given(st.integers(0, 1000), st.integers(1, 20))
def test_nothing_is_cut_smaller_than_the_least_step(high: int, least: int) -> None:
    found = ticks(0, high, least=least)
    assert found[1] - found[0] >= least


@given(st.fractions(min_value=Fraction(1, 10**20), max_value=10**20))
def test_the_round_step_is_the_nearest_above(least: Fraction) -> None:
    step = round_step(least)
    assert is_round(step)
    # The round number before it would be too small: they are at most 2.5 times apart.
    assert least <= step < least * Fraction(5, 2)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 0, [0, 1]),
        (0, 10, [0, 2, 4, 6, 8, 10]),
        (0, 4, [0, 1, 2, 3, 4]),
        (-3, 3, [-4, -2, 0, 2, 4]),
        (7, 7, [0, 2, 4, 6, 8]),
        (0, 23_456, [0, 5_000, 10_000, 15_000, 20_000, 25_000]),
    ],
)
def test_as_a_person_would_draw_them(low: float, high: float, expected: list[float]) -> None:
    assert [float(tick) for tick in ticks(low, high, least=1)] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("low", "high"), [(1, 0), (0, float("inf")), (float("nan"), 1), (Decimal("NaN"), 1)]
)
def test_refuses_what_is_no_range(low: float, high: float) -> None:
    with pytest.raises(ValueError, match=r"axis|drawn"):
        ticks(low, high)
