"""The most that two people can score, found in a fraction of the time.

Most pairs that share a key are strangers. Whatever two of them agree on at best leaves them below
what is stored, which a few look-ups show; the others are scored. Nothing is lost by it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from functools import cache

from guestman.contrib.duplicates.rules import agreement, names, scoring, weights
from guestman.contrib.duplicates.rules.agreement import DateLevel, Level
from guestman.contrib.duplicates.rules.evidence import total
from guestman.contrib.duplicates.rules.people import Person
from guestman.contrib.duplicates.rules.weights import Frequencies, Kind
from guestman.rules import sameness

#: Evidence is rounded to two decimals, each piece by itself.
ROUNDING = 0.1


def may_be_stored(first: Person, second: Person, frequencies: Frequencies) -> bool:
    """Whether two people may score as much as the lowest band. False only when they do not."""
    if sameness.kinds_differ(first.is_company, second.is_company):
        return False
    date = _date(first.birth_date, second.birth_date)
    email = _email(first.emails, second.emails)
    bits = scoring.ground(frequencies)
    if date is not None:
        bits += _date_bits(date)
    if email is not None:
        bits += _email_bits(email)
    agrees = date in _DATE_AGREES or email in _AGREES
    document = agreement.documents(first.documents, second.documents)
    if document is not None:
        bits += weights.DOCUMENT[document]
        agrees |= document is Level.EXACT
    ceiling = scoring.NAME_ALONE
    if first.phones and second.phones:
        phoned = not first.phones.isdisjoint(second.phones)
        bits += weights.PHONE_AGREES if phoned else weights.PHONE_DIFFERS
        agrees |= phoned
        ceiling += scoring.PHONES_KNOWN
    if ceiling < scoring.POSSIBLE and not agrees and not _may_be_neighbours(first, second):
        return False
    if first.places and second.places:
        bits += scoring.ADDRESS
    missing = scoring.POSSIBLE - ROUNDING - bits
    return _rarest_names() >= missing and _names(first, second, frequencies) >= missing


_AGREES = (Level.EXACT, Level.NEAR)
_DATE_AGREES = (DateLevel.EXACT, DateLevel.SLIP)


def _date(first: dt.date | None, second: dt.date | None) -> DateLevel | None:
    return agreement.dates(first, second) if first and second else None


def _email(first: Collection[str], second: Collection[str]) -> Level | None:
    if not (first and second):
        return None
    return min(agreement.emails(one, other) for one in first for other in second)


def _may_be_neighbours(first: Person, second: Person) -> bool:
    return any(
        (one.number and one.number == other.number)
        or agreement.words(one.postal_code, other.postal_code) in _AGREES
        for one in first.places
        for other in second.places
    )


@cache
def _date_bits(level: DateLevel) -> float:
    return weights.constant(weights.BIRTH_DATE, level)


@cache
def _email_bits(level: Level) -> float:
    return weights.constant(weights.EMAIL, level)


def _names(first: Person, second: Person, frequencies: Frequencies) -> float:
    """The most that their names say, straight or in each other's place."""
    straight = 0.0
    if first.given and second.given:
        straight += _most(
            "given_name", agreement.given_names, first.given, second.given, frequencies
        )
    if first.family and second.family:
        straight += _family(first.family, second.family, frequencies)
    return max(straight, total(names.turned(first, second, frequencies)))


def _family(one: tuple[str, ...], other: tuple[str, ...], frequencies: Frequencies) -> float:
    most = _most("family_name", agreement.words, one, other, frequencies)
    if len(one) > 1 or len(other) > 1:
        whole = agreement.words(names.joined(one), names.joined(other))
        if whole is not Level.DIFFERENT:
            most = max(most, _best("family_name", whole))
    return most


def _most(
    kind: Kind,
    agrees: Callable[[str, str], Level],
    first: tuple[str, ...],
    second: tuple[str, ...],
    frequencies: Frequencies,
) -> float:
    """The most that any two of these words say; below nothing where all of them differ."""
    found = [
        weights.weight(kind, level, one, other, frequencies)
        for one in first
        for other in second
        if (level := agrees(one, other)) is not Level.DIFFERENT
    ]
    return max(0.0, *found) if found else _different(kind)


@cache
def _rarest_names() -> float:
    straight = _best("given_name", Level.EXACT) + _best("family_name", Level.EXACT)
    return max(straight, names.MOST_TURNED)


@cache
def _best(kind: Kind, level: Level) -> float:
    """Of the rarest words."""
    shares = weights.SHARES[kind]
    return weights.bits(shares.same[level], max(shares.chance[level], shares.rarest or 0.0))


@cache
def _different(kind: Kind) -> float:
    shares = weights.SHARES[kind]
    return weights.bits(shares.same[Level.DIFFERENT], shares.chance[Level.DIFFERENT])
