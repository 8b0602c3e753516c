"""Identifiers that follow from contact points, external identities and documents.

Told by guestman's observers inside the transaction of the change, so they are never apart. Rows
that only claim something are no one's derivation and stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from guestman.contrib.identifiers.models import DOCUMENT, PROVIDER, CustomerIdentifier
from guestman.contrib.identifiers.rules.claims import Claim
from guestman.contrib.identifiers.rules.mailboxes import mailbox_key
from guestman.models import ContactPoint, Customer, ExternalIdentity
from guestman.rules.contacts import ContactForm
from guestman.rules.documents import Document
from guestman.rules.evidence import STRENGTHS
from guestman.rules.identifying import account_key
from guestman.services import traits
from guestman.services.newcomers import Newcomer
from guestman.services.observers import ContactChange, CustomerChange
from shopman import alike, bulk, clock

#: Customer, family and key: what tells two identifiers apart.
Place = tuple[UUID, str, str]

#: Documents whose check digits were looked at.
CHECKED_DOCUMENTS = ("cpf", "cnpj", "vat")
_DOCUMENT_FIELDS = frozenset({"document", "document_country", "document_kind", "is_active"})
#: There is one identifier of these.
UNIQUE = ("tenant", "family", "match_key", "customer")
#: What a later derivation of the same row changes.
DERIVED = (
    "kind",
    "value",
    "variant_key",
    "mailbox_key",
    "strength",
    "is_shared",
    "is_pending",
    "last_seen_at",
)


def on_contacts(changes: Sequence[ContactChange]) -> None:
    """Bring the identifiers of these contacts and accounts up to date. A few statements."""
    wanted: dict[Place, CustomerIdentifier] = {}
    gone: set[Place] = set()
    proved: set[Place] = set()
    for change in changes:
        row = change.row
        identifier = of_contact(row) if isinstance(row, ContactPoint) else of_account(row)
        place = place_of(identifier)
        gone.discard(place)
        wanted.pop(place, None)
        if change.change in ("released", "removed"):
            gone.add(place)
        else:
            wanted[place] = identifier
            if change.change == "verified" and not identifier.is_shared:
                proved.add(place)
    # What is given up makes room for who proved it.
    _delete(gone)
    store(list(wanted.values()))
    _end_claims(proved)


def on_customers(changes: Sequence[CustomerChange]) -> None:
    """Bring the documents of these customers up to date."""
    touched = {each.row.pk: each.row for each in changes if _concerns_document(each)}
    known = {each.row.pk for each in changes if not each.is_new and each.row.pk in touched}
    if known:
        CustomerIdentifier.objects.filter(
            customer__in=known, family=DOCUMENT, is_pending=False
        ).delete()
    store([of_document(row) for row in touched.values() if has_document(row)])


def on_newcomers(newcomers: Sequence[Newcomer]) -> None:
    """The identifiers of customers who were made many at once. One statement."""
    rows = [row for each in newcomers for row in _of_newcomer(each)]
    now = clock.now()
    alike.insert(CustomerIdentifier, _NEW, rows, same={"first_seen_at": now, "last_seen_at": now})


_NEW = (
    "customer_id", "kind", "family", "value", "match_key", "variant_key", "mailbox_key",
    "strength", "is_shared", "source",
)  # fmt: skip


def _of_newcomer(newcomer: Newcomer) -> Iterator[tuple[Any, ...]]:
    """As ``of_contact`` and ``of_document`` make them."""
    customer, person = newcomer.key.hex, newcomer.person
    source = person.columns.get("source", "")
    strength = STRENGTHS[person.evidence]
    for contact in person.contacts:
        form = contact.form
        variant = form.variant_key if form.family == "phone" else ""
        mailbox = mailbox_key(form.match_key) if form.family == "email" else ""
        yield (
            customer, form.kind, form.family, form.canonical, form.match_key, variant, mailbox,
            strength, contact.is_shared, source,
        )  # fmt: skip
    if number := person.columns.get("document"):
        kind, country = person.columns["document_kind"], person.columns["document_country"]
        strength = "strong" if kind in CHECKED_DOCUMENTS else "asserted"
        key = Document(number, kind, country).key
        yield customer, kind, DOCUMENT, number, key, "", "", strength, False, source


def _concerns_document(change: CustomerChange) -> bool:
    if "document" in change.fields and not change.is_new:
        return True
    return bool(change.row.document) and not _DOCUMENT_FIELDS.isdisjoint(change.fields)


def store(rows: Sequence[CustomerIdentifier]) -> None:
    """Insert these, or bring the rows of the same customer and key up to date. One statement."""
    if rows:
        # In one order, so that two who write the same wait for each other.
        in_order: list[CustomerIdentifier] = sorted(rows, key=place_of)
        bulk.upsert(in_order, unique=UNIQUE, update=DERIVED)


def derive_missing(forms: Collection[ContactForm]) -> None:
    """Give contacts with these keys the identifiers they lack."""
    wanted = Q()
    for form in forms:
        # Of a number every spelling.
        key = "variant_key" if form.family == "phone" else "match_key"
        wanted |= Q(("family", form.family), (key, getattr(form, key)))
    derived = CustomerIdentifier.objects.filter(
        customer=OuterRef("customer"),
        family=OuterRef("family"),
        match_key=OuterRef("match_key"),
        is_pending=False,
    )
    missing = ContactPoint.objects.live().filter(wanted, ~Exists(derived))
    store([of_contact(each) for each in missing])


def of_contact(contact: ContactPoint) -> CustomerIdentifier:
    """The identifier of a live contact."""
    is_phone = contact.family == "phone"
    return CustomerIdentifier(
        **_owner(contact),
        kind=contact.kind,
        family=contact.family,
        value=contact.canonical,
        match_key=contact.match_key,
        variant_key=contact.variant_key if is_phone else "",
        mailbox_key=mailbox_key(contact.match_key) if contact.family == "email" else "",
        strength=STRENGTHS[contact.evidence],
        is_shared=contact.is_shared,
        source=contact.source,
        first_seen_at=contact.created_at,
        last_seen_at=contact.last_seen_at or contact.created_at,
    )


def of_account(account: ExternalIdentity) -> CustomerIdentifier:
    """The identifier of a linked account at a provider."""
    return CustomerIdentifier(
        **_owner(account),
        kind=account.provider,
        family=f"{PROVIDER}{account.provider}",
        value=account.subject,
        match_key=account_key(account.subject, account.issuer),
        strength=CustomerIdentifier.Strength.STRONG,
        first_seen_at=account.created_at,
        last_seen_at=account.created_at,
    )


def of_claim(
    customer: UUID,
    claim: Claim,
    *,
    source: str,
    kind: str = "",
    value: str = "",
    variant_key: str = "",
    is_pending: bool = False,
    came_by: UUID | None = None,
) -> CustomerIdentifier:
    """An identifier that follows from nothing else: a card, what was typed or is only claimed.

    ``kind`` and ``value`` where they are not the claim's own; ``variant_key`` of a number.
    """
    is_weak = is_pending or claim.evidence == "U"
    return CustomerIdentifier(
        customer_id=customer,
        kind=kind or claim.family,
        family=claim.family,
        value=value or claim.key.rpartition("\n")[2],
        match_key=claim.key,
        variant_key=variant_key if claim.family == "phone" else "",
        strength="weak" if is_weak else "strong",
        is_shared=claim.standing == "shared",
        is_pending=is_pending,
        source=source,
        came_by=came_by,
    )


def has_document(customer: Customer) -> bool:
    """Whether the customer can be found by a document: closed ones cannot."""
    return bool(customer.document) and customer.is_active and customer.merged_into_id is None


def of_document(customer: Customer) -> CustomerIdentifier:
    """The identifier of an active customer's document."""
    is_checked = customer.document_kind in CHECKED_DOCUMENTS
    return CustomerIdentifier(
        customer=customer,
        kind=customer.document_kind,
        family=DOCUMENT,
        value=customer.document,
        match_key=traits.document_of(customer).key,
        strength="strong" if is_checked else "asserted",
        source=customer.source,
        first_seen_at=customer.created_at,
        last_seen_at=clock.now(),
    )


def place_of(row: CustomerIdentifier) -> Place:
    """What tells this identifier from others."""
    return row.customer_id, row.family, row.match_key


def at_places(places: Collection[Place]) -> Q:
    """Rows at these places."""
    wanted = Q()
    for customer, family, key in places:
        wanted |= Q(customer=customer, family=family, match_key=key)
    return wanted


def _owner(row: ContactPoint | ExternalIdentity) -> dict[str, Any]:
    """The customer at hand, which spares a look whether he is this tenant's, or his key."""
    if row._meta.get_field("customer").is_cached(row):
        return {"customer": row.customer}
    return {"customer_id": row.customer_id}


def _delete(places: Collection[Place]) -> None:
    if places:
        CustomerIdentifier.objects.filter(at_places(places), is_pending=False).delete()


def _end_claims(proved: Collection[Place]) -> None:
    """What somebody proved to have, nobody else claims any longer."""
    claimed = Q()
    for customer, family, key in proved:
        claimed |= Q(family=family, match_key=key) & ~Q(customer=customer)
    if claimed:
        CustomerIdentifier.objects.filter(claimed, is_pending=True).delete()
