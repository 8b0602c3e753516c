"""Writing a new customer, whoever asked for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from guestman import signals
from guestman.errors import CodeTaken
from guestman.models import ContactPoint, ContactVerification, Customer
from guestman.rules.codes import generated
from guestman.services import observers
from guestman.services.contact_book import COPIED, searched
from guestman.services.journal import Journal
from shopman import actor, bulk
from shopman.keys import uuid7

#: Times a generated code that is taken is replaced by another one.
ATTEMPTS = 8

#: Columns that the audit entry of a new customer tells when they are not empty.
TOLD = (
    "code",
    "first_name",
    "last_name",
    "customer_type",
    "document",
    "document_kind",
    "document_country",
    "email",
    "phone",
    "status",
    "source",
    "locale",
    "birth_date",
    "notes",
    "metadata",
    "group_id",
    "organization_id",
    "assigned_to_id",
)


def with_new_code(prefix: str, write: Callable[[UUID, str], Customer]) -> Customer:
    """Call ``write`` with a new key and code until the code is free.

    ``write`` opens its own transaction, so a clash costs nothing but the attempt.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return write(*new_code(prefix))
        except CodeTaken:
            continue
    return write(*new_code(prefix))


def new_code(prefix: str) -> tuple[UUID, str]:
    """A key and the code that follows from it, which may be taken."""
    key = uuid7()
    return key, generated(prefix, key)


def insert(customer: Customer, contacts: Sequence[ContactPoint], journal: Journal) -> None:
    """Store a new customer with its contacts, of which the first of each kind is primary.

    Puts history, audit and events into the journal, which the caller writes.
    """
    for contact in contacts:
        if contact.is_primary and contact.kind in COPIED:
            setattr(customer, COPIED[contact.kind], contact.match_key)
    fill(customer, journal)
    customer.search_text = searched(customer, (each.match_key for each in contacts))
    bulk.insert([customer])
    note(customer, journal)
    bulk.insert(contacts)
    for contact in contacts:
        change: observers.Change = "verified" if contact.is_verified else "added"
        journal.observe(contact, change, is_newcomers=True)
        if contact.is_verified:
            journal.history(contact, ContactVerification.Change.VERIFIED, source=contact.source)
            journal.tell(
                signals.contact_point_verified,
                customer,
                {
                    "contact_point_uuid": contact.pk,
                    "kind": contact.kind,
                    "method": contact.verification_method,
                },
            )


def fill(customer: Customer, journal: Journal) -> None:
    """Fill in who makes a new customer, and when."""
    who = actor.current()
    customer.created_by = who.label or who.id or who.kind
    customer.created_at = customer.updated_at = journal.at


def note(customer: Customer, journal: Journal) -> None:
    """Put the creation of a customer into the journal."""
    values = {name.removesuffix("_id"): getattr(customer, name) for name in TOLD}
    journal.audit(
        customer, "customer.create", after={name: each for name, each in values.items() if each}
    )
    journal.observe_customer(customer, TOLD, is_new=True)
    journal.tell(
        signals.customer_created, customer, {"code": customer.code, "source": customer.source}
    )
