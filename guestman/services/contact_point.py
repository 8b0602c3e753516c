"""Contacts: added, verified, preferred, replaced and given up."""

from __future__ import annotations

from uuid import UUID

from guestman.errors import (
    ContactExists,
    ContactNotFound,
    ContactReleased,
    ContactVerified,
    CustomerInactive,
)
from guestman.models import ContactPoint, Customer
from guestman.rules import text
from guestman.rules.contacts import contact_form, proves
from guestman.rules.evidence import Unproved
from guestman.services import locks, possession, suppression
from guestman.services.contact_book import ContactBook
from guestman.services.journal import Journal
from guestman.services.writing import writing
from shopman import clock, tenancy


@writing()
def add(
    *,
    customer: Customer,
    kind: str,
    value: str,
    evidence: Unproved = "A",
    source: str = "",
    is_shared: bool = False,
) -> ContactPoint:
    """A new, unverified contact of an active customer; the first of its kind becomes primary.

    ``evidence`` is A for what staff or a trusted file says, U for what the public typed; nothing
    but ``verify`` raises it. National phone numbers are read as the tenant's.

    Raises CustomerNotFound, CustomerInactive, InvalidPhone, InvalidEmail, InvalidContact,
    ContactExists, ContactErased, and PhoneTaken, EmailTaken or ContactTaken when somebody else
    verified it.
    """
    form = contact_form(kind, value, tenancy.current().default_region)
    journal = Journal(at=clock.now())
    book = ContactBook(locks.active_customer(customer.pk), journal)
    if book.holding(form) is not None:
        raise ContactExists
    if not is_shared:
        possession.refuse_taken(form, customer_uuid=book.customer.pk)
    suppression.refuse_erased([form])
    contact = book.add(
        form,
        evidence=evidence,
        source=text.line(source, "source", 64),
        is_shared=is_shared,
    )
    book.write("contact_point.add")
    journal.write()
    return contact


@writing()
def verify(*, contact_point: ContactPoint, method: str, reference: str = "") -> ContactPoint:
    """Note that the customer proved to have this contact.

    ``method`` is one of ``otp_sms``, ``otp_whatsapp``, ``email_link``, ``oauth``,
    ``channel_asserted`` (a signed message of the channel) and ``manual`` (an explicit act of
    staff); ``reference`` is the prover's name for the proof. Others who held it unverified lose it:
    possession wins. Proving again by the same method only moves ``last_seen_at``.

    Raises ContactNotFound, ContactReleased, CustomerInactive, InvalidMethod, and PhoneTaken,
    EmailTaken or ContactTaken when somebody else verified it.
    """
    row = _current(contact_point)
    journal = Journal(at=clock.now())
    form = possession.form_of(row)
    locks.contact(form)
    claim = possession.Claim(form, row.customer_id, journal)
    own = claim.book.holding(form)
    if own is None:
        raise ContactReleased
    _require_active(claim.book.customer)
    claim.prove(own, method=proves(method, own.kind), reference=_reference(reference))
    journal.write()
    return own


@writing()
def make_primary(*, contact_point: ContactPoint) -> ContactPoint:
    """Make this contact the primary one of its kind, and copy it to the customer.

    Raises ContactNotFound, ContactReleased, CustomerInactive.
    """
    journal = Journal(at=clock.now())
    book, contact = _own(contact_point, journal)
    _require_active(book.customer)
    book.promote(contact)
    book.write("contact_point.make_primary")
    journal.write()
    return contact


@writing()
def change_phone(
    *, customer: Customer, phone: str, method: str, reference: str = ""
) -> ContactPoint:
    """Replace the primary phone by a number the customer just proved to have.

    The new number is verified and primary; the old one is released with the date and never leads to
    this customer again. ``contact_point_released`` (reason ``changed``) lets doorman end sessions.
    When the number is the primary phone already, it is verified.

    Raises CustomerNotFound, CustomerInactive, InvalidPhone, InvalidMethod, PhoneTaken.
    """
    form = contact_form("phone", phone, tenancy.current().default_region)
    proves(method, "phone")
    journal = Journal(at=clock.now())
    locks.contact(form)
    claim = possession.Claim(form, customer.pk, journal)
    book = claim.book
    _require_active(book.customer)
    old, new = book.primary("phone"), book.holding(form)
    if new is None:
        new = book.add(form, evidence="A", source="change_phone")
    # A number is held once: what was noted as WhatsApp is the phone now.
    new.kind, new.is_shared = "phone", False
    if old is not None and old is not new:
        old.is_primary = False
        book.release(old, reason="changed")
    book.promote(new)
    action = "contact_point.change_phone"
    claim.prove(new, method=method, reference=_reference(reference), action=action)
    journal.write()
    return new


@writing()
def release(*, contact_point: ContactPoint) -> ContactPoint:
    """The customer does not have this contact any more: kept as history, found by nobody.

    The oldest remaining contact of the kind, verified before unverified, becomes primary. Raises
    ContactNotFound, ContactReleased.
    """
    journal = Journal(at=clock.now())
    book, contact = _own(contact_point, journal)
    book.release(contact, reason="released")
    book.write("contact_point.release")
    journal.write()
    return contact


@writing()
def remove(*, contact_point: ContactPoint) -> None:
    """Delete a contact that was entered by mistake and never verified; the audit trail keeps it.

    Raises ContactNotFound, ContactReleased, ContactVerified (release that one instead).
    """
    journal = Journal(at=clock.now())
    book, contact = _own(contact_point, journal)
    if contact.is_verified or contact.verifications.exists():
        raise ContactVerified
    book.remove(contact)
    book.write("contact_point.remove")
    journal.write()


@writing()
def share(*, contact_point: ContactPoint) -> ContactPoint:
    """Mark a contact as a family's or an office's: still found, never decisive.

    Raises ContactNotFound, ContactReleased.
    """
    journal = Journal(at=clock.now())
    book, contact = _own(contact_point, journal)
    contact.is_shared = True
    book.write("contact_point.share")
    journal.write()
    return contact


def mark_proved(
    *,
    customer_uuid: UUID,
    kind: str,
    value: str,
    method: str,
    reference: str = "",
) -> ContactPoint:
    """Note that a customer proved to have a contact, which is added when he did not have it yet.

    For adapters that learn of a proof by its value; otherwise as ``verify``. A merged customer is
    the survivor. Raises CustomerNotFound besides.
    """
    form = contact_form(kind, value, tenancy.current().default_region)
    proves(method, kind)
    with writing():
        journal = Journal(at=clock.now())
        locks.contact(form)
        claim = possession.Claim(form, customer_uuid, journal)
        _require_active(claim.book.customer)
        contact = claim.book.holding(form)
        if contact is None:
            contact = claim.book.add(form, evidence="A", source=method)
        claim.prove(contact, method=method, reference=_reference(reference))
        journal.write()
    return contact


def _current(contact_point: ContactPoint) -> ContactPoint:
    row = ContactPoint.objects.filter(uuid=contact_point.pk).first()
    if row is None:
        raise ContactNotFound
    if row.released_at is not None:
        raise ContactReleased
    return row


def _own(contact_point: ContactPoint, journal: Journal) -> tuple[ContactBook, ContactPoint]:
    """The book of the contact's customer, locked, and the contact in it."""
    book = ContactBook(locks.customer(contact_point.customer_id), journal)
    for contact in book.live:
        if contact.pk == contact_point.pk:
            return book, contact
    _current(contact_point)
    raise ContactNotFound


def _require_active(customer: Customer) -> None:
    if not customer.is_active:
        raise CustomerInactive


def _reference(reference: str) -> str:
    return text.line(reference, "reference", 200)
