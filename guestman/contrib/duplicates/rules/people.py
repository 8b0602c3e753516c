"""A customer as the scorer compares him: every value in its normal form, empty where unknown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from guestman.rules.documents import Document
from guestman.rules.names import name_words
from shopman.text import fold

#: Words after a family name that tell father, son and grandson apart, and what they mean.
GENERATIONS = {
    "junior": "son",
    "jr": "son",
    "filho": "son",
    "hijo": "son",
    "neto": "grandson",
    "nieto": "grandson",
    "sobrinho": "nephew",
    "senior": "father",
    "ii": "second",
    "iii": "third",
}

_NOT_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A postal address, folded. Lines of one address may stand in any order (``lines``)."""

    #: Street, complement, district: what people write into one another's fields.
    lines: tuple[str, ...] = ()
    number: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is compared. ``given`` and ``family`` are folded words without particles."""

    given: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    birth_date: dt.date | None = None
    documents: frozenset[Document] = frozenset()
    #: Canonical addresses, ``local@domain``.
    emails: frozenset[str] = frozenset()
    #: Variant keys: one for the spellings that reach the same handset.
    phones: frozenset[str] = frozenset()
    places: tuple[Place, ...] = field(default=())
    is_company: bool = False


def named(first_name: str, last_name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words of the given and of the family name; of a whole name in one field, the first is given.

    >>> named("João Carlos", "da Silva"), named("Ana de Souza", "")
    ((('joao', 'carlos'), ('silva',)), (('ana',), ('souza',)))
    """
    given, family = _words(first_name), _words(last_name)
    return (given, family) if family else (given[:1], given[1:])


#: The same few thousand names and streets come again and again.
_words = lru_cache(maxsize=2**15)(name_words)


def place(
    *,
    lines: Iterable[str] = (),
    number: str = "",
    city: str = "",
    region: str = "",
    postal_code: str = "",
) -> Place:
    """An address in its normal form."""
    return Place(
        lines=tuple(filter(None, map(folded, lines))),
        number=folded(number),
        city=folded(city),
        region=folded(region),
        postal_code=folded(postal_code).replace(" ", ""),
    )


@lru_cache(maxsize=2**15)
def folded(text: str) -> str:
    """Lower case ASCII words with single spaces."""
    return _NOT_WORD.sub(" ", fold(text)).strip()
