"""How far the names of two people agree, and what that says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product

from guestman.contrib.duplicates.rules import agreement, weights
from guestman.contrib.duplicates.rules.agreement import Level
from guestman.contrib.duplicates.rules.evidence import Evidence, graded, total
from guestman.contrib.duplicates.rules.people import GENERATIONS, Person
from guestman.contrib.duplicates.rules.weights import Frequencies, Kind, apart, bits, weight


def compare(first: Person, second: Person, frequencies: Frequencies) -> Iterator[Evidence]:
    """Given and family names, straight or in each other's place, and words like Filho."""
    straight = [*_given(first, second, frequencies), *_family(first, second, frequencies)]
    turned_round = list(turned(first, second, frequencies))
    yield from max(straight, turned_round, key=total) if turned_round else straight
    yield from _generation(first, second)


def _given(first: Person, second: Person, frequencies: Frequencies) -> Iterator[Evidence]:
    one, other = first.given, second.given
    if not (one and other):
        return
    # One of them goes by another one of several given names.
    pairs = {*product(one[:1], other), *product(one, other[:1])}
    level, bits_of, _order, pair = min(
        (level, -weight("given_name", level, *pair, frequencies), sorted(pair), pair)
        for pair in pairs
        for level in [apart("given_name", agreement.given_names(*pair), *pair, frequencies)]
    )
    found = graded("given_name", level, -bits_of)
    if level is Level.DIFFERENT or len(one) == len(other) == 1:
        yield found
        return
    rest = ([word for word in one if word != pair[0]], [word for word in other if word != pair[1]])
    yield _of_given(found, is_first=pair == (one[0], other[0]), rest=rest)


def _of_given(found: Evidence, *, is_first: bool, rest: tuple[list[str], list[str]]) -> Evidence:
    """What a pair of given names says where one of them has more than one."""
    if _contradict(*rest):
        # Maria Clara and Maria Eduarda.
        least = weight("given_name", Level.DIFFERENT, "", "", _NONE)
        return graded("given_name", Level.DIFFERENT, least)
    if not is_first:
        bits = max(found.weight - weights.NOT_THE_FIRST, 0.0)
        return Evidence(feature="given_name", level="other_name", weight=bits)
    if bool(rest[0]) != bool(rest[1]):
        return Evidence(feature="given_name", level="part", weight=found.weight)
    return found


def _family(first: Person, second: Person, frequencies: Frequencies) -> Iterator[Evidence]:
    one, other = _without_generation(first.family), _without_generation(second.family)
    if not (one and other):
        return
    level, bits_of, _pair = min(
        (level, -weight("family_name", level, *pair, frequencies), pair)
        for pair in product(one, other)
        for level in [apart("family_name", agreement.words(*pair), *pair, frequencies)]
    )
    # A slip of the space bar.
    whole = agreement.words(joined(one), joined(other))
    if whole < level:
        level, bits_of = whole, -weight("family_name", whole, one[-1], other[-1], frequencies)
    found = -bits_of
    if level is not Level.DIFFERENT and len(one) * len(other) > 1:
        found = _of_several(one, other, level, found)
    yield graded("family_name", level, found)


def _of_several(one: Sequence[str], other: Sequence[str], level: Level, best: float) -> float:
    """What the best pair of words says when there were several chances for one."""
    mine, theirs = sum(_has(word, other) for word in one), sum(_has(word, one) for word in other)
    found = best - math.log2(len(one) * len(other) / max(min(mine, theirs), 1))
    if mine < len(one) and theirs < len(other):
        return found + weights.FAMILY_APART
    return max(found, 0.0) if level is Level.EXACT else found


def _has(word: str, words: Sequence[str]) -> bool:
    return any(agreement.words(word, each) <= Level.NEAR for each in words)


def _contradict(one: Sequence[str], other: Sequence[str]) -> bool:
    """Both have further given names, and none of them agree."""
    if not (one and other):
        return False
    return all(agreement.given_names(*pair) is Level.DIFFERENT for pair in product(one, other))


@lru_cache(maxsize=2**15)
def joined(family: tuple[str, ...]) -> str:
    """The family names as one word."""
    return "".join(_without_generation(family))


@lru_cache(maxsize=2**15)
def _without_generation(words: tuple[str, ...]) -> tuple[str, ...]:
    """The family names, each once."""
    named = dict.fromkeys(words)
    return tuple(word for word in named if word not in GENERATIONS) or tuple(named)


def _generation(first: Person, second: Person) -> Iterator[Evidence]:
    """A son of his father's name: Filho, Neto, Jr."""
    if not (first.family and second.family):
        return
    one, other = (
        {GENERATIONS.get(word) for word in each.family} - {None} for each in (first, second)
    )
    if one == other:
        return
    left_out = not one or not other
    yield Evidence(
        feature="generation",
        level="left_out" if left_out else "different",
        weight=weights.GENERATION_LEFT_OUT if left_out else weights.GENERATION_DIFFERS,
    )


def turned(first: Person, second: Person, frequencies: Frequencies) -> Iterator[Evidence]:
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
    if Level.DIFFERENT in levels:
        return
    chance = 1.0
    for pair in crosses:
        chance *= max(frequencies.share(kind, word) for kind in _EITHER for word in pair)
    same = weights.SWAPPED[max(levels)] if whole else weights.CROSSED
    yield graded("names_swapped", max(levels), max(bits(same, chance), 0.0))


_EITHER: tuple[Kind, Kind] = ("given_name", "family_name")
#: Bits of the rarest names in each other's place.
MOST_TURNED = bits(
    max(weights.CROSSED, *weights.SWAPPED.values()),
    max(weights.SHARES[kind].rarest or 0.0 for kind in _EITHER) ** 2,
)
_NONE = Frequencies()
