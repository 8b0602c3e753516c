"""Whether something an import brings belongs to a person who was erased.

Core knows nobody by default; the room of privacy recognises keyed hashes. A file or a source does
not bring an erased person back; who comes back themself is a new customer, so the resolver of the
store and the door do not ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from uuid import UUID

from guestman.conf import conf
from guestman.errors import ContactErased
from guestman.models import ContactPoint, Customer, ExternalIdentity
from guestman.rules.contacts import ContactForm
from guestman.rules.identifying import DOCUMENT, PROVIDER, account_key
from guestman.services import traits

#: ``recognise(family, keys)`` answers the keys that were an erased person's, each with the key of
#: the empty record. Families and keys are those of identifiers: ``phone``, ``email``, ``document``,
#: ``provider:<name>``, ``import:<source>`` ..., and ``code``.
Recognise = Callable[[str, Collection[str]], Mapping[str, UUID]]
#: ``known_by(customers)`` answers family and key of what these customers are found by.
KnownBy = Callable[[Collection[UUID]], Iterable[tuple[str, str]]]

_recognisers: list[Recognise] = []
_rooms: list[KnownBy] = []


def recognise_with(recognise: Recognise) -> None:
    """Ask ``recognise`` from now on; for an app's ``ready()``."""
    if recognise not in _recognisers:
        _recognisers.append(recognise)


def remember_also(known_by: KnownBy) -> None:
    """Have an erasure remember what a room finds customers by, too; for an app's ``ready()``."""
    if known_by not in _rooms:
        _rooms.append(known_by)


def known_by(customers: Collection[UUID]) -> set[tuple[str, str]]:
    """Family and key of all that these customers are found by, in core and in the rooms."""
    found: set[tuple[str, str]] = set()
    for row in Customer.objects.filter(pk__in=customers):
        found.add(("code", row.code))
        if row.document:
            found.add((DOCUMENT, traits.document_of(row).key))
    contacts = ContactPoint.objects.filter(customer__in=customers)
    found.update(contacts.values_list("family", "match_key"))
    accounts = ExternalIdentity.objects.filter(customer__in=customers)
    for provider, subject, issuer in accounts.values_list("provider", "subject", "issuer"):
        found.add((f"{PROVIDER}{provider}", account_key(subject, issuer)))
    for room in _rooms:
        found.update(room(customers))
    return found


def erased_code(key: UUID) -> str:
    """The code of an erased customer, from the 62 random bits of the key (RFC 9562)."""
    return f"ERASED-{key.hex[-16:]}"


def erased(family: str, keys: Collection[str]) -> dict[str, UUID]:
    """Those of the keys that an erased person was known by, and the key of the empty record."""
    found: dict[str, UUID] = {}
    for recognise in _recognisers:
        found.update(recognise(family, keys))
    return found


def erased_among(identifiers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """The same for family and key of many; a statement for each family."""
    by_family: dict[str, set[str]] = defaultdict(set)
    for family, key in identifiers:
        by_family[family].add(key)
    return {
        (family, key): customer
        for family, keys in by_family.items()
        for key, customer in erased(family, keys).items()
    }


def refuse_erased(forms: Iterable[ContactForm]) -> None:
    """Raises ContactErased for an erased person's contact, where the shop closes those.

    For contacts that nobody proved to have: who proves one has it.
    """
    if conf.ERASED_CONTACTS == "closed":
        for form in forms:
            if erased(form.family, [form.match_key]):
                raise ContactErased
