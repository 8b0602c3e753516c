"""Answers remembered for the length of a request or a task, and dropped when anything is written.

    with recall.remembering():
        ...

Keyed by tenant. Outside of it nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from shopman import tenancy

_answers: ContextVar[dict[Hashable, Any] | None] = ContextVar("identifiers_recall", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Remember answers until the end; inside another one, share its memory."""
    if _answers.get() is not None:
        yield
        return
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def get(key: Hashable) -> Any | None:
    """What was answered, or None."""
    known = _answers.get()
    return None if known is None else known.get((tenancy.current().pk, key))


def put(key: Hashable, answer: Any) -> None:
    """Remember an answer, where anything is remembered."""
    known = _answers.get()
    if known is not None:
        known[tenancy.current().pk, key] = answer


def forget() -> None:
    """Drop everything: somebody wrote."""
    known = _answers.get()
    if known:
        known.clear()
