"""Proof that identifiers say what contact points, external identities and documents say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from guestman.contrib.identifiers.models import (
    CONTACT_FAMILIES,
    DOCUMENT,
    PROVIDER,
    CustomerIdentifier,
)
from guestman.contrib.identifiers.services import derivation
from guestman.models import ContactPoint, Customer, ExternalIdentity

BATCH_SIZE: Final = 5000
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

    ``watch`` is told of each batch that is done. A batch is one transaction. What is only claimed,
    and kinds that have no other home, are left alone.
    """
    found = Findings()
    found.surplus = surplus().count()
    if repair and found.surplus:
        # First: what follows from nothing may stand where something else belongs.
        surplus().delete()
    for rows in _expected():
        with transaction.atomic():
            wrong = _wrong(rows, found)
            if repair:
                derivation.store(wrong)
        watch(len(rows))
    return found


def surplus() -> QuerySet[CustomerIdentifier]:
    """Identifiers whose contact, account or document is not there any more."""
    same = Q(customer=OuterRef("customer"))
    contact = ContactPoint.objects.live().filter(
        same, family=OuterRef("family"), match_key=OuterRef("match_key")
    )
    account = (
        ExternalIdentity.objects.filter(same, is_active=True)
        .annotate(
            family=Concat(Value(PROVIDER), "provider"),
            bare=F("subject"),
            issued=Concat("issuer", Value("\n"), "subject"),
        )
        .filter(Q(family=OuterRef("family")))
        .filter(
            Q(issuer="", bare=OuterRef("match_key"))
            | ~Q(issuer="") & Q(issued=OuterRef("match_key"))
        )
    )
    document = (
        Customer.objects.active()
        .annotate(key=Concat("document_country", Value(":"), "document"))
        .filter(uuid=OuterRef("customer"), key=OuterRef("match_key"))
    )
    derived: QuerySet[CustomerIdentifier] = CustomerIdentifier.objects.filter(is_pending=False)
    return derived.filter(
        Q(family__in=CONTACT_FAMILIES) & ~Exists(contact)
        | Q(family__startswith=PROVIDER) & ~Q(strength="weak") & ~Exists(account)
        | Q(family=DOCUMENT) & ~Q(strength="weak") & ~Exists(document)
    )


def _wrong(rows: list[CustomerIdentifier], found: Findings) -> list[CustomerIdentifier]:
    known = {
        derivation.place_of(each): each
        for each in CustomerIdentifier.objects.filter(
            customer__in={each.customer_id for each in rows}
        )
    }
    wrong = []
    for row in rows:
        found.checked += 1
        own = known.get(derivation.place_of(row))
        if own is None or own.is_pending:
            found.missing += 1
        elif any(getattr(own, name) != getattr(row, name) for name in COMPARED):
            found.differing += 1
        else:
            continue
        wrong.append(row)
    return wrong


def _expected() -> Iterator[list[CustomerIdentifier]]:
    sources: tuple[tuple[QuerySet[Any], Callable[[Any], CustomerIdentifier]], ...] = (
        (ContactPoint.objects.live(), derivation.of_contact),
        (ExternalIdentity.objects.filter(is_active=True), derivation.of_account),
        (Customer.objects.active().exclude(document=""), derivation.of_document),
    )
    for queryset, derive in sources:
        for rows in _batches(queryset):
            yield [derive(each) for each in rows]


def _batches(queryset: QuerySet[Any]) -> Iterator[list[Any]]:
    after = None
    while True:
        page = queryset.order_by("uuid")
        if after is not None:
            page = page.filter(uuid__gt=after)
        rows = list(page[:BATCH_SIZE])
        if not rows:
            return
        yield rows
        after = rows[-1].pk
