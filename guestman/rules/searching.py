"""What is searched, and how a query is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from shopman.contact import InvalidPhone, canonical_phone, variant_key
from shopman.text import fold

#: Nothing longer is looked for.
MAX_QUERY_LENGTH = 400

_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]")
_NOT_DIGIT = re.compile(r"\D", re.ASCII)
_PHONE_LIKE = re.compile(r"(?:tel:)?[+\d][\d\s().\-/]*|\([\d\s().\-/]*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Every one of ``words`` must be found in one of its spellings, or one of ``numbers`` alone."""

    words: Sequence[Sequence[str]]
    numbers: Sequence[str]


def search_text(*, names: Iterable[str], code: str, document: str, contacts: Iterable[str]) -> str:
    """The folded text a customer is found by. ``contacts`` are match keys."""
    parts = [fold(f" {name} ") for name in names]
    parts += [fold(code), fold(document)]
    for contact in contacts:
        parts += _spellings(contact) if contact.startswith("+") else [fold(contact)]
    return "\n".join(dict.fromkeys(filter(None, parts)))


def read(text: str, region: str | None) -> Query | None:
    """How to search for what a person typed; None when there is nothing to search for."""
    # A NUL cannot be stored, so nothing contains one.
    folded = fold(text.replace("\x00", " "))
    words = [_variants(word) for word in folded.split() if _NOT_ALPHANUMERIC.sub("", word)]
    if not words or len(folded) > MAX_QUERY_LENGTH:
        return None
    numbers = _numbers(folded, region)
    if len(words) == 1:
        numbers = [each for each in numbers if each not in words[0]]
    return Query(words=words, numbers=numbers)


def _variants(word: str) -> list[str]:
    compact = _NOT_ALPHANUMERIC.sub("", word)
    # Documents and phones are stored without punctuation; an address is what it is.
    if compact != word and "@" not in word and any(map(str.isdigit, word)):
        return [word, compact]
    return [word]


def _numbers(folded: str, region: str | None) -> list[str]:
    if not _PHONE_LIKE.fullmatch(folded):
        return []
    # Zeros in front are prefixes for dialling, of this country or of another one.
    digits = _NOT_DIGIT.sub("", folded).lstrip("0")
    found = {digits} if len(digits) >= 4 else set()
    with suppress(InvalidPhone):
        found.update(_spellings(canonical_phone(folded.removeprefix("tel:"), region)))
    # What contains a longer one contains the shorter one in it as well.
    return sorted(
        each for each in found if not any(other in each and other != each for other in found)
    )


def _spellings(phone: str) -> list[str]:
    return [text.removeprefix("+") for text in dict.fromkeys((phone, variant_key(phone)))]
