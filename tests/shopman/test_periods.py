"""Days and months where clocks are put forward and back."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopman import periods

UTC = dt.UTC
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))
ZONES = st.sampled_from(
    ["America/Sao_Paulo", "Europe/London", "Asia/Kathmandu", "Pacific/Apia", "UTC"]
)


@given(DAYS, ZONES)
def test_a_day_begins_at_its_first_moment(day: dt.date, name: str) -> None:
    zone = ZoneInfo(name)
    begins = periods.beginning(day, zone)
    # Samoa left out a whole day in 2011: no moment belongs to it.
    if (name, day) != ("Pacific/Apia", dt.date(2011, 12, 30)):
        assert begins.astimezone(zone).date() == day
    assert (begins - dt.timedelta(seconds=1)).astimezone(zone).date() < day


def test_midnight_that_the_clocks_skip() -> None:
    # In Brazil the clocks went from 00:00 to 01:00 on 4 November 2018.
    begins = periods.beginning(dt.date(2018, 11, 4), ZoneInfo("America/Sao_Paulo"))
    assert begins == dt.datetime(2018, 11, 4, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "expected"),
    [(0, (2026, 1)), (-1, (2025, 12)), (-13, (2024, 12)), (11, (2026, 12)), (12, (2027, 1))],
)
def test_months_around_the_turn_of_the_year(after: int, expected: tuple[int, int]) -> None:
    assert periods.month_of(dt.date(2026, 1, 31), after=after) == dt.date(*expected, 1)


@given(DAYS, st.integers(1, 40))
def test_the_last_months_follow_each_other(until: dt.date, count: int) -> None:
    found = periods.last_months(until, count)
    assert len(set(found)) == count
    assert found == sorted(found)
    assert found[-1] == until.replace(day=1)
    assert all(day.day == 1 for day in found)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-24T12:00", "2026-10-24T12:00"),
        ("2026-03-31T09:30", "2026-02-28T09:30"),
        ("2028-03-30T23:59", "2028-02-29T23:59"),
        ("2026-01-15T00:00", "2025-12-15T00:00"),
    ],
)
def test_the_same_day_of_the_month_before(moment: str, expected: str) -> None:
    zone = ZoneInfo("Europe/London")
    told = dt.datetime.fromisoformat(moment).replace(tzinfo=zone)
    found = periods.month_earlier(told, zone)
    assert found.astimezone(zone).replace(tzinfo=None) == dt.datetime.fromisoformat(expected)
