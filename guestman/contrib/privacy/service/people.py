"""From a customer to the person: their records, their contacts, the words that name them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from django.db.models import Q, QuerySet

from guestman.models import ContactPoint, Customer, ExternalIdentity
from shopman.person import Person


def records(key: UUID) -> list[Customer]:
    """The customer, or whom it was merged into, and all that were merged into that one."""
    survivor = Customer.objects.filter(pk=key).values_list("merged_into", flat=True).first() or key
    return list(Customer.objects.filter(Q(pk=survivor) | Q(merged_into=survivor)).order_by("pk"))


def proved(rows: Iterable[Customer]) -> Person:
    """The person for a copy: only contacts they proved to have lead to what carries no key.

    And only where the name fits: somebody else may have had the number.
    """
    held = _held(rows).filter(evidence="V", is_shared=False, released_at__isnull=True)
    return replace(_person(rows, held), names=frozenset(row.name for row in rows) - {""})


def whole(rows: Iterable[Customer]) -> Person:
    """The person for an erasure: every contact that nobody else has as well."""
    held = list(_held(rows).filter(is_shared=False))
    others = ContactPoint.objects.live().exclude(customer__in=[row.pk for row in rows])
    taken = set(
        others.filter(match_key__in=[each.match_key for each in held]).values_list(
            "family", "match_key"
        )
    )
    return _person(rows, [each for each in held if (each.family, each.match_key) not in taken])


def _held(rows: Iterable[Customer]) -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(customer__in=[row.pk for row in rows])


def _person(rows: Iterable[Customer], contacts: Iterable[ContactPoint]) -> Person:
    contacts, rows = list(contacts), list(rows)
    keys = [row.pk for row in rows]
    words = {row.name for row in rows if row.first_name and row.last_name}
    words |= {row.document for row in rows}
    words |= {each.value for each in contacts}
    words |= {each.canonical for each in contacts if each.family not in {"phone", "email"}}
    words |= _accounts(keys)
    return Person(
        keys=frozenset(keys),
        codes=frozenset(row.code for row in rows),
        phones=frozenset(each.match_key for each in contacts if each.family == "phone"),
        emails=frozenset(each.match_key for each in contacts if each.family == "email"),
        words=frozenset(words - {""}),
    )


def _accounts(keys: Collection[UUID]) -> set[str]:
    accounts = ExternalIdentity.objects.filter(customer__in=keys)
    return set(accounts.values_list("subject", flat=True))
