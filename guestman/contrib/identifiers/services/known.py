"""What a known customer is given by claims that led to him."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from guestman.contrib.identifiers.conf import conf
from guestman.contrib.identifiers.models import DOCUMENT, CustomerIdentifier
from guestman.contrib.identifiers.rules.claims import Claim, Hit, Key
from guestman.contrib.identifiers.rules.outcome import Decision
from guestman.contrib.identifiers.services import derivation
from guestman.contrib.identifiers.services.claims import Stated
from guestman.contrib.identifiers.services.newcomers import own_row
from guestman.models import Customer
from guestman.rules.contacts import ContactForm, proves
from guestman.services import contact_point, external_identity, fields, possession
from guestman.services import customer as customers
from guestman.services.journal import Journal


@dataclass(slots=True, kw_only=True)
class Given:
    """What became of the claims."""

    #: Fields and families that the customer has more than before.
    enriched: list[str] = field(default_factory=list)
    #: Claims that are remembered beside him.
    pending: list[Claim] = field(default_factory=list)
    #: Claims he was not given because he has too many of the kind.
    refused: list[Claim] = field(default_factory=list)


def give(
    customer: Customer, said: Stated, decision: Decision, hits: Iterable[Hit], journal: Journal
) -> Given:
    """Verify, attach and remember as decided. The caller holds the locks and writes the journal.

    Nothing is overwritten and nothing taken but what is proved. A closed customer is left as he is.
    """
    given = Given()
    if not customer.is_active:
        return given
    allowance = _Allowance(customer, hits)
    for claim in decision.verify:
        if allowance.takes(claim):
            if _verify(customer, claim, said, journal):
                given.enriched.append(claim.family)
        else:
            given.refused.append(claim)
    for claim in decision.attach:
        if not allowance.takes(claim):
            given.refused.append(claim)
        elif _attach(customer, claim, said):
            given.enriched.append(claim.family)
    _remember(customer, said, decision.pending, allowance, given)
    if decision.verify:
        given.enriched += _name(customer, said)
    return given


def unknown_pending(customer: Customer, claims: Sequence[Claim]) -> list[Claim]:
    """Those of the claims that are not noted beside the customer yet. One query."""
    if not claims:
        return []
    places = [(customer.pk, each.family, each.key) for each in claims]
    known = set(
        CustomerIdentifier.objects.filter(derivation.at_places(places)).values_list(
            "family", "match_key"
        )
    )
    return [each for each in claims if each.at not in known]


class _Allowance:
    """How many identifiers of a family the customer may still be given."""

    def __init__(self, customer: Customer, hits: Iterable[Hit]) -> None:
        self._customer = customer
        self._hit = {
            each.at
            for each in hits
            if each.owner.customer == customer.pk and not (each.is_variant or each.is_hint)
        }

    @cached_property
    def _known(self) -> set[Key]:
        rows = CustomerIdentifier.objects.filter(customer=self._customer)
        return set(rows.values_list("family", "match_key"))

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(family for family, _ in self._known)

    def takes(self, claim: Claim) -> bool:
        """Whether there is room, which is then taken; what he has takes none."""
        if self.knows(claim):
            return True
        most = 1 if claim.family == DOCUMENT or claim.is_exclusive else conf.MAX_PER_FAMILY
        if self._counts[claim.family] >= most:
            return False
        self._counts[claim.family] += 1
        self._known.add(claim.at)
        return True

    def knows(self, claim: Claim) -> bool:
        """Whether the customer has it, if only as a claim."""
        return claim.at in self._hit or claim.at in self._known


def _verify(customer: Customer, claim: Claim, said: Stated, journal: Journal) -> bool:
    """Note that the customer proved to have this; whether it is new to him."""
    form = said.contacts.get(claim.at)
    if form is None:
        return _attach(customer, claim, said)
    held = possession.Claim(form, customer.pk, journal)
    contact = held.book.holding(form)
    is_new = contact is None
    if contact is None:
        contact = held.book.add(form, evidence="A", source=said.source)
    held.prove(contact, method=proves(said.method, form.kind))
    return is_new


def _attach(customer: Customer, claim: Claim, said: Stated) -> bool:
    """Give the customer what he is found by from now on; whether he is."""
    if form := said.contacts.get(claim.at):
        return _add(customer, form, claim, said)
    if document := said.documents.get(claim.at):
        if customer.document:
            return False
        customers.update(
            customer.pk,
            document=document.number,
            document_country=document.country,
            document_kind=document.kind,
        )
        return True
    if account := said.accounts.get(claim.at):
        external_identity.link(
            customer=customer,
            provider=account.provider,
            subject=account.subject,
            issuer=account.issuer,
        )
        return True
    derivation.store([own_row(customer, claim, said)])
    return True


def _add(customer: Customer, form: ContactForm, claim: Claim, said: Stated) -> bool:
    contact_point.add(
        customer=customer,
        kind=form.kind,
        value=form.canonical,
        evidence="A",
        source=said.source,
        is_shared=claim.standing == "shared",
    )
    return True


def _remember(
    customer: Customer,
    said: Stated,
    claims: Sequence[Claim],
    allowance: _Allowance,
    given: Given,
) -> None:
    for claim in claims:
        if allowance.knows(claim):
            continue
        if allowance.takes(claim):
            given.pending.append(claim)
        else:
            given.refused.append(claim)
    derivation.store([own_row(customer, each, said, is_pending=True) for each in given.pending])


def _name(customer: Customer, said: Stated) -> Iterator[str]:
    """A name for a customer who has none."""
    if not said.name or customer.first_name or customer.last_name:
        return
    first, _, last = said.name.partition(" ")
    columns = fields.columns(first_name=first[:150], last_name=last[:150])
    changed = customers.update(customer.pk, **columns)
    customer.first_name, customer.last_name = changed.first_name, changed.last_name
    yield from (name for name, value in columns.items() if value)
