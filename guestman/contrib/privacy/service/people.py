"""From a customer to the person: their records, their contacts, and the words that name them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db.models import Q

from guestman.models import ContactPoint, Customer, ExternalIdentity
from shopman.person import Person

Contact = tuple[str, str]


def records(key: UUID) -> list[Customer]:
    """The customer, or whom it was merged into, and all that were merged into that one."""
    survivor = Customer.objects.filter(pk=key).values_list("merged_into", flat=True).first() or key
    return list(Customer.objects.filter(Q(pk=survivor) | Q(merged_into=survivor)).order_by("pk"))


def person(rows: Sequence[Customer], *, also: Collection[UUID] = ()) -> Person:
    """The person that these records are of, the same for a copy and for an erasure.

    ``also`` are keys of rows without a customer's key that staff say are this person's.
    """
    keys = [row.pk for row in rows]
    held = list(ContactPoint.objects.filter(customer__in=keys))
    proved = {at(each) for each in held if is_proved(each)}
    others = _of_others(keys, held)
    claimed = {at(each) for each in held} - proved - others["V"]
    shared = {at(each) for each in held if each.is_shared} & claimed
    free = proved | claimed - shared - others["A"] - others["U"]
    return Person(
        keys=frozenset(keys),
        codes=frozenset(row.code for row in rows),
        phones=_of_family("phone", proved),
        emails=_of_family("email", proved),
        claimed=frozenset(key for _, key in claimed - shared),
        shared=frozenset(key for _, key in shared),
        words=_accounts(keys, rows) | _written(held, proved),
        hints=_whole_names(rows) | _written(held, free - proved),
        names=frozenset(row.name for row in rows) - {""},
        also=frozenset(also),
    )


def is_proved(contact: ContactPoint) -> bool:
    """Whether a contact is its customer's without a doubt: proved, their own, and theirs today."""
    return contact.evidence == "V" and not contact.is_shared and contact.released_at is None


def at(contact: ContactPoint) -> Contact:
    """What is compared of a contact."""
    return contact.family, contact.match_key


def _of_others(keys: Collection[UUID], held: Iterable[ContactPoint]) -> dict[str, set[Contact]]:
    """Which of the contacts somebody else has as well, by how well that is known."""
    found: dict[str, set[Contact]] = {"V": set(), "A": set(), "U": set()}
    others = ContactPoint.objects.live().exclude(customer__in=keys)
    for each in others.filter(match_key__in=[each.match_key for each in held]):
        is_own = each.evidence != "V" or not each.is_shared
        found[each.evidence if is_own else "A"].add(at(each))
    return found


def _of_family(family: str, contacts: Iterable[Contact]) -> frozenset[str]:
    return frozenset(key for each, key in contacts if each == family)


def _written(held: Iterable[ContactPoint], contacts: Collection[Contact]) -> frozenset[str]:
    """How these contacts stand in texts: as they were typed, and canonical."""
    return frozenset(
        text for each in held if at(each) in contacts for text in (each.value, each.canonical)
    )


def _whole_names(rows: Iterable[Customer]) -> frozenset[str]:
    # A first name alone stands in texts about anybody.
    return frozenset(row.name for row in rows if row.first_name and row.last_name)


def _accounts(keys: Collection[UUID], rows: Iterable[Customer]) -> frozenset[str]:
    accounts = ExternalIdentity.objects.filter(customer__in=keys)
    known = {*accounts.values_list("subject", flat=True), *(row.document for row in rows)}
    return frozenset(known - {""})
