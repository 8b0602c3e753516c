"""A policy that cannot score everybody does not start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from guestman.contrib.insights.checks import settings_check
from guestman.contrib.insights.conf import DEFAULT_CELLS, InsightSettings


@pytest.mark.parametrize(
    "values",
    [
        {"POLICY": "magic"},
        {"RECENCY_DAYS": (7, 30, 90)},
        {"RECENCY_DAYS": (30, 7, 90, 180)},
        {"FREQUENCY_ORDERS": (2, 5, 10, 20)},
        {"MONETARY_AMOUNTS": (4, 3, 2, 0)},
        {"MONETARY_AMOUNTS": (4.5, 3, 2, 1)},
        {"THRESHOLD_SEGMENTS": [{"segment": "few", "sum_max": 9}]},
        {"QUINTILE_SEGMENTS": {**DEFAULT_CELLS, "lost": ""}},
        {"QUINTILE_SEGMENTS": {**DEFAULT_CELLS, "more": "555"}},
        {"CHURN_GAP_RATIOS": ((2, 0.7), (3, 0.9))},
        {"CHURN_DAYS": ((90, 1.5),)},
        {"CHURN_DAYS": (90, 60)},
        {"CHURN_OTHERWISE": -0.1},
        {"VALUE_GAP_FLOOR_DAYS": 0},
        {"LEASE_SECONDS": 0},
    ],
)
def test_numbers_that_make_no_sense_are_errors(
    configure: Callable[..., None], values: dict[str, Any]
) -> None:
    configure(**values)
    [name] = values
    assert [each for each in settings_check(None) if f'"{name}"' in each.msg]


def test_unknown_keys_name_the_nearest(configure: Callable[..., None]) -> None:
    configure(POLICIES="thresholds")
    [complaint] = InsightSettings.check()
    assert complaint.hint == 'Did you mean "POLICY"?'


def test_the_defaults_are_fine() -> None:
    assert settings_check(None) == []
