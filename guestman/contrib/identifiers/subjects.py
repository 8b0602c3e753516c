"""What becomes of identifiers and links when their customer is merged, or erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guestman.contrib.identifiers.models import (
    CONTACT_FAMILIES,
    DOCUMENT,
    PROVIDER,
    BlockedValue,
    CustomerIdentifier,
    RecordLink,
    ReviewItem,
    ReviewParty,
)
from guestman.contrib.identifiers.services import reviews
from guestman.models import Customer
from guestman.rules.evidence import rank_of_strength
from guestman.services import merging, suppression, traits
from shopman import subjects
from shopman.person import Person
from shopman.personal import Personal, delete
from shopman.subjects import Belonging, Row, Subject

#: All but the kind: of a number that both have, the survivor's stays phone or WhatsApp.
_TAKEN_OVER = (
    "value",
    "variant_key",
    "mailbox_key",
    "strength",
    "is_shared",
    "blocked",
    "is_pending",
    "source",
    "first_seen_at",
    "last_seen_at",
)


def connect() -> None:
    """Called when the app is ready."""
    merging.register(
        Belonging(
            model=CustomerIdentifier,
            parked=_only_claimed,
            is_stronger=_is_stronger,
            takes_over=_TAKEN_OVER,
            came_by="came_by",
            stands_for=("family", "match_key"),
            originals=_not_derived,
        ),
        Belonging(model=RecordLink, came_by="came_by"),
        Belonging(model=ReviewParty, came_by="came_by"),
    )
    merging.on_merge(reviews.on_merge)
    merging.on_unmerge(reviews.on_unmerge)
    suppression.remember_also(_known_by)
    subjects.register(
        Subject(
            key="identifiers.records",
            models=(),
            personal=(_reviews(), _parties(), _identifiers(), _links(), _blocked()),
        )
    )


def _not_derived(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Claims, and numbers that have no other home."""
    derived = Q(family__in=(*CONTACT_FAMILIES, DOCUMENT)) | Q(family__startswith=PROVIDER)
    return rows.filter(Q(is_pending=True) | ~derived)


def _known_by(customers: Collection[UUID]) -> Iterator[tuple[str, str]]:
    """Cards and the like, and rows of imported files: a file from before has them again."""
    own = CustomerIdentifier.objects.filter(customer__in=customers, is_pending=False)
    yield from own.values_list("family", "match_key")
    links = RecordLink.objects.filter(customer__in=customers, source_type__startswith="import:")
    yield from links.values_list("source_type", "source_id")


def _only_claimed(_at: dt.datetime) -> Row:
    # The survivor has the same one: his decides.
    return {"is_pending": True, "strength": "weak"}


def _is_stronger(survivors: Row, duplicates: Row) -> bool:
    return _rank(duplicates) > _rank(survivors)


def _rank(row: Row) -> tuple[bool, int]:
    return not row["is_pending"], rank_of_strength(row["strength"])


def _identifiers() -> Personal:
    return Personal(
        key="identifiers.identifiers",
        kept="With the contact, account or document they follow from.",
        title=_("What the customer is found by"),
        model=CustomerIdentifier,
        columns=("customer", "value", "match_key", "variant_key", "mailbox_key"),
        rows=lambda person: CustomerIdentifier.objects.filter(customer__in=person.keys),
        told=("kind", "value", "strength", "is_shared", "source", "first_seen_at", "last_seen_at"),
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
    )


def _links() -> Personal:
    return Personal(
        key="identifiers.links",
        kept="As long as the customer and the record.",
        title=_("Linked records"),
        model=RecordLink,
        columns=("customer",),
        rows=lambda person: RecordLink.objects.filter(customer__in=person.keys),
        # A link on what somebody typed is not proved to be about this person.
        told=_told_link,
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
    )


def _told_link(row: RecordLink, person: Person) -> Row:
    if row.evidence == RecordLink.Evidence.UNTRUSTED:
        return {"source_type": row.source_type, "linked_at": row.linked_at}
    return {
        "source_type": row.source_type,
        "linked_at": row.linked_at,
        "source_id": row.source_id,
    }


def _reviews() -> Personal:
    return Personal(
        key="identifiers.reviews",
        kept="As long as their customers: a settled matter is not asked again.",
        title=_("Matters for staff"),
        model=ReviewItem,
        columns=("values", "reason"),
        rows=_own_reviews,
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
        position=50,
    )


def _own_reviews(person: Person) -> QuerySet[ReviewItem]:
    own = ReviewParty.objects.filter(customer__in=person.keys).values("item")
    return ReviewItem.objects.filter(pk__in=own)


def _parties() -> Personal:
    return Personal(
        key="identifiers.review_parties",
        kept="With their matter.",
        title=_("Customers that a matter for staff is about"),
        model=ReviewParty,
        columns=("customer",),
        rows=lambda person: ReviewParty.objects.filter(customer__in=person.keys),
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
    )


def _blocked() -> Personal:
    return Personal(
        key="identifiers.blocked",
        kept="As long as the shop wants it blocked.",
        title=_("Blocked values"),
        model=BlockedValue,
        columns=("key", "reason"),
        rows=_blocked_of,
        erase=delete,
        fate=_("Deleted, where the person proved to have it."),
        is_deleted=True,
    )


def _blocked_of(person: Person) -> QuerySet[BlockedValue]:
    known = Customer.objects.filter(pk__in=person.keys).exclude(document="")
    return BlockedValue.objects.filter(
        Q(family="phone", key__in=person.phones)
        | Q(family="email", key__in=person.emails)
        | Q(family=DOCUMENT, key__in=[traits.document_of(row).key for row in known])
    )
