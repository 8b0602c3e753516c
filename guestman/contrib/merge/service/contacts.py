"""What is particular about contacts when a merge is taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db.models import Model

from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service.images import Image, encoded
from guestman.models import ContactPoint, Customer
from guestman.services.contact_book import ContactBook
from guestman.services.journal import Journal


def taken(
    model: type[Model], wanted: Image, now: Image, merge: Merge, at: dt.datetime
) -> Image | None:
    """How a contact goes back that somebody proved to have since: as history, found by nobody.

    None for what nobody else has.
    """
    if model is not ContactPoint or wanted["released_at"] is not None or wanted["is_shared"]:
        return None
    owners = ContactPoint.objects.owning().with_key(wanted["family"], wanted["match_key"])
    others = owners.exclude(pk=now["uuid"]).filter(verified_at__gt=merge.at)
    if not others.exists():
        return None
    released = now["released_at"] or encoded(ContactPoint, {"released_at": at})["released_at"]
    return {**wanted, "released_at": released, "is_primary": False}


def primary_kinds(customer: Customer) -> set[str]:
    """The kinds of contact of which a customer has a primary one."""
    primary = ContactPoint.objects.live().filter(customer=customer, is_primary=True)
    return set(primary.values_list("kind", flat=True))


def settle(customer: Customer, given: Collection[UUID]) -> bool:
    """Of kinds a customer has by newly ``given`` contacts alone, make one primary.

    Answers whether there are any.
    """
    held = ContactPoint.objects.live().filter(customer=customer)
    kinds = set(held.filter(pk__in=given).values_list("kind", flat=True))
    known = held.exclude(pk__in=given).values_list("kind", flat=True)
    elect(customer, kinds.difference(known))
    return bool(kinds)


def elect(customer: Customer, kinds: set[str]) -> None:
    """Let those kinds have a primary contact again whose one has left."""
    book = ContactBook(customer, Journal(at=customer.updated_at))
    for contact in book.elect(kinds):
        contact.save(update_fields=["is_primary"])
