"""Customers: made, changed, closed and opened again here; found by ``guestman.services.lookup``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from guestman import signals
from guestman.conf import conf
from guestman.errors import CustomerErased, EmailTaken, PhoneTaken
from guestman.models import ContactPoint, Customer
from guestman.rules import text
from guestman.rules.contacts import ContactForm, contact_form
from guestman.rules.evidence import Unproved
from guestman.services import fields, locks, suppression, versions
from guestman.services.bulk import NewCustomer, ensure_many
from guestman.services.contact_book import new_contact, searched
from guestman.services.journal import Changes, Journal
from guestman.services.lookup import (
    get,
    get_by_document,
    get_by_email,
    get_by_phone,
    get_by_uuid,
    price_list,
    price_list_reason,
)
from guestman.services.registration import insert, with_new_code
from guestman.services.search import search
from guestman.services.versions import changes_since
from guestman.services.writing import writing
from shopman import clock, tenancy
from shopman.models import Organization
from shopman.unset import UNSET, NotGiven

__all__ = [
    "NewCustomer",
    "changes_since",
    "create",
    "deactivate",
    "ensure_many",
    "get",
    "get_by_document",
    "get_by_email",
    "get_by_phone",
    "get_by_uuid",
    "price_list",
    "price_list_reason",
    "reactivate",
    "search",
    "update",
]


#: Where the value of a field is; a reference's key, not its row.
_ATTRIBUTES = {field.name: field.attname for field in Customer._meta.concrete_fields}

_SEARCHED = frozenset({"first_name", "last_name", "document"})


def create(
    *,
    first_name: str = "",
    last_name: str = "",
    code: str | None = None,
    customer_type: str = "person",
    phone: str | None = None,
    email: str | None = None,
    document: str | None = None,
    document_country: str | None = None,
    document_kind: str | None = None,
    group_code: str | None = None,
    status: str = "active",
    source: str = "",
    locale: str = "",
    birth_date: dt.date | None = None,
    notes: str = "",
    metadata: Mapping[str, Any] | None = None,
    assigned_to: Any = None,
    organization: Organization | None = None,
    evidence: Unproved = "A",
) -> Customer:
    """A new customer, with an unverified phone and e-mail where they are given.

    ``code`` is generated when none is chosen; ``group_code`` None is the default group; national
    phone numbers and documents without a country are read as the tenant's. ``evidence`` is A for
    what staff or a trusted file says and U for what the public typed. ``assigned_to`` is the key of
    a user who works for the tenant.

    Raises CodeTaken, PhoneTaken, EmailTaken (only when somebody else verified the contact),
    ContactErased, DocumentTaken, UnknownGroup, UnknownAssignee and the errors of the fields
    (InvalidPhone ...).
    """
    columns = fields.columns(
        first_name=first_name,
        last_name=last_name,
        customer_type=customer_type,
        status=status,
        source=source,
        locale=locale,
        birth_date=birth_date,
        notes=notes,
        metadata=metadata or {},
    )
    columns |= fields.document_columns(document, document_country, document_kind)
    columns["organization"] = organization or tenancy.current_organization()
    forms = _forms(phone=phone, email=email)
    chosen = None if code is None else text.code(code)

    @writing()
    def write(key: UUID, code: str) -> Customer:
        journal = Journal(at=clock.now())
        customer = Customer(uuid=key, code=code, **columns)
        customer.group = fields.group(group_code)
        customer.assigned_to_id = fields.assignee(assigned_to)
        _refuse_taken(forms)
        suppression.refuse_erased(forms)
        contacts = [
            new_contact(
                customer, form, journal=journal, evidence=evidence, source=source, is_primary=True
            )
            for form in forms
        ]
        insert(customer, contacts, journal)
        journal.write()
        return customer

    if chosen is not None:
        return write(Customer().pk, chosen)
    return with_new_code(conf.CODE_PREFIX, write)


def update(
    code: str | UUID,
    *,
    expected_version: int | None = None,
    first_name: str | NotGiven = UNSET,
    last_name: str | NotGiven = UNSET,
    customer_type: str | NotGiven = UNSET,
    document: str | NotGiven | None = UNSET,
    document_country: str | None = None,
    document_kind: str | None = None,
    group_code: str | NotGiven | None = UNSET,
    status: str | NotGiven = UNSET,
    source: str | NotGiven = UNSET,
    locale: str | NotGiven = UNSET,
    birth_date: dt.date | NotGiven | None = UNSET,
    notes: str | NotGiven = UNSET,
    metadata: Mapping[str, Any] | NotGiven = UNSET,
    assigned_to: Any | NotGiven = UNSET,
) -> Customer:
    """Change what is given of the active customer with this code or uuid; the rest stays.

    Phone and e-mail change through ``contact_point``, activity through ``deactivate``.
    ``group_code`` None takes the customer out of any group, ``document`` None or empty removes it.
    Nothing is written when nothing differs. ``expected_version`` is the version the caller read.

    Raises CustomerNotFound, CustomerInactive, StaleVersion (its ``errors`` name the fields changed
    since), DocumentTaken, UnknownGroup, UnknownAssignee and the errors of the fields.
    """
    columns = fields.columns(
        first_name=first_name,
        last_name=last_name,
        customer_type=customer_type,
        status=status,
        source=source,
        locale=locale,
        birth_date=birth_date,
        notes=notes,
        metadata=metadata,
    )
    if document is not UNSET:
        columns |= fields.document_columns(document, document_country, document_kind)
    with writing():
        journal = Journal(at=clock.now())
        customer = locks.active_customer(code)
        versions.require(customer, expected_version)
        if group_code is not UNSET:
            columns["group"] = None if group_code is None else fields.group(group_code)
        if assigned_to is not UNSET:
            columns["assigned_to_id"] = fields.assignee(assigned_to)
        _change(customer, columns, journal)
        journal.write()
    return customer


def deactivate(code: str | UUID, *, reason: str) -> Customer:
    """Close the customer: gone from every look-up, verified contacts stay reserved.

    ``reason`` is kept in the audit trail. One who is closed already is returned as he is. Raises
    CustomerNotFound.
    """
    why = text.prose(reason, "reason", 1000)
    with writing():
        journal = Journal(at=clock.now())
        customer = locks.customer(code)
        if customer.is_active:
            changes = _store(customer, {"status": "inactive", "is_active": False}, journal.at)
            _audit(customer, "customer.deactivate", changes, journal, reason=why)
            journal.tell(signals.customer_deactivated, customer, {}, reason=why)
            journal.write()
    return customer


def reactivate(code: str | UUID) -> Customer:
    """Open a closed customer again. One who is active is returned as he is.

    Raises CustomerNotFound, CustomerErased, and DocumentTaken when another one took the document
    meanwhile.
    """
    with writing():
        journal = Journal(at=clock.now())
        customer = locks.customer(code)
        if customer.erased_at is not None:
            raise CustomerErased
        if not customer.is_active:
            changes = _store(customer, {"status": "active", "is_active": True}, journal.at)
            _audit(customer, "customer.reactivate", changes, journal)
            journal.tell(signals.customer_reactivated, customer, {})
            journal.write()
    return customer


def _forms(*, phone: str | None, email: str | None) -> list[ContactForm]:
    region = tenancy.current().default_region
    given = (("phone", phone), ("email", email))
    return [contact_form(kind, value, region) for kind, value in given if value and value.strip()]


def _refuse_taken(forms: Sequence[ContactForm]) -> None:
    """A contact that somebody verified is his; one that was only typed may be typed again."""
    wanted = Q()
    for form in forms:
        wanted |= Q(family=form.family, match_key=form.match_key)
    if not wanted:
        return
    taken = set(ContactPoint.objects.owning().filter(wanted).values_list("family", flat=True))
    if "phone" in taken:
        raise PhoneTaken
    if taken:
        raise EmailTaken


def _change(customer: Customer, columns: Mapping[str, Any], journal: Journal) -> None:
    changes = _store(customer, columns, journal.at)
    if changes:
        _audit(customer, "customer.update", changes, journal)
        journal.customer_updated(customer, changes)


def _store(customer: Customer, columns: Mapping[str, Any], at: dt.datetime) -> Changes:
    changes: dict[str, dict[str, Any]] = {}
    for column, value in columns.items():
        name = column.removesuffix("_id")
        old = getattr(customer, _ATTRIBUTES[name])
        new = value.pk if isinstance(value, models.Model) else value
        if old != new:
            changes[name] = {"old": old, "new": new}
            setattr(customer, column, value)
    if not changes:
        return {}
    saved = [*changes, "version", "updated_at"]
    if _SEARCHED & changes.keys():
        keys = ContactPoint.objects.live().filter(customer=customer).order_by("created_at", "uuid")
        customer.search_text = searched(customer, keys.values_list("match_key", flat=True))
        saved.append("search_text")
    customer.version += 1
    customer.updated_at = at
    customer.save(update_fields=saved)
    return changes


def _audit(
    customer: Customer, action: str, changes: Changes, journal: Journal, *, reason: str = ""
) -> None:
    journal.observe_customer(customer, changes)
    journal.audit(
        customer,
        action,
        before={name: change["old"] for name, change in changes.items()},
        after={name: change["new"] for name, change in changes.items()},
        reason=reason,
    )
