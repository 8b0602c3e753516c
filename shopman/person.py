"""One person as the whole suite knows them: by keys, by contacts, and by the words of texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import unquote_plus
from uuid import UUID

from shopman.text import fold

#: What stands where a text named the person.
ERASED: Final = "[erased]"
#: Shorter words are found in texts about anybody.
_SHORTEST: Final = 5
#: Digits that make a number one person's.
_DIGITS: Final = 8
_BETWEEN: Final = r"[\s().\-/]{0,3}"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A customer, the records that were merged into it, and what is theirs alone.

    ``phones`` and ``emails`` are canonical and find what carries no key (a guest's order), so they
    hold only contacts that are this person's. ``words`` are further values that name the person in
    a text: full name, document, account names, what was typed.
    """

    keys: frozenset[UUID]
    codes: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    #: The person's names, where what carries no key must fit one of them: a number may have had
    #: another holder before. None: the contact is enough.
    names: frozenset[str] | None = None

    def answers_to(self, name: str) -> bool:
        """Whether something that carries no key, but this name, may be the person's."""
        if self.names is None:
            return True
        known = {word for each in self.names for word in fold(each).split()}
        given = set(fold(name).split())
        return not given or bool(given & known)

    @cached_property
    def subjects(self) -> list[str]:
        """What the audit trail and the outbox call this person."""
        return sorted(f"customer:{key}" for key in self.keys)

    def is_named(self, text: str) -> bool:
        """Whether a text, or a query string, names the person."""
        return any(self._names.search(form) for form in (text, unquote_plus(text)))

    def is_told(self, value: Any) -> bool:
        """Whether a JSON value names the person anywhere."""
        return any(self.is_named(text) for text in texts(value))

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
    def _patterns(self) -> set[str]:
        numbers = {_as_number(text) for text in (*self.phones, *self.words)} - {""}
        exact = (*self.phones, *self.emails, *self.words, *self.codes)
        return numbers | {re.escape(text) for text in exact if len(text) >= _SHORTEST}


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
