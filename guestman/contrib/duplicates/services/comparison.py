"""Comparing customers with everybody they may be: after a change, or one range of a scan."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q

from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.models.pair import State
from guestman.contrib.duplicates.rules import ceiling, evidence, scoring
from guestman.contrib.duplicates.rules.people import Person
from guestman.contrib.duplicates.rules.scoring import Band, Score
from guestman.contrib.duplicates.rules.weights import Frequencies
from guestman.contrib.duplicates.services import keys, pairs
from guestman.contrib.duplicates.services.candidates import Pair, candidates
from guestman.contrib.duplicates.services.pairs import Finding, Tally
from guestman.contrib.duplicates.services.people import people_with
from guestman.contrib.duplicates.services.population import frequencies


def compare(customers: Collection[UUID]) -> Tally:
    """Bring these customers' keys up to date and compare each with everybody like them.

    What is stored of them is compared again too, and withdrawn where they have come to differ.
    Counts as ``pairs.store`` does, and ``compared``.
    """
    keys.refresh(customers, people_with(customers))
    return compare_known(customers)


def compare_known(customers: Collection[UUID], *, upwards: bool = False) -> Tally:
    """The same for customers whose keys are up to date.

    ``upwards`` leaves out pairs in which one of these has the larger key.
    """
    stored = _stored(customers, upwards=upwards)
    wanted = candidates(customers, upwards=upwards) | stored
    people = _people({key for pair in wanted for key in pair})
    common = frequencies()
    found = {
        pair: score
        for pair in sorted(wanted)
        if (score := _score(people.get(pair[0]), people.get(pair[1]), common))
    }
    tally = pairs.store(
        [_finding(pair, people, score) for pair, score in found.items()],
        unfounded=[(UUID(low), UUID(high)) for low, high in stored - found.keys()],
    )
    tally.counts["compared"] = len(wanted)
    return tally


def finding(low: UUID, high: UUID) -> Finding | None:
    """One pair, compared; None when it is nothing to suggest."""
    pair = (str(low), str(high))
    people = _people(pair)
    score = _score(people.get(pair[0]), people.get(pair[1]), frequencies())
    return _finding(pair, people, score) if score else None


def _people(keys: Collection[str]) -> dict[str, Person]:
    return {str(key): person for key, person in people_with(list(map(UUID, keys))).items()}


def _stored(customers: Collection[UUID], *, upwards: bool) -> set[Pair]:
    side = Q(low__among=customers)
    if not upwards:
        side |= Q(high__among=customers)
    rows = DuplicatePair.objects.filter(side).exclude(state=State.MERGED)
    return {(str(low), str(high)) for low, high in rows.values_list("low", "high")}


def _score(one: Person | None, other: Person | None, common: Frequencies) -> Score | None:
    """Of two who are compared at all; None where it is too low to be kept."""
    if one is None or other is None or not ceiling.may_be_stored(one, other, common):
        return None
    score = scoring.score(one, other, common)
    return None if score.band is Band.UNLIKELY else score


def _finding(pair: Pair, people: Mapping[str, Person], score: Score) -> Finding:
    one, other = pair
    return Finding(
        low=UUID(one),
        high=UUID(other),
        score=score.total,
        band=score.band,
        evidence=score.evidence,
        shared=evidence.in_common(people[one], people[other], score.evidence),
    )
