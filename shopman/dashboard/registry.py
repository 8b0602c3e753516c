"""What apps put on the dashboard: numbers, figures and first steps."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

from shopman.charts import Figure as Chart
from shopman.charts import Table

Text = str | Promise
_KEY = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9-]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is measured: the tenant in use, these organizations of it (all without any), until now.

    Rows without an organization belong to every organization.
    """

    as_of: dt.datetime
    organizations: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is asked of the database, in a constant number of queries, for one or more figures.

    ``take`` returns plain numbers and names in no language; they are kept for
    ``SHOPMAN["DASHBOARD_CACHE_SECONDS"]``, for each tenant and set of organizations.
    """

    key: str
    take: Callable[[Scope], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address and what its link says."""

    href: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What a figure shows: a chart or a table, or ``empty``, a sentence in place of both."""

    chart: Chart | None = None
    table: Table | None = None
    #: Sentences below: what was left out, what is missing.
    notes: Sequence[str] = ()
    empty: str = ""
    #: What to do about it.
    action: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a key number says."""

    value: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Of the dashboard. ``key`` is ``app.name``; lower ``position`` comes first."""

    key: str
    title: Text
    measure: Measure
    #: The list behind it.
    link: Callable[[], Link] | None = None
    position: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Part):
    """A plot or a table. ``show`` makes it from the measured numbers, in the viewer's language."""

    show: Callable[[Any, Scope], Picture]
    is_wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Part):
    """A key number at the top. ``tell`` makes it from the measured numbers."""

    tell: Callable[[Any, Scope], Told]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something a new shop does first; ``is_done`` asks the database, in one cheap query."""

    key: str
    title: Text
    text: Text
    link: Callable[[], Link]
    is_done: Callable[[], bool]
    position: int = 100


_figures: dict[str, Figure] = {}
_numbers: dict[str, Number] = {}
_steps: dict[str, Step] = {}


def register(*parts: Figure | Number | Step) -> None:
    """Add to the dashboard. Raises ImproperlyConfigured for a key that is taken or misspelt."""
    for part in parts:
        if not _KEY.match(part.key):
            raise ImproperlyConfigured(f"{part.key!r} is not like app.name.")
        known = _shelf(part)
        if known.setdefault(part.key, part) != part:
            raise ImproperlyConfigured(f"The dashboard has {part.key!r} already.")


def unregister(part: Figure | Number | Step) -> None:
    """Take something off the dashboard. Raises KeyError when it is not there."""
    del _shelf(part)[part.key]


def figures() -> list[Figure]:
    """The plots, in the order they are shown."""
    return sorted(_figures.values(), key=_order)


def figure(key: str) -> Figure | None:
    return _figures.get(key)


def numbers() -> list[Number]:
    """The key numbers, in the order they are shown."""
    return sorted(_numbers.values(), key=_order)


def steps() -> list[Step]:
    """The first steps, in the order they are taken."""
    return sorted(_steps.values(), key=_order)


def _order(part: Figure | Number | Step) -> tuple[int, str]:
    return part.position, part.key


def _shelf(part: Figure | Number | Step) -> dict[str, Any]:
    if isinstance(part, Figure):
        return _figures
    return _numbers if isinstance(part, Number) else _steps
