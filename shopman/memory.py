"""Answers remembered for the length of a request or a task, and dropped when anything is written.

    matches = Memory()

    known = matches.get(question)
    ...
    matches.put(question, answer)

Middleware and tasks open it; outside of them nothing is remembered. Answers are kept apart by
tenant and organization. Whatever is written to the audit trail, whoever's it is, drops all of them,
and what is read inside a transaction, which may be undone, is not remembered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection

from shopman import tenancy

Answers = dict[Hashable, Any]

_open: ContextVar[defaultdict[Memory, Answers] | None] = ContextVar("shopman_memory", default=None)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Memory:
    """Answers to questions of one kind.

    ``is_steady``: they depend on a few rows only, and whoever writes those calls ``forget``.
    """

    is_steady: bool = False

    def get(self, question: Hashable) -> Any | None:
        """What was answered, or None."""
        known = _open.get()
        return None if known is None else known[self].get(_place(question))

    def put(self, question: Hashable, answer: Any) -> None:
        """Remember an answer, where anything is remembered."""
        known = _open.get()
        if known is not None and not connection.in_atomic_block:
            known[self][_place(question)] = answer

    def forget(self) -> None:
        """Drop all answers of this kind."""
        if (known := _open.get()) is not None:
            known.pop(self, None)


@contextmanager
def remembering() -> Iterator[None]:
    """Remember answers until the end; inside another one, share its memory."""
    if _open.get() is not None:
        yield
        return
    token = _open.set(defaultdict(dict))
    try:
        yield
    finally:
        _open.reset(token)


def forget() -> None:
    """Somebody wrote: drop everything that is not steady, of every tenant."""
    for memory in list(_open.get() or ()):
        if not memory.is_steady:
            memory.forget()


def _place(question: Hashable) -> Hashable:
    return tenancy.current().pk, tenancy.current_organization_key(), question
