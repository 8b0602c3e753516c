"""The arithmetic, by worked numbers and by properties."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guestman.contrib.insights import conf
from guestman.contrib.insights.rules import churn, scores, segments, value
from guestman.contrib.insights.rules.arithmetic import average_gap, divide
from guestman.contrib.insights.rules.parameters import Breakpoints, Parameters
from guestman.contrib.insights.service import policy


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [
        (5, 2, 2),
        (7, 2, 4),
        (-5, 2, -2),
        (-7, 2, -4),
        (10, 3, 3),
        (11, 3, 4),
        (-10, 3, -3),
        (0, 7, 0),
    ],
)
def test_division_rounds_half_to_even(numerator: int, denominator: int, rounded: int) -> None:
    assert divide(numerator, denominator) == rounded


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9))
def test_division_agrees_with_exact_fractions(numerator: int, denominator: int) -> None:
    assert divide(numerator, denominator) == round(Fraction(numerator, denominator))


@pytest.mark.parametrize(
    ("days", "count", "gap"), [(0, 1, None), (0, 2, 0), (21, 3, 1050), (1, 4, 33), (1, 9, 12)]
)
def test_average_gap_is_in_hundredths_of_a_day(days: int, count: int, gap: int | None) -> None:
    first = dt.date(2026, 1, 1)
    assert average_gap(first, first + dt.timedelta(days=days), count) == gap


@pytest.mark.parametrize(
    ("days", "score"),
    [(0, 5), (7, 5), (8, 4), (30, 4), (31, 3), (90, 3), (91, 2), (180, 2), (181, 1), (9999, 1)],
)
def test_recency_by_thresholds(days: int, score: int) -> None:
    assert scores.by_days((7, 30, 90, 180))(days) == score


@pytest.mark.parametrize(
    ("count", "score"),
    [(1, 1), (2, 2), (4, 2), (5, 3), (9, 3), (10, 4), (19, 4), (20, 5), (500, 5)],
)
def test_frequency_by_thresholds(count: int, score: int) -> None:
    assert scores.by_reaching((20, 10, 5, 2))(count) == score


@pytest.mark.parametrize(
    ("amount", "score"),
    [(-5, 1), (0, 1), (49_999, 1), (50_000, 2), (200_000, 3), (500_000, 4), (1_000_000, 5)],
)
def test_spend_by_thresholds(amount: int, score: int) -> None:
    assert scores.by_reaching((1_000_000, 500_000, 200_000, 50_000))(amount) == score


@given(st.lists(st.integers(-50, 50), min_size=5, max_size=60))
def test_quintiles_count_the_strictly_worse_in_integers(values: list[int]) -> None:
    count, rising = len(values), sorted(values)
    rank = scores.by_rank([rising[place] for place in scores.ranks(count)])
    for each in values:
        assert rank(each) == 1 + 5 * sum(other < each for other in values) // count


@given(st.lists(st.integers(0, 400), min_size=5, max_size=60))
def test_recency_quintiles_count_more_days_as_worse(days: list[int]) -> None:
    count, worst_first = len(days), sorted(days, reverse=True)
    rank = scores.by_rank_of_days([worst_first[place] for place in scores.ranks(count)])
    for each in days:
        assert rank(each) == 1 + 5 * sum(other > each for other in days) // count


@given(st.lists(st.integers(1, 4), min_size=5, max_size=40), st.randoms(use_true_random=False))
def test_equal_values_score_alike_whatever_the_row_order(
    values: list[int], shuffler: random.Random
) -> None:
    def scored(rows: list[int]) -> Counter[tuple[int, int]]:
        rising = sorted(rows)
        rank = scores.by_rank([rising[place] for place in scores.ranks(len(rows))])
        return Counter((each, rank(each)) for each in rows)

    shuffled = list(values)
    shuffler.shuffle(shuffled)
    assert scored(values) == scored(shuffled)


def test_the_eleven_segments_cover_all_cells_once() -> None:
    grid = segments.grid_of_cells(conf.DEFAULT_CELLS)
    listed = [cell for cells in conf.DEFAULT_CELLS.values() for cell in cells.split()]
    assert len(listed) == len(set(listed)) == len(grid) == 125
    assert len(set(grid.values())) == 11


def test_the_threshold_segments_cover_all_cells_by_the_first_match() -> None:
    grid = segments.grid_of_rules(conf.DEFAULT_RULES)
    assert len(grid) == 125
    for (r, f, m), name in grid.items():
        if r + f + m >= 13:
            expected = "champion"
        elif r >= 4:
            expected = "loyal" if f >= 3 else "recent"
        elif r <= 2:
            expected = "at_risk" if f >= 3 else "lost"
        else:
            expected = "regular"
        assert name == expected, (r, f, m)


@pytest.mark.parametrize(
    "rules",
    [
        [{"segment": "champion", "sum_min": 13}],
        [{"segment": "all"}, {"segment": "never", "sum_min": 3}],
        [{"segment": "prospect"}],
        [{"segment": "all", "recency_minimum": 3}],
        [{"recency_min": 1}],
        [{"segment": "has space"}],
        [{"segment": "low", "sum_max": "9"}, {"segment": "rest"}],
    ],
)
def test_rules_with_a_gap_a_dead_rule_or_a_wrong_word_are_refused(rules: list[dict]) -> None:
    with pytest.raises(segments.BadGrid):
        segments.grid_of_rules(rules)


@pytest.mark.parametrize("cells", ["555", "556", "55", "111 111"])
def test_cells_that_are_missing_doubled_or_unknown_are_refused(cells: str) -> None:
    with pytest.raises(segments.BadGrid):
        segments.grid_of_cells({"some": cells})


@pytest.mark.parametrize(
    ("days", "gap", "risk"),
    [
        (31, 1000, 0.9),
        (30, 1000, 0.7),
        (20, 1000, 0.4),
        (15, 1000, 0.1),
        (91, None, 0.8),
        (90, None, 0.5),
        (60, None, 0.3),
        (30, None, 0.1),
        (91, 0, 0.8),
    ],
)
def test_churn_by_bands(days: int, gap: int | None, risk: float) -> None:
    settings = policy.parameters("thresholds")
    risk_of = churn.by_bands(
        gap_ratios=settings.churn_gap_ratios,
        days=settings.churn_days,
        otherwise=settings.churn_otherwise,
    )
    assert risk_of(days, gap) == risk


def test_churn_bounds_are_decimal_not_binary() -> None:
    risk_of = churn.by_bands(gap_ratios=[(1.1, 0.9)], days=[(1, 0.5)], otherwise=0.1)
    assert risk_of(11, 1000) == 0.1
    assert risk_of(110, 9999) == 0.9


@pytest.mark.parametrize(
    ("net", "count", "gap", "projected"),
    [
        (10_000, 2, 1000, 182_500),
        (10_000, 2, 0, 260_714),
        (10_000, 2, 699, 260_714),
        (10_000, 1, None, None),
        (-500, 2, 3650, -2_500),
        (1, 2, 36500, 0),
        (3, 2, 36500, 2),
    ],
)
def test_value_projects_the_past_pace(
    net: int, count: int, gap: int | None, projected: int | None
) -> None:
    assert (
        value.projected(net_amount=net, order_count=count, gap=gap, horizon_days=365, floor_days=7)
        == projected
    )


def test_parameters_survive_storage_and_have_a_version_of_their_own() -> None:
    plain = policy.parameters("quintiles")
    found = Breakpoints(customer_count=9, recency=(9, 7, 5, 3), frequency=(), monetary=(1, 2, 3, 4))
    ranked = Parameters.from_json({**plain.as_json(), "breakpoints": {}} | {"breakpoints": None})
    assert ranked == plain
    with_bounds = Parameters.from_json(
        plain.as_json()
        | {
            "breakpoints": {
                "customer_count": found.customer_count,
                "recency": list(found.recency),
                "frequency": [],
                "monetary": list(found.monetary),
            }
        }
    )
    assert with_bounds.breakpoints == found
    assert Parameters.from_json(with_bounds.as_json()) == with_bounds
    assert len({plain.version, with_bounds.version, policy.parameters("thresholds").version}) == 3
