"""``IdentifierService``: identifiers by themselves, for code that has one."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from guestman.contrib.identifiers.errors import (
    IdentifierNotFound,
    IdentifierTaken,
    InvalidIdentifier,
    NothingToResolve,
    OtherDocument,
)
from guestman.contrib.identifiers.models import (
    CONTACT_FAMILIES,
    DOCUMENT,
    PROVIDER,
    CustomerIdentifier,
)
from guestman.contrib.identifiers.resolver import IdentityResolver, Resolution
from guestman.contrib.identifiers.services import claims, derivation, hits, newcomers, pending
from guestman.contrib.identifiers.services.claims import Stated
from guestman.contrib.identifiers.services.resolution import decided
from guestman.errors import ContactExists
from guestman.models import ContactPoint, Customer, ExternalIdentity
from guestman.rules.contacts import KINDS
from guestman.rules.documents import Document
from guestman.rules.identifying import account_key
from guestman.services import contact_point, external_identity, locks, lookup, traits
from guestman.services import customer as customers
from shopman import audit
from shopman.masking import masked


class IdentifierService:
    """Kinds are those of contact points, ``document``, ``provider:<name>``, and any other name for
    numbers without another home (``loyalty_card``, ``external:<system>``).
    """

    @classmethod
    def find(cls, kind: str, value: str) -> Customer | None:
        """The active customer whose this is, as far as the store can say; else None.

        Shared, blocked and junk values are nobody's, and so is what somebody only typed. Raises
        InvalidIdentifier for an unknown kind.
        """
        said = claims.stated(claims.of_kind(kind, value, evidence="A"))
        try:
            decision = decided(said, hits.find(said.claims))
        except NothingToResolve:
            return None
        if decision.customer is None or decision.evidence == "U":
            return None
        return lookup.get_by_uuid(decision.customer)

    @classmethod
    def resolve(cls, **claimed: Any) -> Resolution:
        """As ``IdentityResolver.resolve_identity``, with its arguments and errors."""
        return IdentityResolver().resolve_identity(**claimed)

    @classmethod
    def find_or_create_customer(cls, **claimed: Any) -> Customer:
        """The customer of these claims, made where there is none. Raises NothingToResolve."""
        return cls.resolve(**claimed).customer

    @classmethod
    def add(
        cls, *, customer: Customer, kind: str, value: str, source: str = ""
    ) -> CustomerIdentifier:
        """Give an active customer an identifier, on the word of staff or a trusted channel.

        Contacts, documents and accounts are written through their own services. Raises
        IdentifierTaken, OtherDocument, InvalidIdentifier and the errors of those services.
        """
        said = claims.stated(claims.of_kind(kind, value, evidence="A", source=source))
        if not said.claims or said.claims[0].standing == "junk":
            raise InvalidIdentifier
        (claim,) = said.claims
        if kind in KINDS:
            contact_point.add(customer=customer, kind=kind, value=value, source=source)
        elif kind == DOCUMENT:
            _add_document(customer, said.documents[claim.at])
        elif kind.startswith(PROVIDER):
            provider = kind.removeprefix(PROVIDER)
            external_identity.link(customer=customer, provider=provider, subject=value)
        else:
            _add_own(customer, said)
        return cls._row(customer, claim.at)

    @classmethod
    def ensure(
        cls, *, customer: Customer, kind: str, value: str, source: str = ""
    ) -> CustomerIdentifier:
        """The same, and the identifier as it is when the customer has it already."""
        said = claims.stated(claims.of_kind(kind, value, evidence="A", source=source))
        if said.claims:
            known = _held(customer).filter(
                family=said.claims[0].family, match_key=said.claims[0].key
            )
            if row := known.first():
                return row
        try:
            return cls.add(customer=customer, kind=kind, value=value, source=source)
        except ContactExists:
            # Another one who was faster.
            return cls._row(customer, said.claims[0].at)

    @classmethod
    def release(cls, *, identifier: CustomerIdentifier) -> None:
        """The customer does not have it any more. What it was derived from is kept as history.

        Raises IdentifierNotFound and the errors of the service it is written through.
        """
        row = CustomerIdentifier.objects.filter(uuid=identifier.pk).first()
        if row is None:
            raise IdentifierNotFound
        if row.is_pending or not _release_origin(row):
            _remove_own(row)

    @classmethod
    def accept(cls, *, identifier: CustomerIdentifier, reason: str) -> CustomerIdentifier:
        """Staff vouch for what was only claimed (``services.pending.accept``)."""
        return pending.accept(identifier=identifier.pk, reason=reason)

    @classmethod
    def refuse(cls, *, identifier: CustomerIdentifier, reason: str) -> None:
        """Take a claim from a customer whose it is not (``services.pending.refuse``)."""
        pending.refuse(identifier=identifier.pk, reason=reason)

    @classmethod
    def _row(cls, customer: Customer, at: tuple[str, str]) -> CustomerIdentifier:
        family, key = at
        return _held(customer).get(family=family, match_key=key)


def _held(customer: Customer) -> QuerySet[CustomerIdentifier]:
    rows: QuerySet[CustomerIdentifier] = CustomerIdentifier.objects.filter(
        customer=lookup.survivor_key(customer.pk), is_pending=False
    )
    return rows


def _add_document(customer: Customer, document: Document) -> None:
    with transaction.atomic():
        owner = locks.active_customer(customer.pk)
        known = traits.document_of(owner)
        if known.number and known != document:
            raise OtherDocument
        customers.update(
            owner.pk,
            document=document.number,
            document_kind=document.kind,
            document_country=document.country,
        )


def _add_own(customer: Customer, said: Stated) -> None:
    (claim,) = said.claims
    try:
        with transaction.atomic():
            locks.keys([claim.at])
            owner = locks.active_customer(customer.pk)
            row = newcomers.own_row(owner, claim, said)
            derivation.store([row])
            _audit(row, "identifier.add")
    except IntegrityError as error:
        raise IdentifierTaken from error


def _remove_own(row: CustomerIdentifier) -> None:
    with transaction.atomic():
        _audit(row, "identifier.release")
        row.delete()


def _release_origin(row: CustomerIdentifier) -> bool:
    """Give up what the identifier was derived from; False when there is no such thing."""
    if row.family in CONTACT_FAMILIES:
        contact = ContactPoint.objects.with_key(row.family, row.match_key)
        held = contact.filter(customer=row.customer_id).first()
        if held is not None:
            contact_point.release(contact_point=held)
            return True
    if row.family.startswith(PROVIDER):
        accounts = ExternalIdentity.objects.filter(customer=row.customer_id, is_active=True)
        for account in accounts.filter(provider=row.kind):
            if account_key(account.subject, account.issuer) == row.match_key:
                external_identity.unlink(external_identity=account)
                return True
    if row.family == DOCUMENT:
        customer = Customer.objects.get(uuid=row.customer_id)
        if row.match_key == traits.document_of(customer).key:
            customers.update(customer.pk, document=None)
            return True
    return False


def _audit(row: CustomerIdentifier, action: str) -> None:
    audit.record(
        subject=f"customer:{row.customer_id}",
        action=action,
        after={"kind": row.kind, "value": masked(row.value), "source": row.source},
    )
