"""What each app keeps about a customer: which rows, and what becomes of them.

When customers are merged the rows of ``reassign`` go over; when a customer asks for their data, or
to be forgotten, the entries of ``personal`` say how (``shopman.personal``).

    # in ready() of an app
    subjects.register(
        Subject(
            key="omniman.carts",
            models=(Cart,),
            reassign=(Belonging(model=Cart, column="customer_uuid"),),
        )
    )

An app says it once, in words and not in code, so that whoever merges two customers can foretell
what moves, move it in a few statements and put it back exactly. Rows that an app keeps frozen
(orders) are named in ``models`` and left out of ``reassign``: they follow the alias.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet

from shopman.personal import Personal

#: A row's columns by name, as the database has them.
Row = Mapping[str, Any]


def _nothing(_at: dt.datetime) -> Row:
    return {}


def _all(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """Rows of one model that name a customer in one column, and how they go over to another one.

    A row that a unique constraint keeps from going over is never deleted or overwritten: it is
    *parked*, which means that it stays where it is.
    """

    model: type[Model]
    #: A foreign key to the customer, or a column that holds his uuid.
    column: str = "customer"
    #: ``stay``: history that names who it was, or numbers that are made anew.
    on_merge: Literal["move", "stay"] = "move"
    #: By a unique constraint's name: what a row becomes that may not be so beside the survivor's (a
    #: second default address is none). Rows of constraints that are not in here are parked.
    yields: Mapping[str, Row] = field(default_factory=dict)
    #: What a parked row becomes besides, so that nobody finds it; it must take the row out of the
    #: constraints it clashed with.
    parked: Callable[[dt.datetime], Row] = _nothing
    #: Of two rows that clash, the survivor's and the duplicate's: whether the duplicate's takes the
    #: place. Only with ``parked``, which the survivor's row becomes then, or ``takes_over``.
    is_stronger: Callable[[Row, Row], bool] | None = None
    #: What the row that takes a place has from the row that had it.
    inherits: tuple[str, ...] = ()
    #: The column that says by what a row came in: the key of another row, or of the merged record
    #: that was named. When a merge is taken back it goes to whoever has that.
    came_by: str = ""
    #: The columns that say what a row stands for. One that was made since and stands for the same
    #: as a row that goes back goes along, parked.
    stands_for: tuple[str, ...] = ()
    #: The rows that are not made of other rows, which take them along.
    originals: Callable[[QuerySet[Any]], QuerySet[Any]] = _all
    #: Where no column takes a row out of its constraints: the survivor's row keeps its place, has
    #: these columns from the stronger one, and that one is parked.
    takes_over: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The model as Django's apps call it, ``guestman.contactpoint``."""
        return self.model._meta.label_lower


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What one app keeps about customers."""

    #: ``<app>.<what>``, unique.
    key: str
    #: Every model that names a customer by uuid, without a foreign key.
    models: tuple[type[Model], ...]
    #: Those whose open rows go over when the customer is merged into another one.
    reassign: tuple[Belonging, ...] = ()
    #: What is personal in rows of its models, how it is exported and how erased.
    personal: tuple[Personal, ...] = ()
    #: Models whose columns look personal and are not, each with the reason.
    impersonal: Mapping[type[Model], str] = field(default_factory=dict)


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Add what an app keeps. Raises ImproperlyConfigured when another entry has its key."""
    if _subjects.setdefault(subject.key, subject) != subject:
        raise ImproperlyConfigured(f"There is a subject {subject.key!r} already.")


def unregister(key: str) -> None:
    """Take an entry back. Raises KeyError when it is not there."""
    del _subjects[key]


def registered() -> list[Subject]:
    """All entries, in the order of their keys."""
    return [_subjects[key] for key in sorted(_subjects)]


def personal() -> list[Personal]:
    """What is personal in all apps, in the order in which it is erased."""
    found = [each for subject in registered() for each in subject.personal]
    return sorted(found, key=lambda each: (each.position, each.key))


def impersonal() -> dict[type[Model], str]:
    """Models that look personal and are not, and why."""
    return {model: why for subject in registered() for model, why in subject.impersonal.items()}


def contacts() -> Iterator[tuple[str, str]]:
    """Kind and canonical value of every contact that rows without a key carry."""
    for each in personal():
        if each.keyless:
            yield from each.keyless.contacts()
