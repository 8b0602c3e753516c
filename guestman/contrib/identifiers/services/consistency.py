"""Proof that identifiers say what contact points, external identities and documents say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from guestman.contrib.identifiers.models import (
    CONTACT_FAMILIES,
    DOCUMENT,
    PROVIDER,
    CustomerIdentifier,
)
from guestman.contrib.identifiers.services import derivation
from guestman.contrib.identifiers.services.derivation import Place
from guestman.models import ContactPoint, Customer, ExternalIdentity

#: Customers looked at in one transaction.
BATCH_SIZE: Final = 1000
#: What is compared; when something was last seen follows by itself.
COMPARED: Final = tuple(name for name in derivation.DERIVED if name != "last_seen_at")

Watch = Callable[[int], None]


@dataclass(slots=True, kw_only=True)
class Findings:
    """How many identifiers are missing, say something else, or follow from nothing."""

    checked: int = 0
    missing: int = 0
    differing: int = 0
    surplus: int = 0

    @property
    def is_consistent(self) -> bool:
        return not (self.missing or self.differing or self.surplus)


def check(*, repair: bool = False, watch: Watch = lambda count: None) -> Findings:
    """Compare everything in the tenant in use, in batches; with ``repair`` also put it right.

    A batch is one transaction that holds its customers before it reads anything of them, so nothing
    changes between being read and being put right. ``watch`` is told how many identifiers each
    batch had. What is only claimed, and kinds that have no other home, are left alone.
    """
    found = Findings()
    if repair:
        # First: what follows from nothing may stand where another customer's belongs.
        for keys in _pages():
            found.surplus += _remove_surplus(keys)
    for keys in _pages():
        with transaction.atomic():
            batch = _Batch(keys)
            wrong = batch.wrong(found)
            if repair:
                derivation.store(wrong)
            else:
                found.surplus += len(batch.surplus())
        watch(len(batch.expected))
    return found


@transaction.atomic
def _remove_surplus(keys: Sequence[UUID]) -> int:
    surplus = _Batch(keys).surplus()
    CustomerIdentifier.objects.filter(pk__in=surplus).delete()
    return len(surplus)


class _Batch:
    """The identifiers of some customers, held in key order: those there are and should be."""

    def __init__(self, keys: Sequence[UUID]) -> None:
        held = Customer.objects.filter(uuid__in=keys).order_by("uuid")
        customers = list(held.select_for_update(of=("self",)))
        self.expected = {derivation.place_of(each): each for each in _derived(customers)}
        rows = CustomerIdentifier.objects.filter(customer__in=keys)
        self.known: dict[Place, CustomerIdentifier] = {
            derivation.place_of(each): each for each in rows
        }

    def surplus(self) -> list[UUID]:
        """Keys of identifiers whose contact, account or document is not there any more."""
        return [
            row.pk
            for place, row in self.known.items()
            if place not in self.expected and _is_derived(row)
        ]

    def wrong(self, found: Findings) -> list[CustomerIdentifier]:
        """What should be there instead of what is, counted in ``found``."""
        wrong = []
        for place, row in self.expected.items():
            found.checked += 1
            own = self.known.get(place)
            if own is None or own.is_pending:
                found.missing += 1
            elif any(getattr(own, name) != getattr(row, name) for name in COMPARED):
                found.differing += 1
            else:
                continue
            wrong.append(row)
        return wrong


def _is_derived(row: CustomerIdentifier) -> bool:
    if row.is_pending:
        return False
    if row.family in CONTACT_FAMILIES:
        return True
    return row.strength != "weak" and (row.family == DOCUMENT or row.family.startswith(PROVIDER))


def _derived(customers: Sequence[Customer]) -> Iterator[CustomerIdentifier]:
    for contact in ContactPoint.objects.live().filter(customer__in=customers):
        yield derivation.of_contact(contact)
    for account in ExternalIdentity.objects.filter(customer__in=customers, is_active=True):
        yield derivation.of_account(account)
    for customer in customers:
        if derivation.has_document(customer):
            yield derivation.of_document(customer)


def _pages() -> Iterator[list[UUID]]:
    """The keys of all customers, in order."""
    after = UUID(int=0)
    while True:
        rows = Customer.objects.filter(uuid__gt=after).order_by("uuid")
        page = list(rows.values_list("uuid", flat=True)[:BATCH_SIZE])
        if not page:
            return
        yield page
        after = page[-1]
