"""The suite's one clock, so that every part agrees on the time and tests can move it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_moved: ContextVar[dt.datetime | None] = ContextVar("shopman_clock", default=None)


def now() -> dt.datetime:
    """The current moment as an aware UTC datetime."""
    return _moved.get() or dt.datetime.now(dt.UTC)


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """What runs within happens at another moment: for samples that have a past."""
    token = _moved.set(moment.astimezone(dt.UTC))
    try:
        yield
    finally:
        _moved.reset(token)
