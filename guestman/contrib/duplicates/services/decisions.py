"""What staff decide about a pair, what merges do to it, and what others suspect."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from guestman.contrib.duplicates.errors import DifferentPeople, PairMerged, PairNotFound
from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.models.pair import State
from guestman.contrib.duplicates.rules import evidence as facts
from guestman.contrib.duplicates.rules import scoring, weights
from guestman.contrib.duplicates.services import marks
from guestman.contrib.duplicates.services.comparison import finding
from guestman.contrib.duplicates.services.history import note
from guestman.contrib.duplicates.services.pairs import rank, suspected
from guestman.models import Customer
from guestman.services.suspicion import Suspicion
from shopman.errors import Failure

_COMMON = ["shared", "evidence_digest"]
_DECIDED = ["state", "decided_shared", "decided_at", "decided_by", "reason"]


def different(pair: UUID, *, reason: str = "") -> DuplicatePair:
    """Remember that two customers are different people, until they have more in common than now.

    They cannot be merged while it holds. Doing it twice changes nothing. Raises PairNotFound,
    PairMerged.
    """
    return _decide(pair, State.DIFFERENT, reason)


def reopen(pair: UUID, *, reason: str = "") -> DuplicatePair:
    """Take "different people" back. Doing it twice changes nothing. Raises as ``different``."""
    return _decide(pair, State.OPEN, reason)


def protection(one: Customer, other: Customer) -> Failure | None:
    """The error that forbids a merge: some of those who would become one are different people.

    Those merged into either of them count too, so that nobody gets around it by a third record.
    """
    mine, theirs = _whole(one), _whole(other)
    protected = DuplicatePair.objects.filter(state=State.DIFFERENT).filter(
        Q(low__in=mine, high__in=theirs) | Q(low__in=theirs, high__in=mine)
    )
    return DifferentPeople() if protected.exists() else None


def on_merge(*, survivor: Customer, duplicate: Customer, **_: Any) -> None:
    """The pair is merged, and the survivor has to be compared with what he is now."""
    row = _pair_of(survivor.pk, duplicate.pk)
    if row is not None and row.state != State.MERGED:
        note(row, State.MERGED)
        row.save(update_fields=_DECIDED)
    marks.mark([survivor.pk, duplicate.pk])


def on_unmerge(*, survivor: Customer, duplicate: Customer, **_: Any) -> None:
    """Whom somebody takes apart again is two people until somebody says otherwise."""
    row = _pair_of(survivor.pk, duplicate.pk)
    if row is None:
        row = _stored(survivor.pk, duplicate.pk, source=DuplicatePair.Source.UNMERGE)
    _look_again(row)
    if row.state != State.DIFFERENT:
        note(row, State.DIFFERENT, reason="taken apart again")
        row.save(update_fields=[*_COMMON, *_DECIDED])
    marks.mark([survivor.pk, duplicate.pk])


def on_suspicion(suspicion: Suspicion) -> None:
    """Keep a pair that others suspect, with their reason, and have both compared later.

    Inside the transaction of whoever suspects, who waits for no comparison. What staff called
    different stays so, unless this reason is new.
    """
    row = _pair_of(suspicion.one, suspicion.other)
    feature = f"suspicion:{suspicion.reason}"
    if row is None:
        row = _stored(suspicion.one, suspicion.other, source=DuplicatePair.Source.SUSPICION)
    told = row.suspicions.get(suspicion.reason)
    if feature in row.shared and told == suspicion.evidence:
        return
    is_new = feature not in row.shared
    row.suspicions = {**row.suspicions, suspicion.reason: dict(suspicion.evidence)}
    row.shared = {**row.shared, feature: 0}
    row.evidence_digest = facts.digest(row.shared)
    row.source = DuplicatePair.Source.SUSPICION
    if is_new and row.state == State.DIFFERENT and feature not in row.decided_shared:
        note(row, State.OPEN, reason="more in common than before")
    row.save(update_fields=["suspicions", "source", *_COMMON, *_DECIDED])
    marks.mark([suspicion.one, suspicion.other])


def _decide(key: UUID, state: State, reason: str) -> DuplicatePair:
    with transaction.atomic():
        row = DuplicatePair.objects.select_for_update(of=("self",)).filter(pk=key).first()
        if row is None:
            raise PairNotFound
        if row.state == State.MERGED:
            raise PairMerged
        if row.state != state:
            if state == State.DIFFERENT:
                _look_again(row)
            note(row, state, reason=reason.strip())
            row.save(update_fields=[*_COMMON, *_DECIDED])
    return row


def _look_again(row: DuplicatePair) -> None:
    """Bring what both have in common up to date, which is what a decision holds against.

    What is stored may be older than the customers are, or a suspicion that nobody compared yet.
    """
    found = finding(row.low_id, row.high_id)
    if found is not None:
        row.shared = {**suspected(row.shared), **found.shared}
        row.evidence_digest = facts.digest(row.shared)


def _pair_of(one: UUID, other: UUID) -> DuplicatePair | None:
    low, high = sorted((one, other))
    rows = DuplicatePair.objects.select_for_update(of=("self",))
    found: DuplicatePair | None = rows.filter(low=low, high=high).first()
    return found


def _stored(one: UUID, other: UUID, *, source: str) -> DuplicatePair:
    """A new row of a pair not compared yet; of two who make it at once both get the same."""
    low, high = sorted((one, other))
    row = DuplicatePair(
        low_id=low,
        high_id=high,
        score=scoring.POSSIBLE,
        band=DuplicatePair.Band.POSSIBLE,
        scorer_version=weights.SCORER_VERSION,
        evidence_digest=facts.digest({}),
        source=source,
        rank=rank(scoring.POSSIBLE, 0),
    )
    DuplicatePair.objects.bulk_create([row], ignore_conflicts=True)
    stored = _pair_of(low, high)
    assert stored is not None, "it was made here or by somebody else"
    return stored


def _whole(customer: Customer) -> Any:
    return Customer.objects.filter(Q(uuid=customer.pk) | Q(merged_into=customer.pk)).values("uuid")
