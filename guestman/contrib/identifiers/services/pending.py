"""Claims that nobody proved, decided by staff: the customer's own, or not."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from guestman.contrib.identifiers.errors import IdentifierNotFound, IdentifierTaken
from guestman.contrib.identifiers.models import (
    CONTACT_FAMILIES,
    DOCUMENT,
    PROVIDER,
    CustomerIdentifier,
    ReviewItem,
)
from guestman.contrib.identifiers.services import reviews
from guestman.models import Customer
from guestman.rules import text
from guestman.services import contact_point, external_identity, locks
from guestman.services import customer as customers
from shopman import audit
from shopman.masking import masked


def accept(*, identifier: UUID, reason: str) -> CustomerIdentifier:
    """Staff vouch for it: from now on the customer is found by it. Nothing is proved by that.

    Written through the service of what it is, with its errors: PhoneTaken, EmailTaken,
    DocumentTaken, IdentityTaken where somebody else has it. Raises IdentifierNotFound where nobody
    claims it any more, IdentifierTaken, CustomerInactive, InvalidText.
    """
    why = text.prose(reason, "reason", 1000)
    try:
        with transaction.atomic():
            row, owner = _locked(identifier)
            _give(row, owner)
            _settled(row, "identifier.accept", why)
    except IntegrityError as error:
        raise IdentifierTaken from error
    return row


def refuse(*, identifier: UUID, reason: str) -> None:
    """It is not the customer's. Typed again, it is claimed again.

    Raises IdentifierNotFound, CustomerInactive, InvalidText.
    """
    why = text.prose(reason, "reason", 1000)
    with transaction.atomic():
        row, _owner = _locked(identifier)
        CustomerIdentifier.objects.filter(pk=row.pk).delete()
        _settled(row, "identifier.refuse", why)


def _locked(identifier: UUID) -> tuple[CustomerIdentifier, Customer]:
    """The claim and its customer, in the order in which others lock: what is claimed comes first.

    Who was merged while he was waited for may have had it settled.
    """
    claimed = CustomerIdentifier.objects.filter(pk=identifier, is_pending=True)
    row = claimed.first()
    if row is None:
        raise IdentifierNotFound
    locks.keys([(row.family, row.variant_key or row.match_key)])
    owner = locks.active_customer(row.customer_id)
    found = claimed.filter(customer=owner).first()
    if found is None:
        raise IdentifierNotFound
    return found, owner


def _give(row: CustomerIdentifier, owner: Customer) -> None:
    if row.family in CONTACT_FAMILIES:
        contact_point.add(customer=owner, kind=row.kind, value=row.value, source=row.source)
    elif row.family == DOCUMENT:
        country, _, number = row.match_key.partition(":")
        customers.update(
            owner.pk, document=number, document_country=country, document_kind=row.kind
        )
    elif row.family.startswith(PROVIDER):
        issuer, _, subject = row.match_key.rpartition("\n")
        provider = row.family.removeprefix(PROVIDER)
        external_identity.link(customer=owner, provider=provider, subject=subject, issuer=issuer)
    else:
        row.strength, row.is_pending = CustomerIdentifier.Strength.STRONG, False
        row.save(update_fields=["strength", "is_pending"])


def _settled(row: CustomerIdentifier, action: str, reason: str) -> None:
    """Remember it; the matter is settled with the customer's last claim."""
    audit.record(
        subject=f"customer:{row.customer_id}",
        action=action,
        after={"kind": row.kind, "value": masked(row.value), "source": row.source},
        reason=reason,
    )
    claims = CustomerIdentifier.objects.filter(customer=row.customer_id, is_pending=True)
    if claims.exists():
        return
    matters = ReviewItem.objects.open().filter(
        kind=ReviewItem.Kind.PENDING, parties__customer=row.customer_id
    )
    for item in matters.order_by("pk").values_list("pk", flat=True):
        reviews.resolve(item=item, reason=reason)
