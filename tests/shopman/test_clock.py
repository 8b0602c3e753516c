"""The suite's clock."""

from __future__ import annotations

import datetime as dt

from shopman import clock


def test_what_runs_within_happens_at_another_moment() -> None:
    then = dt.datetime(2020, 2, 29, 9, tzinfo=dt.timezone(dt.timedelta(hours=-3)))
    with clock.at(then):
        assert clock.now() == then
        assert clock.now().tzinfo is dt.UTC
        with clock.at(then + dt.timedelta(days=1)):
            assert clock.now() > then
        assert clock.now() == then
    assert clock.now().year > 2020
