"""What a caller says of somebody, as claims in their normal form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from guestman.contrib.identifiers.errors import InvalidIdentifier
from guestman.contrib.identifiers.models import CONTACT_FAMILIES, DOCUMENT, PROVIDER
from guestman.contrib.identifiers.rules import junk
from guestman.contrib.identifiers.rules.claims import Claim, Key
from guestman.contrib.identifiers.services.blocking import own_junk
from guestman.errors import InvalidContact, InvalidDocument, InvalidEmail, InvalidPhone, InvalidText
from guestman.rules import documents, text
from guestman.rules.contacts import KINDS, ContactForm, contact_form
from guestman.rules.documents import Document
from guestman.rules.evidence import Evidence
from guestman.rules.identifying import account_key
from shopman import tenancy
from shopman.masking import masked

#: ``V``: proved, ``A``: asserted by staff or a trusted channel, ``U``: typed.
Level = Evidence | Mapping[str, Evidence]
Problem = Literal["invalid", "junk", "shared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account at a provider."""

    provider: str
    subject: str
    issuer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """Somebody as a caller describes him; whatever is empty is not known.

    ``contacts`` are contacts of other kinds: ``{"instagram": "ana"}``.
    ``evidence`` is one level for all or a level by kind; kinds that are left out are ``U``.
    ``cards`` are further numbers by kind: ``{"loyalty_card": "1234", "external:erp": "77"}``.
    ``method`` is how V was proved, as for a contact point. ``record`` names the record this is
    about (type and key): asked again, the same customer is answered.
    """

    email: str | None = None
    phone: str | None = None
    whatsapp: str | None = None
    name: str | None = None
    document: str | None = None
    external: Account | None = None
    contacts: Mapping[str, str] = field(default_factory=dict)
    cards: Mapping[str, str] = field(default_factory=dict)
    evidence: Level = "U"
    method: str = "channel_asserted"
    source: str = ""
    record: tuple[str, str] | None = None
    #: ISO 3166-1: how national numbers and documents are read; None: the tenant's.
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A claimant in normal form."""

    claims: tuple[Claim, ...]
    contacts: Mapping[Key, ContactForm]
    documents: Mapping[Key, Document]
    accounts: Mapping[Key, Account]
    name: str
    source: str
    method: str
    record: tuple[str, str] | None = None
    #: By kind: what was given and is no identifier.
    problems: Mapping[str, Problem] = field(default_factory=dict)


def of_kind(kind: str, value: str, **facts: Any) -> Claimant:
    """Somebody of whom one identifier is known. A provider's kind is ``provider:<name>``."""
    if kind in KINDS:
        return Claimant(contacts={kind: value}, **facts)
    if kind == DOCUMENT:
        return Claimant(document=value, **facts)
    if kind.startswith(PROVIDER):
        account = Account(provider=kind.removeprefix(PROVIDER), subject=value)
        return Claimant(external=account, **facts)
    return Claimant(cards={kind: value}, **facts)


def stated(claimant: Claimant, *, own: junk.Own | None = None) -> Stated:
    """The claims of somebody. What is no identifier is left out and said in ``problems``.

    ``own`` is the shop's own junk where it is at hand. Raises InvalidIdentifier for a kind or level
    there is not, InvalidText for a source too long.
    """
    reading = _Reading(claimant, own or own_junk())
    claims = tuple(reading.claims())
    return Stated(
        claims=claims,
        contacts=reading.contacts,
        documents=reading.documents,
        accounts=reading.accounts,
        name=_name(claimant.name),
        source=text.line(claimant.source, "source", 64),
        method=claimant.method,
        record=claimant.record,
        problems=reading.problems,
    )


def all_stated(claimants: Iterable[Claimant]) -> list[Stated]:
    """The claims of many; what is junk in the shop is read once."""
    own = own_junk()
    return [stated(each, own=own) for each in claimants]


def of_proof(kind: str, value: str, *, method: str, source: str) -> Stated:
    """The one claim of somebody who just proved to have this contact, in its canonical form.

    Whatever it looks like, it is somebody's: nothing proved is junk. Raises InvalidPhone and its
    like.
    """
    form = contact_form(kind, value, None)
    claim = Claim(family=form.family, key=form.match_key, evidence="V")
    return Stated(
        claims=(claim,),
        contacts={claim.at: form},
        documents={},
        accounts={},
        name="",
        source=source,
        method=method,
    )


def masked_claims(claims: Iterable[Claim]) -> dict[str, str]:
    """Claims as staff and trails may see them: every value masked, those of one family in a row."""
    found: dict[str, list[str]] = {}
    for claim in claims:
        found.setdefault(claim.family, []).append(masked(claim.key.rpartition("\n")[2]))
    return {family: ", ".join(dict.fromkeys(values)) for family, values in found.items()}


def _name(given: str | None) -> str:
    try:
        name = text.line(given or "", "name", 300)
    except InvalidText:
        return ""
    return "" if junk.is_token(name) else name


class _Reading:
    """Reads one claimant."""

    def __init__(self, claimant: Claimant, own: junk.Own) -> None:
        self.claimant = claimant
        self.region = claimant.region or tenancy.current().default_region
        self.own = own
        self.contacts: dict[Key, ContactForm] = {}
        self.documents: dict[Key, Document] = {}
        self.accounts: dict[Key, Account] = {}
        self.problems: dict[str, Problem] = {}

    def claims(self) -> Iterator[Claim]:
        one = self.claimant
        named = {"email": one.email, "phone": one.phone, "whatsapp": one.whatsapp}
        for kind, value in (*named.items(), *one.contacts.items()):
            yield from self._contact(kind, value)
        yield from self._document(one.document)
        if one.external is not None:
            yield from self._account(one.external)
        for kind, value in one.cards.items():
            yield from self._card(kind, value)

    def _contact(self, kind: str, value: str | None) -> Iterator[Claim]:
        if value is None or not value.strip():
            return
        if junk.is_token(value):
            self.problems[kind] = "junk"
            return
        try:
            form = contact_form(kind, value, self.region)
        except (InvalidContact, InvalidEmail, InvalidPhone):
            self.problems[kind] = "invalid"
            return
        claim = self._claim(kind, form.family, form.match_key)
        self.contacts[claim.at] = form
        yield claim

    def _document(self, value: str | None) -> Iterator[Claim]:
        if value is None or not value.strip():
            return
        try:
            found = documents.parse(value, country=self.region)
        except InvalidDocument:
            self.problems[DOCUMENT] = "invalid"
            return
        claim = self._claim(DOCUMENT, DOCUMENT, found.key)
        self.documents[claim.at] = found
        yield claim

    def _account(self, account: Account) -> Iterator[Claim]:
        family = f"{PROVIDER}{text.line(account.provider, 'provider', 32, min_length=1)}"
        try:
            subject = text.line(account.subject, "subject", 255, min_length=1)
            issuer = text.line(account.issuer, "issuer", 255)
        except InvalidText:
            self.problems["external"] = "invalid"
            return
        claim = self._claim("external", family, account_key(subject, issuer), is_exclusive=True)
        self.accounts[claim.at] = Account(provider=account.provider, subject=subject, issuer=issuer)
        yield claim

    def _card(self, kind: str, value: str) -> Iterator[Claim]:
        family = card_kind(kind)
        try:
            key = text.line(value, kind, 255, min_length=1)
        except InvalidText:
            self.problems[kind] = "invalid"
            return
        yield self._claim(kind, family, key, is_exclusive=True)

    def _claim(self, kind: str, family: str, key: str, *, is_exclusive: bool = False) -> Claim:
        standing = junk.standing(family, key, self.own)
        if standing != "usable":
            self.problems[kind] = standing
        return Claim(
            family=family,
            key=key,
            evidence=self._level(kind),
            standing=standing,
            is_exclusive=is_exclusive,
        )

    def _level(self, kind: str) -> Evidence:
        given = self.claimant.evidence
        level = given if isinstance(given, str) else given.get(kind, "U")
        if level not in get_args(Evidence):
            raise InvalidIdentifier
        return level


def card_kind(kind: str) -> str:
    """The family of numbers of this kind. Raises InvalidIdentifier for the suite's own kinds."""
    clean = kind.strip().lower()
    own = clean in (*KINDS, *CONTACT_FAMILIES, DOCUMENT) or clean.startswith(PROVIDER)
    if own or not 1 <= len(clean) <= 48 or not clean.isprintable() or " " in clean:
        raise InvalidIdentifier
    return clean
