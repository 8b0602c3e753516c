"""The kinds of jobs, registered by the apps that know what to do, and where their rows are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

from shopman.errors import Failure
from shopman.jobs.errors import UnknownJobKind
from shopman.jobs.forms import JobForm
from shopman.tenancy.rights import Right

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a slice is done with. ``request`` is of the member of staff who started the job."""

    request: HttpRequest
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row that could not be done, and why. ``label`` is a code, never a person's name."""

    row: Any
    label: str
    code: str
    detail: str


#: Does a slice of rows, in key order, inside a transaction; answers with those it could not do.
Act = Callable[[Sequence[Any], Work], Iterable[Refusal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file with a line for each row. Cells are texts, numbers or None."""

    header: Callable[[Work], Sequence[str]]
    lines: Callable[[Sequence[Any], Work], Iterable[Sequence[Any]]]
    format: Literal["csv", "xlsx"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Something that can be done with many rows of a list; either an act or a table.

    ``form`` asks for its parameters and is made with ``request``; its ``parameters()`` are JSON
    values. ``right`` is asked for at the start and again with each slice.
    """

    key: str
    page: str
    title: Text
    right: Right
    lead: Text = ""
    form: type[JobForm] | None = None
    act: Act | None = None
    table: Table | None = None
    #: Rows of a slice: few enough to be done within a second or two.
    slice_size: int = 100
    position: int = 100


#: The rows a member of staff finds in a list, of ticked keys or by its query string.
Rows = Callable[[HttpRequest, Sequence[str] | None], QuerySet[Any]]

_kinds: dict[str, Kind] = {}
_rows: dict[str, Rows] = {}


def register(kind: Kind) -> None:
    """Offer a kind of job. Raises ImproperlyConfigured when another one has its key."""
    assert (kind.act is None) != (kind.table is None), "a kind has an act or a table"
    if _kinds.setdefault(kind.key, kind) != kind:
        raise ImproperlyConfigured(f"There is a kind of job {kind.key!r} already.")


def unregister(key: str) -> None:
    """Offer a kind no more. Raises KeyError when it is not there."""
    del _kinds[key]


def kind(key: str) -> Kind:
    """The kind with this key. Raises UnknownJobKind."""
    if key not in _kinds:
        raise UnknownJobKind
    return _kinds[key]


def kinds(page: str) -> list[Kind]:
    """What can be done with the rows of a list, in the order it is offered."""
    found = (one for one in _kinds.values() if one.page == page)
    return sorted(found, key=lambda one: (one.position, one.key))


def register_rows(page: str, rows: Rows) -> None:
    """Say where the rows of a list come from; the admin class that shows it does."""
    _rows[page] = rows


def rows_of(page: str) -> Rows:
    """Where the rows of a list come from. Raises UnknownJobKind for a list nobody shows."""
    if page not in _rows:
        raise UnknownJobKind
    return _rows[page]


def one_by_one(change: Callable[[Any, Work], object], *, label: Callable[[Any], str] = str) -> Act:
    """An act that calls a service for each row; the named failures of some do not stop the rest."""

    def act(rows: Sequence[Any], work: Work) -> Iterable[Refusal]:
        for row in rows:
            try:
                with transaction.atomic():
                    change(row, work)
            except Failure as failure:
                yield Refusal(
                    row=row.pk, label=label(row), code=failure.code, detail=failure.detail
                )

    return act
