"""What an erasure would do, in numbers and words; its digest says whether that is still so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from guestman.contrib.privacy.service import people
from guestman.errors import CustomerErased, CustomerNotFound
from guestman.models import Customer
from shopman import canonical, clock, subjects
from shopman.person import Person
from shopman.personal import Hold, Text


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
class ErasurePreview:
    """What goes and what stays. ``digest`` is what ``erase`` is given as ``preview``."""

    customer_uuid: UUID
    code: str
    #: Further records that were merged into this one and go with it.
    merged_count: int
    parts: Sequence[Part]
    holds: Sequence[Hold]
    digest: str


def preview_erasure(*, customer: Customer) -> ErasurePreview:
    """What erasing this customer, and all records merged into it, would do now.

    Raises CustomerNotFound, CustomerErased.
    """
    rows = people.records(customer.pk)
    survivor = of(rows)
    return told(survivor, rows, people.whole(rows))


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
        "holds": [[hold.count, hold.until.isoformat(), hold.ground] for hold in holds],
    }
    return ErasurePreview(
        customer_uuid=survivor.pk,
        code=survivor.code,
        merged_count=len(rows) - 1,
        parts=tuple(parts),
        holds=tuple(holds),
        digest=canonical.digest(facts),
    )
