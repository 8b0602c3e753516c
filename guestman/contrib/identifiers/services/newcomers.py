"""A customer made for claims nobody has."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from guestman.contrib.identifiers.models import CustomerIdentifier
from guestman.contrib.identifiers.rules.claims import Claim
from guestman.contrib.identifiers.rules.outcome import Decision
from guestman.contrib.identifiers.services import derivation
from guestman.contrib.identifiers.services.claims import Stated
from guestman.models import ContactPoint, Customer
from guestman.rules.contacts import proves
from guestman.services import external_identity, fields, possession, provenance
from guestman.services.contact_book import ContactBook, new_contact, set_verified
from guestman.services.journal import Journal
from guestman.services.registration import insert, new_code
from shopman import tenancy


def make(said: Stated, decision: Decision, journal: Journal, *, prefix: str) -> Customer:
    """The new customer, stored with what he claims; the caller holds the locks and writes.

    What he proved is taken from those who did not. What is typed is noted and claims nothing.
    """
    customer = described(said, decision, prefix=prefix)
    contacts = _contacts(customer, said, decision, journal)
    _revoke(decision, said, journal)
    for claim in decision.verify:
        if form := said.contacts.get(claim.at):
            possession.Claim(form, None, journal).supersede()
    insert(customer, contacts, journal)
    return customer


def accounts(customer: Customer, said: Stated, claims: Iterable[Claim]) -> None:
    """Accounts, cards and typed documents of a stored customer; once the journal is written."""
    rows = []
    for claim in claims:
        account = said.accounts.get(claim.at)
        if account is not None and claim.evidence != "U":
            external_identity.link(
                customer=customer,
                provider=account.provider,
                subject=account.subject,
                issuer=account.issuer,
            )
        elif is_own(claim, said):
            rows.append(own_row(customer, claim, said))
    derivation.store(rows)


def described(said: Stated, decision: Decision, *, prefix: str) -> Customer:
    """The customer as he will be stored, without contacts."""
    first, _, last = said.name.partition(" ")
    key, code = new_code(prefix)
    columns = fields.columns(first_name=first[:150], last_name=last[:150], source=said.source)
    customer = Customer(
        uuid=key,
        code=code,
        group=fields.group(None),
        organization=tenancy.current_organization(),
        **columns,
    )
    for claim in (*decision.verify, *decision.attach):
        document = said.documents.get(claim.at)
        if document is None:
            continue
        if document.kind == "cnpj":
            customer.customer_type = Customer.Type.COMPANY
        if claim.evidence != "U":
            customer.document = document.number
            customer.document_kind = document.kind
            customer.document_country = document.country
    return customer


def is_own(claim: Claim, said: Stated) -> bool:
    """Whether a claim has no home but the table of identifiers."""
    if claim.at in said.contacts:
        return False
    return claim.evidence == "U" or claim.at not in {**said.documents, **said.accounts}


def own_row(
    customer: Customer, claim: Claim, said: Stated, *, is_pending: bool = False
) -> CustomerIdentifier:
    """An identifier that follows from nothing else."""
    contact, document = said.contacts.get(claim.at), said.documents.get(claim.at)
    account = said.accounts.get(claim.at)
    return derivation.of_claim(
        customer.pk,
        claim,
        kind=(
            contact.kind
            if contact
            else document.kind
            if document
            else account.provider
            if account
            else ""
        ),
        value=contact.canonical if contact else "",
        variant_key=contact.variant_key if contact else "",
        is_pending=is_pending,
        source=said.source,
        came_by=provenance.of(customer),
    )


def _contacts(
    customer: Customer, said: Stated, decision: Decision, journal: Journal
) -> list[ContactPoint]:
    contacts, kinds = [], set()
    for claim in (*decision.verify, *decision.attach):
        form = said.contacts.get(claim.at)
        if form is None:
            continue
        is_proved = claim.evidence == "V"
        contact = new_contact(
            customer,
            form,
            journal=journal,
            evidence="A" if is_proved else claim.evidence,
            source=said.source,
            is_primary=form.kind not in kinds,
            is_shared=not is_proved and claim in decision.ignored,
        )
        kinds.add(form.kind)
        if is_proved:
            set_verified(contact, proves(said.method, form.kind), journal)
        contacts.append(contact)
    return contacts


def _revoke(decision: Decision, said: Stated, journal: Journal) -> None:
    """Row 10: the old holder of a number that was given to somebody else keeps it as history."""
    forms = [said.contacts[each.at] for each in decision.verify if each.at in said.contacts]
    for key in decision.revoke:
        book = ContactBook(_customer(key), journal)
        for form in forms:
            contact = book.holding(form)
            if contact is not None:
                book.release(contact, reason="superseded")
        book.write("contact_point.supersede")


def _customer(key: UUID) -> Customer:
    found: Customer = Customer.objects.select_for_update(of=("self",)).get(uuid=key)
    return found
