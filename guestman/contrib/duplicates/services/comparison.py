"""Comparing customers with everybody they may be: after a change, or one range of a scan."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q

from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.models.pair import State
from guestman.contrib.duplicates.rules import evidence, scoring
from guestman.contrib.duplicates.rules.people import Person
from guestman.contrib.duplicates.rules.scoring import Band
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
    wanted = candidates(customers, upwards=upwards) | _stored(customers, upwards=upwards)
    people = people_with({key for pair in wanted for key in pair})
    common = frequencies()
    found: list[Finding] = []
    unfounded: list[Pair] = []
    for pair in sorted(wanted):
        finding = _finding(pair, people, common)
        if finding is None:
            unfounded.append(pair)
        else:
            found.append(finding)
    tally = pairs.store(found, unfounded=unfounded)
    tally.counts["compared"] = len(wanted)
    return tally


def finding(low: UUID, high: UUID, people: Mapping[UUID, Person]) -> Finding | None:
    """One pair, compared; None when it is nothing to suggest."""
    return _finding((low, high), people, frequencies())


def _stored(customers: Collection[UUID], *, upwards: bool) -> set[Pair]:
    side = Q(low__among=customers)
    if not upwards:
        side |= Q(high__among=customers)
    rows = DuplicatePair.objects.filter(side).exclude(state=State.MERGED)
    return set(rows.values_list("low", "high"))


def _finding(pair: Pair, people: Mapping[UUID, Person], common: Frequencies) -> Finding | None:
    low, high = pair
    one, other = people.get(low), people.get(high)
    if one is None or other is None:
        return None
    score = scoring.score(one, other, common)
    if score.band is Band.UNLIKELY:
        return None
    return Finding(
        low=low,
        high=high,
        score=score.total,
        band=score.band,
        evidence=score.evidence,
        shared=evidence.in_common(one, other, score.evidence),
    )
