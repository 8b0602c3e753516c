"""What an erasure would do, in numbers and words; its digest says whether that is still so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from guestman.contrib.privacy.service import people
from guestman.errors import CustomerErased, CustomerNotFound
from guestman.models import Customer
from shopman import canonical, clock, subjects
from shopman.person import Person
from shopman.personal import Hold, Personal, Text

#: Doubtful rows of one kind that a preview shows.
DOUBTS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One kind of rows: how many there are, and what becomes of them."""

    key: str
    title: Text
    count: int
    fate: Text
    #: Whether nothing of the rows stays.
    is_deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A row without a customer's key that may be this person's; it stays unless staff say so."""

    #: Of ``shopman.personal.Personal``.
    key: str
    row: UUID
    #: The row in words, for staff.
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePreview:
    """What goes and what stays. ``digest`` is what ``erase`` is given as ``preview``."""

    customer_uuid: UUID
    code: str
    #: Further records that were merged into this one and go with it.
    merged_count: int
    parts: Sequence[Part]
    holds: Sequence[Hold]
    #: The first ``DOUBTS`` of each kind, to look at; ``erase`` is given in ``also`` which are the
    #: person's.
    doubts: Sequence[Doubt]
    #: By kind: how many there are in all.
    doubt_counts: Mapping[str, int]
    digest: str


def preview_erasure(*, customer: Customer) -> ErasurePreview:
    """What erasing this customer, and all records merged into it, would do now.

    Raises CustomerNotFound, CustomerErased.
    """
    rows = people.records(customer.pk)
    survivor = of(rows)
    return told(survivor, rows, people.person(rows))


def of(rows: Sequence[Customer]) -> Customer:
    """The survivor among the records of a person. Raises CustomerNotFound, CustomerErased."""
    survivor = next((row for row in rows if row.merged_into_id is None), None)
    if survivor is None:
        raise CustomerNotFound
    if survivor.erased_at is not None:
        raise CustomerErased
    return survivor


def told(survivor: Customer, rows: Sequence[Customer], person: Person) -> ErasurePreview:
    """The preview for records at hand."""
    today = clock.now().date()
    parts, holds, steady = [], list[Hold](), []
    doubtful = _doubtful(person)
    for each in subjects.personal():
        count = each.rows(person).count()
        if count:
            parts.append(
                Part(
                    key=each.key,
                    title=each.title,
                    count=count,
                    fate=each.fate,
                    is_deleted=each.is_deleted,
                )
            )
        if each.is_steady:
            steady.append([each.key, count])
        holds += each.holds(person, today)
    facts = {
        "versions": [[str(row.pk), row.version] for row in rows],
        "rows": steady,
        "holds": [[hold.count, hold.until.isoformat()] for hold in holds],
        "doubts": {each.key: sorted(map(str, keys)) for each, keys in doubtful},
    }
    return ErasurePreview(
        customer_uuid=survivor.pk,
        code=survivor.code,
        merged_count=len(rows) - 1,
        parts=tuple(parts),
        holds=tuple(holds),
        doubts=tuple(doubt for each, keys in doubtful for doubt in _shown(each, keys)),
        doubt_counts={each.key: len(keys) for each, keys in doubtful},
        digest=canonical.digest(facts),
    )


def _doubtful(person: Person) -> list[tuple[Personal, list[UUID]]]:
    """Entries with rows that may be the person's, and their keys, oldest first."""
    found = [
        (each, list(each.keyless.doubtful(person).order_by("pk").values_list("pk", flat=True)))
        for each in subjects.personal()
        if each.keyless
    ]
    return [(each, keys) for each, keys in found if keys]


def _shown(entry: Personal, keys: Sequence[UUID]) -> Iterator[Doubt]:
    if entry.keyless:
        for row in entry.model._base_manager.filter(pk__in=keys[:DOUBTS]).order_by("pk"):
            yield Doubt(key=entry.key, row=row.pk, label=entry.keyless.label(row))
