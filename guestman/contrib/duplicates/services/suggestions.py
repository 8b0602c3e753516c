"""Who else a customer may be."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.models.pair import State
from guestman.contrib.duplicates.rules import scoring
from guestman.contrib.duplicates.rules.scoring import Band, Score
from guestman.contrib.duplicates.services.people import people_of
from guestman.contrib.duplicates.services.population import frequencies
from guestman.models import ContactPoint, Customer
from guestman.services import search

#: Customers of one kind of likeness that are compared.
CANDIDATES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A customer who may be the same person, and why."""

    customer: Customer
    score: Score


def suggestions(
    customer: Customer, *, organizations: Collection[UUID] = (), limit: int = 5
) -> list[Suggestion]:
    """Active customers that are likely the same person, best first; nothing is stored.

    Nobody is suggested whom staff called somebody else. Compared are at most 50 who share a
    contact, 50 whose name holds the same words, and those whose name is nearly the same. Shared
    contacts suggest nobody. ``organizations`` are those the reader may see; all without any. A
    constant number of queries.
    """
    visible = Customer.objects.active().visible_to(organizations).exclude(uuid=customer.pk)
    visible = visible.exclude(uuid__in=_told_apart(customer))
    candidates = {each.pk: each for each in _candidates(customer, visible)}
    if not candidates:
        return []
    people, common = people_of([customer, *candidates.values()]), frequencies()
    found = [
        Suggestion(customer=each, score=scoring.score(people[customer.pk], people[each.pk], common))
        for each in candidates.values()
    ]
    shown = [each for each in found if each.score.band in (Band.CERTAIN, Band.LIKELY)]
    return sorted(shown, key=lambda each: (-each.score.total, each.customer.pk))[:limit]


def _told_apart(customer: Customer) -> set[UUID]:
    pairs = DuplicatePair.objects.of(customer.pk).filter(state=State.DIFFERENT)
    return {key for pair in pairs.values_list("low", "high") for key in pair} - {customer.pk}


def _candidates(customer: Customer, visible: QuerySet[Customer]) -> Iterator[Customer]:
    own = ContactPoint.objects.live().filter(customer=customer, is_shared=False)
    numbers = own.filter(family="phone").values("variant_key")
    addresses = own.filter(family="email").values("match_key")
    contacts = ContactPoint.objects.live().filter(is_shared=False)
    for same in (
        contacts.filter(family="phone", variant_key__in=numbers),
        contacts.filter(family="email", match_key__in=addresses),
    ):
        yield from visible.filter(uuid__in=same.values("customer"))[:CANDIDATES]
    if not (customer.first_name and customer.last_name):
        return
    named = search.matches(customer.name)
    if named is not None:
        yield from visible.filter(named)[:CANDIDATES]
    yield from visible.in_bulk(search.similar(visible, customer.name).keys).values()
