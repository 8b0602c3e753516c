"""What is personal in the rows of a model: how a person gets a copy of it, and how it is erased.

    Personal(
        key="omniman.carts",
        title=_("Carts"),
        model=Cart,
        columns=("customer_uuid", "guest_name", ...),
        rows=lambda person: Cart.objects.filter(customer_uuid__in=person.keys),
        told=("created_at", "guest_name"),
        erase=delete,
        fate=_("Deleted."),
    )

An app hands its entries to ``shopman.subjects``. A model with columns that look personal and no
entry fails ``manage.py check``.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from shopman.models import AuditEntry
from shopman.person import Person

M = TypeVar("M", bound=Model)
Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """The erasure under way. ``entry`` is its line of the audit trail, which permits refer to."""

    person: Person
    entry: AuditEntry
    at: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Personal facts that stay for a while because a law or a contract says so."""

    #: What stays, in words.
    what: Text
    count: int
    #: The last day any of them is kept.
    until: dt.date
    #: Why: the statute, or whatever else demands it; goes on after "until then, because".
    ground: Text


def no_holds(person: Person, today: dt.date) -> Sequence[Hold]:
    """Everything goes."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """Rows that are erased when they are old, whoever they are about."""

    #: Days they are kept; ``SHOPMAN["RETENTION_DAYS"]`` may say otherwise by the entry's key.
    days: int
    #: Why that long: a statute, or a business default.
    ground: str
    #: Rows of the tenant in use that are older than this.
    older: Callable[[dt.datetime], QuerySet[Any]]
    #: Erases one batch of them; returns how many.
    erase: Callable[[QuerySet[Any], AuditEntry], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyless:
    """Rows of a model that carry no customer's key, but contacts or texts."""

    #: Those that are the person's.
    own: Callable[[Person], QuerySet[Any]]
    #: Those that may be: staff look at them before an erasure.
    doubtful: Callable[[Person], QuerySet[Any]]
    #: One of them in words, for staff.
    label: Callable[[Any], str]
    #: Kind (``phone``, ``email``) and canonical value of the contacts such rows carry, of all
    #: people: what an erased one is looked for by after a restore.
    contacts: Callable[[], Iterable[tuple[str, str]]] = tuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """The personal part of one model. ``key`` is unique and names the file of an export."""

    key: str
    title: Text
    model: type[Model]
    #: Columns that hold personal values or name the person.
    columns: tuple[str, ...]
    #: The person's rows in the tenant in use, without a doubt.
    rows: Callable[[Person], QuerySet[Any]]
    #: Columns a copy holds, or a function that tells a row; empty: no copy, ``fate`` says why.
    told: tuple[str, ...] | Callable[[Any, Person], Mapping[str, Any]] = ()
    #: Erases the rows, which are the person's at that moment; returns how many it changed.
    erase: Callable[[QuerySet[Any], Erasing], int]
    #: What becomes of the rows, in plain words.
    fate: Text
    #: Whether nothing of the rows stays: a page need not say more of them than how many there are.
    is_deleted: bool = False
    #: What stays nevertheless, and until when.
    holds: Callable[[Person, dt.date], Sequence[Hold]] = no_holds
    #: Rows that carry no key, where the model has such.
    keyless: Keyless | None = None
    #: When the rows go without anybody asking.
    expiry: Expiry | None = None
    #: Where they have no ``expiry``: how long they are kept all the same, and why.
    kept: str = ""
    #: Whether a preview that somebody confirmed is stale when the number of rows changed; not for
    #: what comes and goes by itself (events, sessions, the trail).
    is_steady: bool = True
    #: Lower ones are erased first: what refers to other rows before those.
    position: int = 100

    def copy(self, row: Any, person: Person) -> dict[str, Any]:
        """What a person is told of one of their rows; JSON values."""
        if callable(self.told):
            facts = self.told(row, person)
        else:
            facts = {name: getattr(row, name) for name in self.told}
        return {name: plain(value) for name, value in facts.items()}


def delete(rows: QuerySet[Any], erasing: Erasing) -> int:
    """Delete the rows, and what belongs to them."""
    return sum(rows.model.objects.filter(pk__in=keys).delete()[0] for keys in batches(rows))


def empty(**values: Any) -> Callable[[QuerySet[Any], Erasing], int]:
    """Keep the rows and give their personal columns these values."""

    def erase(rows: QuerySet[Any], erasing: Erasing) -> int:
        found = (rows.model.objects.filter(pk__in=keys) for keys in batches(rows))
        return sum(each.update(**values) for each in found)

    return erase


def keep(rows: QuerySet[Any], erasing: Erasing) -> int:
    """Leave the rows alone: they tell nobody who it was."""
    return 0


def naming(rows: QuerySet[Any], person: Person, *columns: str) -> QuerySet[Any]:
    """Those of the rows whose texts name the person, or a namesake. Reads all, a few at a time."""
    return _of_texts(rows, person.is_told, *columns)


def meaning(rows: QuerySet[Any], person: Person, *columns: str) -> QuerySet[Any]:
    """Those of the rows whose texts can mean nobody but the person. Reads all, a few at a time."""
    return _of_texts(rows, person.is_meant, *columns)


def hinting(rows: QuerySet[Any], person: Person, *columns: str) -> QuerySet[Any]:
    """Those of the rows whose texts may mean the person, or a namesake: for staff to decide."""
    return _of_texts(
        rows, lambda texts: person.is_told(texts) and not person.is_meant(texts), *columns
    )


def _of_texts(
    rows: QuerySet[Any], is_theirs: Callable[[list[Any]], bool], *columns: str
) -> QuerySet[Any]:
    found = [
        key
        for key, *values in rows.order_by("pk").values_list("pk", *columns).iterator()
        if is_theirs([_text(value) for value in values])
    ]
    own: QuerySet[Any] = rows.model.objects.filter(pk__in=found)
    return own


def _text(value: Any) -> Any:
    is_bytes = isinstance(value, (bytes, memoryview))
    return bytes(value).decode(errors="replace") if is_bytes else value


def batches(rows: QuerySet[Any], size: int = 1000) -> Iterator[list[Any]]:
    """The keys of the rows, in lists no statement is too short for."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, (uuid.UUID, Decimal, Model)):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(each) for each in value]
    return value
