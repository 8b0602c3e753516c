"""Whether something an import brings belongs to a person who was erased.

Core knows nobody by default; the room of privacy recognises keyed hashes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from uuid import UUID

from guestman.conf import conf
from guestman.errors import ContactErased
from guestman.rules.contacts import ContactForm

#: ``recognise(kind, values)`` answers the values that are an erased person's, each with the key of
#: the empty record. ``kind``: phone, email, document, code; values are canonical.
Recognise = Callable[[str, Collection[str]], Mapping[str, UUID]]

_recognisers: list[Recognise] = []


def recognise_with(recognise: Recognise) -> None:
    """Ask ``recognise`` from now on; for an app's ``ready()``."""
    if recognise not in _recognisers:
        _recognisers.append(recognise)


def erased_code(key: UUID) -> str:
    """The code of an erased customer, from the 62 random bits of the key (RFC 9562)."""
    return f"ERASED-{key.hex[-16:]}"


def erased(kind: str, values: Collection[str]) -> dict[str, UUID]:
    """Those of the values that an erased person was known by, and the key of the empty record."""
    found: dict[str, UUID] = {}
    for recognise in _recognisers:
        found.update(recognise(kind, values))
    return found


def refuse_erased(forms: Iterable[ContactForm]) -> None:
    """Raises ContactErased for an erased person's contact, where the shop closes those.

    For contacts that nobody proved to have: who proves one has it.
    """
    if conf.ERASED_CONTACTS == "closed":
        for form in forms:
            if erased(form.family, [form.match_key]):
                raise ContactErased
