"""One pair, scored: log2 odds that two customers are one person, with what each feature adds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import product

from guestman.contrib.duplicates.rules import agreement, names, weights
from guestman.contrib.duplicates.rules.agreement import Level
from guestman.contrib.duplicates.rules.evidence import Evidence, graded
from guestman.contrib.duplicates.rules.evidence import total as sum_of
from guestman.contrib.duplicates.rules.people import Person, Place
from guestman.contrib.duplicates.rules.weights import Frequencies, Kind, constant, weight
from guestman.rules import sameness

__all__ = ["Band", "Evidence", "Score", "score"]

#: Where the bands begin, in bits.
LIKELY = 0.0
POSSIBLE = -4.0
CERTAIN = 20.0
#: A household shares its family name, address and phone, twins a birth date, couples an e-mail
#: address: the most for people of different first names, or of birth dates far apart.
HOUSEHOLD = -2.0
#: How much lower either is where phones of both are known and say nothing for one person.
PHONES_KNOWN = -4.0
#: The most that a name says alone, or with a town.
NAME_ALONE = -1.0
#: The parts of an address follow from each other.
ADDRESS = 18.0


class Band(StrEnum):
    """How sure a score is. ``CERTAIN`` alone may ever be merged without a person looking."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Bits above or below even odds; ``evidence`` sums up to ``total`` together with the prior."""

    total: float
    evidence: tuple[Evidence, ...]
    band: Band


def score(first: Person, second: Person, frequencies: Frequencies) -> Score:
    """Compare two people. Symmetric; a company and a person are never one."""
    if sameness.kinds_differ(first.is_company, second.is_company):
        return Score(total=weights.DOCUMENT_DIFFERS * 2, evidence=(), band=Band.UNLIKELY)
    found = [
        *_crowd(frequencies),
        *names.compare(first, second, frequencies),
        *_birth_date(first, second),
        *_contacts(first, second),
        *_documents(first, second),
        *_address(first, second, frequencies),
    ]
    # Rounded before the caps, so that a capped score is the cap and not a hundredth off it.
    rounded = [
        Evidence(feature=each.feature, level=each.level, weight=round(each.weight, 2))
        for each in found
    ]
    evidence = (*rounded, *_capped(rounded))
    total = round(weights.PRIOR + sum_of(evidence), 2)
    return Score(total=total, evidence=evidence, band=_band(total, evidence))


def _band(total: float, evidence: tuple[Evidence, ...]) -> Band:
    if total < POSSIBLE:
        return Band.UNLIKELY
    if total < LIKELY:
        return Band.POSSIBLE
    levels = {each.feature: each.level for each in evidence}
    named = "names_swapped" in levels or (
        levels.get("given_name") in _AGREES and levels.get("family_name") in _AGREES
    )
    documented = levels.get("document") == "exact"
    if documented:
        named |= levels.get("given_name") == "part" and levels.get("family_name") in _AGREES
    known = documented or levels.get("birth_date") in _DATE_AGREES
    contradicted = (
        levels.get("document") == "different"
        or levels.get("birth_date") in _DATE_APART
        or "generation" in levels
    )
    if total >= CERTAIN and named and known and not contradicted:
        return Band.CERTAIN
    return Band.LIKELY


_AGREES = {"exact", "near"}
_DATE_AGREES = {"exact", "slip"}
_DATE_APART = {"different", "same_season", "two_slips"}


def ground(frequencies: Frequencies) -> float:
    """Bits of two people of whom nothing is known."""
    return weights.PRIOR + _crowd_bits(frequencies.people)


@lru_cache(maxsize=64)
def _crowd_bits(people: int) -> float:
    """Never above nothing."""
    return -math.log2(max(people, weights.CROWD) / weights.CROWD)


def _crowd(frequencies: Frequencies) -> Iterator[Evidence]:
    """Among more people, more strangers have something in common."""
    if frequencies.people > weights.CROWD:
        yield Evidence(feature="crowd", level="large", weight=_crowd_bits(frequencies.people))


# Birth date, contacts, documents


def _birth_date(first: Person, second: Person) -> Iterator[Evidence]:
    if first.birth_date and second.birth_date:
        level = agreement.dates(first.birth_date, second.birth_date)
        yield graded("birth_date", level, constant(weights.BIRTH_DATE, level))


def _contacts(first: Person, second: Person) -> Iterator[Evidence]:
    if first.emails and second.emails:
        level = min(agreement.emails(*pair) for pair in product(first.emails, second.emails))
        yield graded("email", level, constant(weights.EMAIL, level))
    if first.phones and second.phones:
        agrees = bool(first.phones & second.phones)
        level = Level.EXACT if agrees else Level.DIFFERENT
        yield graded("phone", level, weights.PHONE_AGREES if agrees else weights.PHONE_DIFFERS)


def _documents(first: Person, second: Person) -> Iterator[Evidence]:
    level = agreement.documents(first.documents, second.documents)
    if level is not None:
        yield graded("document", level, weights.DOCUMENT[level])


# Address


def _address(first: Person, second: Person, frequencies: Frequencies) -> Iterator[Evidence]:
    """The best pair of addresses, and what its parts count too much together."""
    rated = [
        list(_place(one, other, frequencies)) for one, other in product(first.places, second.places)
    ]
    if not rated:
        return
    best = max(rated, key=sum_of)
    yield from best
    total = sum_of(best)
    if total > ADDRESS:
        yield Evidence(feature="address", level="together", weight=ADDRESS - total)


def _place(first: Place, second: Place, frequencies: Frequencies) -> Iterator[Evidence]:
    yield from _lines(first, second, frequencies)
    for kind in _PARTS:
        one, other = getattr(first, kind), getattr(second, kind)
        if one and other:
            level = agreement.words(one, other)
            yield graded(kind, level, weight(kind, level, one, other, frequencies))


_PARTS: tuple[Kind, ...] = ("number", "city", "region", "postal_code")


def _lines(first: Place, second: Place, frequencies: Frequencies) -> Iterator[Evidence]:
    """Each line of the shorter address with its best counterpart, whatever the order."""
    short, long = sorted((first.lines, second.lines), key=lambda lines: (len(lines), lines))
    left = list(long)
    for line in short:
        level, other = min((agreement.words(line, each), each) for each in left)
        left.remove(other)
        yield graded("line", level, weight("line", level, line, other, frequencies))


# What all of it together may say at most


def _capped(found: list[Evidence]) -> Iterator[Evidence]:
    levels = {each.feature: each.level for each in found if each.feature != "line"}
    lines = {each.level for each in found if each.feature == "line"}
    caps = sorted(_caps(levels, lines), key=lambda each: each[1])
    excess = weights.PRIOR + sum_of(found) - caps[0][1] if caps else 0.0
    if excess > 0:
        yield Evidence(feature=caps[0][0], level="together", weight=round(-excess, 2))


def _caps(levels: Mapping[str, str], lines: set[str]) -> Iterator[tuple[str, float]]:
    """What keeps a pair from being likely, with the highest score it leaves."""
    dated = levels.get("birth_date") in _DATE_AGREES
    mailed = levels.get("email") in _AGREES
    documented = levels.get("document") == "exact"
    given = levels.get("given_name")
    less = PHONES_KNOWN if "phone" in levels else 0.0
    if (
        (given == "different" and not (documented or (dated and mailed)))
        or (given == "other_name" and not (documented or dated))
        or ("generation" in levels and not (documented or dated))
        or (levels.get("birth_date") == "different" and not (documented or mailed))
    ):
        yield "household", HOUSEHOLD + (0.0 if dated or mailed else less)
    # The same house or nearly so; a town, a region or a house number alone is none.
    lives_there = bool(lines & _AGREES) and (
        levels.get("number") == "exact" or levels.get("postal_code") in _AGREES
    )
    phoned = levels.get("phone") == "exact"
    if not (dated or mailed or documented or phoned or lives_there):
        yield "name_alone", NAME_ALONE + less
