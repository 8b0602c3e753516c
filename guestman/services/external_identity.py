"""Accounts of customers at other providers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guestman.errors import IdentityNotFound, IdentityTaken
from guestman.models import Customer, ExternalIdentity
from guestman.rules import text
from guestman.services import fields, locks, provenance
from guestman.services.journal import Journal
from guestman.services.writing import writing
from shopman import clock


@writing()
def link(
    *,
    customer: Customer,
    provider: str,
    subject: str,
    issuer: str = "",
    attributes: Mapping[str, Any] | None = None,
) -> ExternalIdentity:
    """Note that an account at a provider is this customer's.

    Linking what is linked to the same customer replaces the attributes where they are given.
    Raises CustomerNotFound, CustomerInactive, InvalidText, InvalidMetadata and IdentityTaken when
    the account is another customer's.
    """
    journal = Journal(at=clock.now())
    owner = locks.active_customer(customer.pk)
    account = {
        "provider": text.line(provider, "provider", 32, min_length=1),
        "subject": text.line(subject, "subject", 255, min_length=1),
        "issuer": text.line(issuer, "issuer", 255),
    }
    told = fields.json_object(attributes or {}, "attributes")
    found: ExternalIdentity | None = ExternalIdentity.objects.filter(
        is_active=True, **account
    ).first()
    if found is not None and found.customer_id != owner.pk:
        raise IdentityTaken
    if found is None:
        found = ExternalIdentity(customer=owner, attributes=told, created_at=journal.at, **account)
        found.came_by = provenance.of(owner)
        found.organization = owner.organization
        found.save(force_insert=True)
        _record(found, owner, "external_identity.link", journal, before=None)
    elif attributes is not None and found.attributes != told:
        before = {"attributes": found.attributes}
        found.attributes = told
        found.save(update_fields=["attributes"])
        _record(found, owner, "external_identity.update", journal, before=before)
    journal.write()
    return found


@writing()
def unlink(*, external_identity: ExternalIdentity) -> ExternalIdentity:
    """The account is not this customer's any more; the row stays as history.

    Raises CustomerNotFound, and IdentityNotFound when it is unlinked already.
    """
    journal = Journal(at=clock.now())
    owner = locks.customer(external_identity.customer_id)
    found: ExternalIdentity | None = ExternalIdentity.objects.filter(
        uuid=external_identity.pk, is_active=True
    ).first()
    if found is None:
        raise IdentityNotFound
    found.is_active = False
    found.unlinked_at = journal.at
    found.save(update_fields=["is_active", "unlinked_at"])
    _record(found, owner, "external_identity.unlink", journal, before={"is_active": True})
    journal.write()
    return found


def _record(
    identity: ExternalIdentity,
    customer: Customer,
    action: str,
    journal: Journal,
    *,
    before: Mapping[str, Any] | None,
) -> None:
    key = str(identity.pk)
    now = {
        "provider": identity.provider,
        "subject": identity.subject,
        "issuer": identity.issuer,
        "is_active": identity.is_active,
        "attributes": identity.attributes,
    }
    changed = {name: value for name, value in now.items() if before is None or name in before}
    journal.audit(
        customer,
        action,
        before={"external_identities": {key: dict(before)}} if before else {},
        after={"external_identities": {key: changed}},
    )
    if before is None:
        journal.observe(identity, "added")
    else:
        journal.observe(identity, "changed" if identity.is_active else "released")
