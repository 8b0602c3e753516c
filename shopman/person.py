"""One person as the whole suite knows them: by keys, by contacts, and by the words of texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal
from urllib.parse import unquote_plus
from uuid import UUID

from shopman.text import name_words

#: What stands where a text named the person.
ERASED: Final = "[erased]"
#: Shorter words are found in texts about anybody.
_SHORTEST: Final = 5
#: Digits that make a number one person's.
_DIGITS: Final = 8
#: Of a row without a key: the person's, for staff to decide, somebody else's.
Standing = Literal["own", "doubtful", "foreign"]
_BETWEEN: Final = r"[\s().\-/]{0,3}"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A customer, the records that were merged into it, and what names them.

    Rows that carry no key (a guest's order) are the person's where they carry a contact the person
    *proved* and a name that fits: a number may have had another holder before, and what somebody
    merely typed may be anybody's. What else carries a contact of theirs is for staff to decide.
    """

    keys: frozenset[UUID]
    codes: frozenset[str] = frozenset()
    #: Canonical contacts they proved to have, and have.
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    #: Canonical contacts that nobody proved, or that they gave up.
    claimed: frozenset[str] = frozenset()
    #: Those of a family or an office.
    shared: frozenset[str] = frozenset()
    #: Further values that name nobody else: documents, accounts.
    words: frozenset[str] = frozenset()
    #: Values that name them in a text, and perhaps a namesake as well.
    hints: frozenset[str] = frozenset()
    #: The names of the records, whole.
    names: frozenset[str] = frozenset()
    #: Keys of rows without a customer's key that somebody decided are theirs.
    also: frozenset[UUID] = frozenset()

    @property
    def contacts(self) -> frozenset[str]:
        """Every contact of theirs, proved or not."""
        return self.phones | self.emails | self.claimed | self.shared

    def standing(self, contacts: Iterable[str | None], name: str | None, *, row: UUID) -> Standing:
        """Whose a row is that carries no key, but these contacts and this name."""
        if row in self.also:
            return "own"
        given, fits = set(filter(None, contacts)), self.answers_to(name or "")
        if given & (self.phones | self.emails):
            return "own" if fits else "doubtful"
        if given & self.claimed or (name and fits and given & self.shared):
            return "doubtful"
        return "foreign"

    def answers_to(self, name: str) -> bool:
        """Whether a name may be the person's: one of theirs with words left out, or added.

        An initial is its word. Whoever has another first name and the same family's is another.
        """
        given = name_words(name)
        known = map(name_words, self.names)
        return not given or any(_among(given, each) or _among(each, given) for each in known)

    @cached_property
    def subjects(self) -> list[str]:
        """What the audit trail and the outbox call this person."""
        return sorted(f"customer:{key}" for key in self.keys)

    def is_named(self, text: str) -> bool:
        """Whether a text, or a query string, names the person, or a namesake."""
        return any(self._names.search(form) for form in (text, unquote_plus(text)))

    def is_told(self, value: Any) -> bool:
        """Whether a JSON value names the person, or a namesake, anywhere."""
        return any(self.is_named(text) for text in texts(value))

    def is_meant(self, value: Any) -> bool:
        """Whether a JSON value holds anything that only this person is known by."""
        return any(self._marks.search(text) for text in texts(value))

    def without(self, value: Any) -> Any:
        """A JSON value, or a text, in which ``[erased]`` stands for the person."""
        if isinstance(value, str):
            return self._words.sub(ERASED, value)
        if isinstance(value, Mapping):
            return {key: self.without(each) for key, each in value.items()}
        if isinstance(value, Sequence):
            return [self.without(each) for each in value]
        return value

    @cached_property
    def _names(self) -> re.Pattern[str]:
        return _either(self._patterns | {str(key) for key in self.keys})

    @cached_property
    def _words(self) -> re.Pattern[str]:
        # A key names a record, and what refers to it must find it still.
        return _either(self._patterns)

    @cached_property
    def _marks(self) -> re.Pattern[str]:
        return _either(_forms(self._own) | {str(key) for key in self.keys})

    @cached_property
    def _patterns(self) -> set[str]:
        return _forms({*self._own, *self.hints})

    @property
    def _own(self) -> frozenset[str]:
        return self.phones | self.emails | self.words | self.codes


def _among(some: Sequence[str], all_: Sequence[str]) -> bool:
    """Whether each of some words is one of the others, and not all are initials."""
    is_known = all(any(_is_same(one, other) for other in all_) for one in some)
    return is_known and not set(some).isdisjoint(all_)


def _is_same(one: str, other: str) -> bool:
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])


def _forms(texts: Iterable[str]) -> set[str]:
    numbers = {_as_number(text) for text in texts} - {""}
    return numbers | {re.escape(text) for text in texts if len(text) >= _SHORTEST}


def _either(patterns: set[str]) -> re.Pattern[str]:
    # Nobody is named when nothing is known: an empty pattern would match all.
    either = "|".join(sorted(patterns, key=len, reverse=True)) or "(?!)"
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def texts(value: Any) -> Iterable[str]:
    """Every text of a JSON value; numbers as they are written."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, Sequence):
        for each in value:
            yield from texts(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _as_number(text: str) -> str:
    """How the digits of a number are found however they are grouped; empty for other texts."""
    digits = re.sub(r"\D", "", text.partition(";")[0])
    if len(digits) < _DIGITS or re.search(r"[^\d\s().\-/+]", text.partition(";")[0]):
        return ""
    # The country's prefix is often left out: what remains after up to three digits is enough.
    prefix = max(0, min(3, len(digits) - _DIGITS)) if text.startswith("+") else 0
    head = "".join(rf"(?:{each}{_BETWEEN})?" for each in digits[:prefix])
    return rf"[+(]{{0,2}}{head}{_BETWEEN.join(digits[prefix:])}"
