"""The suite's one clock, so that every part agrees on the time and tests can move it."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """The current moment as an aware UTC datetime."""
    return dt.datetime.now(dt.UTC)
