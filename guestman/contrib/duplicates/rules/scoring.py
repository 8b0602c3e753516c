"""One pair, scored: log2 odds that two customers are one person, with what each feature adds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from guestman.contrib.duplicates.rules import agreement, weights
from guestman.contrib.duplicates.rules.agreement import DateLevel, Level
from guestman.contrib.duplicates.rules.people import Person, Place
from guestman.contrib.duplicates.rules.weights import Frequencies, Kind, bits, constant, weight

#: Where the bands begin, in bits.
LIKELY = 0.0
POSSIBLE = -4.0
CERTAIN = 20.0
#: A household shares its family name and address: where given names differ and birth dates do not
#: speak for one person, these make a pair possible and never likely.
HOUSEHOLD = -2.0
#: The parts of an address follow from each other.
ADDRESS = 18.0


class Band(StrEnum):
    """How sure a score is. ``CERTAIN`` alone may ever be merged without a person looking."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one feature adds, in bits of two decimals. ``level`` says how the values agree."""

    feature: str
    level: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Bits above or below even odds; ``evidence`` sums up to ``total`` together with the prior."""

    total: float
    evidence: tuple[Evidence, ...]
    band: Band


def score(first: Person, second: Person, frequencies: Frequencies) -> Score:
    """Compare two people. Symmetric; a company and a person are never one."""
    if first.is_company != second.is_company:
        return Score(total=weights.DOCUMENT_DIFFERS * 2, evidence=(), band=Band.UNLIKELY)
    life = [*_names(first, second, frequencies), *_birth_date(first, second)]
    life += _address(first, second, frequencies)
    found = [*life, *_household(life), *_contacts(first, second), *_documents(first, second)]
    evidence = tuple(
        Evidence(feature=each.feature, level=each.level, weight=round(each.weight, 2))
        for each in found
    )
    total = round(weights.PRIOR + _sum(evidence), 2)
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
    known = levels.get("birth_date") in _DATE_AGREES or levels.get("document") == "exact"
    contradicted = levels.get("document") == "different" or levels.get("birth_date") in _DATE_APART
    if total >= CERTAIN and named and known and not contradicted:
        return Band.CERTAIN
    return Band.LIKELY


_AGREES = {"exact", "near"}
_DATE_AGREES = {"exact", "slip"}
_DATE_APART = {"different", "same_season", "two_slips"}


def _sum(evidence: Iterable[Evidence]) -> float:
    return sum(each.weight for each in evidence)


def _evidence(feature: str, level: Level | DateLevel, weight: float) -> Evidence:
    return Evidence(feature=feature, level=level.name.lower(), weight=weight)


# Names


def _names(first: Person, second: Person, frequencies: Frequencies) -> Iterator[Evidence]:
    straight = list(_straight(first, second, frequencies))
    turned = list(_turned(first, second, frequencies))
    yield from max(straight, turned, key=_sum) if turned else straight


def _straight(first: Person, second: Person, frequencies: Frequencies) -> Iterator[Evidence]:
    if first.given and second.given:
        # One of them goes by the first of several given names.
        pairs = {*product(first.given[:1], second.given), *product(first.given, second.given[:1])}
        yield _word("given_name", pairs, agreement.given_names, frequencies)
    if first.family and second.family:
        pairs = set(product(first.family, second.family)) | {
            # A slip of the space bar.
            ("".join(first.family), "".join(second.family))
        }
        yield _word("family_name", pairs, agreement.words, frequencies)


def _word(
    kind: Kind,
    pairs: Iterable[tuple[str, str]],
    compare: Callable[[str, str], Level],
    frequencies: Frequencies,
) -> Evidence:
    """The best of several pairs of words."""
    rated = (
        _evidence(kind, level, weight(kind, level, one, other, frequencies))
        for one, other in pairs
        for level in [compare(one, other)]
    )
    return max(rated, key=lambda each: each.weight)


def _turned(first: Person, second: Person, frequencies: Frequencies) -> Iterator[Evidence]:
    """Given and family name stand in each other's place."""
    crosses = [
        (one[0], other[0])
        for one, other in ((first.given, second.family), (first.family, second.given))
        if one and other
    ]
    whole = first.given and first.family and second.given and second.family
    alone = bool(first.given) != bool(second.given) and bool(first.family) != bool(second.family)
    if not (whole or (alone and crosses)):
        return
    levels = [agreement.words(one, other) for one, other in crosses]
    if max(levels) is Level.DIFFERENT:
        return
    chance = 1.0
    for pair in crosses:
        kinds: tuple[Kind, Kind] = ("given_name", "family_name")
        chance *= max(frequencies.share(kind, word) for kind in kinds for word in pair)
    same = weights.SWAPPED[max(levels)] if whole else weights.CROSSED
    yield _evidence("names_swapped", max(levels), max(bits(same, chance), 0.0))


# Birth date, contacts, documents


def _birth_date(first: Person, second: Person) -> Iterator[Evidence]:
    if first.birth_date and second.birth_date:
        level = agreement.dates(first.birth_date, second.birth_date)
        yield _evidence("birth_date", level, constant(weights.BIRTH_DATE, level))


def _contacts(first: Person, second: Person) -> Iterator[Evidence]:
    if first.emails and second.emails:
        level = min(agreement.emails(*pair) for pair in product(first.emails, second.emails))
        yield _evidence("email", level, constant(weights.EMAIL, level))
    if first.phones and second.phones:
        agrees = bool(first.phones & second.phones)
        level = Level.EXACT if agrees else Level.DIFFERENT
        yield _evidence("phone", level, weights.PHONE_AGREES if agrees else weights.PHONE_DIFFERS)


def _documents(first: Person, second: Person) -> Iterator[Evidence]:
    if first.documents and second.documents:
        agrees = bool(first.documents & second.documents)
        level = Level.EXACT if agrees else Level.DIFFERENT
        yield _evidence(
            "document", level, weights.DOCUMENT_AGREES if agrees else weights.DOCUMENT_DIFFERS
        )


# Address


def _address(first: Person, second: Person, frequencies: Frequencies) -> Iterator[Evidence]:
    """The best pair of addresses, and what its parts count too much together."""
    rated = [
        list(_place(one, other, frequencies)) for one, other in product(first.places, second.places)
    ]
    if not rated:
        return
    best = max(rated, key=_sum)
    yield from best
    total = _sum(best)
    if total > ADDRESS:
        yield Evidence(feature="address", level="together", weight=ADDRESS - total)


def _place(first: Place, second: Place, frequencies: Frequencies) -> Iterator[Evidence]:
    yield from _lines(first, second, frequencies)
    kinds: tuple[Kind, ...] = ("number", "city", "region", "postal_code")
    for kind in kinds:
        one, other = getattr(first, kind), getattr(second, kind)
        if one and other:
            level = agreement.words(one, other)
            yield _evidence(kind, level, weight(kind, level, one, other, frequencies))


def _lines(first: Place, second: Place, frequencies: Frequencies) -> Iterator[Evidence]:
    """Each line of the shorter address with its best counterpart, whatever the order."""
    short, long = sorted((first.lines, second.lines), key=lambda lines: (len(lines), lines))
    left = list(long)
    for line in short:
        level, other = min((agreement.words(line, each), each) for each in left)
        left.remove(other)
        yield _evidence("line", level, weight("line", level, line, other, frequencies))


def _household(life: list[Evidence]) -> Iterator[Evidence]:
    """Different given names and no common birthday: two people who live together, most likely."""
    levels = {each.feature: each.level for each in life}
    if levels.get("given_name") != "different" or levels.get("birth_date") in _DATE_AGREES:
        return
    excess = weights.PRIOR + _sum(life) - HOUSEHOLD
    if excess > 0:
        yield Evidence(feature="household", level="shared", weight=-excess)
