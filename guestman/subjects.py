"""What guestman keeps about a person, how they get a copy of it, and how it is erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guestman.models import (
    ContactPoint,
    ContactVerification,
    Customer,
    CustomerAddress,
    CustomerGroup,
    ExternalIdentity,
)
from guestman.services import observers, suppression
from shopman import permits, subjects
from shopman.models import AuditEntry
from shopman.person import Person
from shopman.personal import Erasing, Expiry, Personal, delete
from shopman.subjects import Subject

_KEPT_DAYS = 730
_BUSINESS = "business default"
#: The columns of a customer that say who it is, and what they become.
EMPTIED: dict[str, Any] = {
    "first_name": "",
    "last_name": "",
    "document": "",
    "document_kind": "",
    "document_country": "",
    "email": "",
    "phone": "",
    "group": None,
    "assigned_to": None,
    "locale": "",
    "birth_date": None,
    "notes": "",
    "metadata": {},
    "search_text": "",
}
_TOLD = (
    "code", "first_name", "last_name", "customer_type", "document", "document_kind",
    "document_country", "email", "phone", "status", "source", "locale", "birth_date", "notes",
    "metadata", "merged_into_id", "created_at", "updated_at",
)  # fmt: skip


def connect() -> None:
    """Register; called when the app is ready."""
    subjects.register(
        Subject(
            key="guestman.customers",
            models=(),
            personal=(_verifications(), _contacts(), _identities(), _addresses(), _customers()),
            impersonal={CustomerGroup: "Groups have the shop's names."},
        )
    )


def _customers() -> Personal:
    return Personal(
        key="guestman.customer",
        kept="As long as the person is a customer; orders and numbers refer to it.",
        title=_("Customer"),
        model=Customer,
        columns=("code", "customer_type", "created_by", "merged_into", *EMPTIED),
        rows=lambda person: Customer.objects.filter(pk__in=person.keys),
        told=_TOLD,
        erase=_empty_customers,
        fate=_("An empty record stays, so that orders and numbers still add up."),
        position=900,
    )


def _empty_customers(rows: QuerySet[Customer], erasing: Erasing) -> int:
    changed = []
    for row in rows.filter(erased_at__isnull=True).order_by("pk"):
        for name, value in EMPTIED.items():
            setattr(row, name, value)
        row.code, row.created_by = suppression.erased_code(row.pk), ""
        row.status, row.is_active = Customer.Status.INACTIVE, False
        row.version += 1
        row.updated_at = row.erased_at = erasing.at
        row.save()
        changed.append(observers.CustomerChange(row=row, fields=[*EMPTIED, "code", "status"]))
    observers.tell_customers(changed)
    return len(changed)


def _contacts() -> Personal:
    return Personal(
        key="guestman.contacts",
        title=_("Contacts"),
        model=ContactPoint,
        columns=("customer", "value", "canonical", "match_key", "variant_key"),
        rows=lambda person: ContactPoint.objects.filter(customer__in=person.keys),
        told=(
            "kind",
            "value",
            "canonical",
            "evidence",
            "source",
            "is_primary",
            "is_shared",
            "verification_method",
            "verified_at",
            "last_seen_at",
            "released_at",
            "created_at",
        ),
        erase=_delete_observed,
        fate=_("Deleted."),
        is_deleted=True,
        expiry=Expiry(
            days=_KEPT_DAYS, ground=_BUSINESS, older=_released_before, erase=_delete_released
        ),
        position=500,
    )


def _delete_observed(rows: QuerySet[Any], erasing: Erasing) -> int:
    """Delete contacts or accounts, and tell those who keep something made from them."""
    gone = [observers.ContactChange(row=row, change="removed") for row in rows.order_by("pk")]
    observers.tell(gone)
    return delete(rows, erasing)


def _released_before(before: dt.datetime) -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(released_at__lt=before)


def _delete_released(rows: QuerySet[ContactPoint], entry: AuditEntry) -> int:
    keys = list(rows.values_list("pk", flat=True))
    permits.remove(ContactVerification.objects.filter(contact_point__in=keys), entry=entry)
    found = ContactPoint.objects.filter(pk__in=keys)
    observers.tell([observers.ContactChange(row=row, change="removed") for row in found])
    found.delete()
    return len(keys)


def _verifications() -> Personal:
    return Personal(
        key="guestman.verifications",
        kept="With the contact they prove.",
        title=_("How contacts were proved"),
        model=ContactVerification,
        columns=("contact_point", "actor", "reference"),
        rows=_own_verifications,
        told=("contact_point_id", "change", "method", "at"),
        erase=_remove,
        fate=_("Deleted."),
        is_deleted=True,
        position=400,
    )


def _own_verifications(person: Person) -> QuerySet[ContactVerification]:
    rows: QuerySet[ContactVerification] = ContactVerification.objects.filter(
        contact_point__customer__in=person.keys
    )
    return rows


def _remove(rows: QuerySet[Any], erasing: Erasing) -> int:
    return permits.remove(rows, entry=erasing.entry)


def _identities() -> Personal:
    return Personal(
        key="guestman.accounts",
        title=_("Accounts at other providers"),
        model=ExternalIdentity,
        columns=("customer", "subject", "issuer", "attributes"),
        rows=lambda person: ExternalIdentity.objects.filter(customer__in=person.keys),
        told=("provider", "subject", "issuer", "is_active", "attributes", "created_at"),
        erase=_delete_observed,
        fate=_("Deleted."),
        is_deleted=True,
        expiry=Expiry(
            days=_KEPT_DAYS,
            ground=_BUSINESS,
            older=lambda before: ExternalIdentity.objects.filter(unlinked_at__lt=before),
            erase=_delete_old,
        ),
    )


def _addresses() -> Personal:
    return Personal(
        key="guestman.addresses",
        title=_("Addresses"),
        model=CustomerAddress,
        columns=(
            "customer",
            "label",
            "street",
            "number",
            "complement",
            "district",
            "city",
            "region",
            "postal_code",
            "place_id",
            "latitude",
            "longitude",
            "instructions",
        ),
        rows=lambda person: CustomerAddress.objects.filter(customer__in=person.keys),
        told=(
            "label",
            "purpose",
            "street",
            "number",
            "complement",
            "district",
            "city",
            "region",
            "postal_code",
            "country",
            "latitude",
            "longitude",
            "instructions",
            "is_default",
            "removed_at",
            "created_at",
        ),
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
        expiry=Expiry(
            days=_KEPT_DAYS,
            ground=_BUSINESS,
            older=lambda before: CustomerAddress.objects.filter(removed_at__lt=before),
            erase=_delete_old,
        ),
    )


def _delete_old(rows: QuerySet[Any], entry: AuditEntry) -> int:
    keys: Sequence[Any] = list(rows.values_list("pk", flat=True))
    count: int = rows.model.objects.filter(pk__in=keys).delete()[0]
    return count
