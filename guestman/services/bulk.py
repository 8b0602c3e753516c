"""Many customers at once, for imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from guestman.models import Customer
from guestman.rules import text
from guestman.services import fields, registration, suppression
from guestman.services.contact_book import searched
from guestman.services.journal import Journal
from guestman.services.writing import writing
from shopman import clock, tenancy
from shopman.batches import batched

BATCH_SIZE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCustomer:
    """A customer another system knows by ``code``. No contacts: those come with their evidence."""

    code: str
    first_name: str = ""
    last_name: str = ""
    source: str = ""


#: The record with a code, and the customer it is by now.
_Found = tuple[UUID, UUID]


def ensure_many(customers: Sequence[NewCustomer]) -> dict[str, UUID]:
    """The customer of each code, made where there is none.

    The keys are the codes asked for; a merged customer answers as its survivor, an inactive one as
    he is, and the code of an erased one as the empty record, which learns nothing. What exists is
    not changed. Idempotent, also when several do it at once; a constant number of queries for each
    thousand. Audit and events as for ``create``. Raises InvalidCode, InvalidText.
    """
    return {code: survivor for code, (_record, survivor) in _ensured(customers)}


def ensure_records(customers: Sequence[NewCustomer]) -> dict[str, UUID]:
    """The same, but a merged customer answers as the record with that code.

    For history that is never rewritten: it follows the alias, and leaves with the record when the
    merge is taken back.
    """
    return {code: record for code, (record, _survivor) in _ensured(customers)}


def _ensured(customers: Sequence[NewCustomer]) -> Iterator[tuple[str, _Found]]:
    wanted = {each.code: each for each in customers}
    for batch in batched(wanted.values(), BATCH_SIZE):
        yield from _ensure(batch).items()


@writing()
def _ensure(batch: Sequence[NewCustomer]) -> dict[str, _Found]:
    codes = {text.code(each.code): each for each in batch}
    found = dict(_existing(codes))
    if missing := [code for code in codes if code not in found]:
        erased = suppression.erased("code", missing)
        found.update((code, (key, key)) for code, key in erased.items())
    if missing := [code for code in codes if code not in found]:
        journal = Journal(at=clock.now())
        rows = _rows({code: codes[code] for code in missing}, journal)
        Customer.objects.bulk_create(rows, ignore_conflicts=True)
        found.update(_existing(missing))
        for row in rows:
            # Another one's row stands where somebody was faster.
            if found[row.code][0] == row.pk:
                registration.note(row, journal)
        journal.write()
    return {each.code: found[text.code(each.code)] for each in batch}


def _existing(codes: Sequence[str] | dict[str, NewCustomer]) -> Iterator[tuple[str, _Found]]:
    rows = Customer.objects.filter(code__in=list(codes))
    for code, key, survivor in rows.values_list("code", "uuid", "merged_into"):
        yield code, (key, survivor or key)


def _rows(wanted: dict[str, NewCustomer], journal: Journal) -> list[Customer]:
    group, organization = fields.group(None), tenancy.current_organization()
    rows = []
    # In one order, so that two imports of the same codes wait for each other and never deadlock.
    for code, each in sorted(wanted.items()):
        columns = fields.columns(
            first_name=each.first_name, last_name=each.last_name, source=each.source
        )
        row = Customer(code=code, group=group, organization=organization, **columns)
        registration.fill(row, journal)
        row.search_text = searched(row, ())
        rows.append(row)
    return rows
