"""Pairs as they are stored: found, compared again, withdrawn, opened again."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q

from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.models.pair import State
from guestman.contrib.duplicates.rules import evidence as facts
from guestman.contrib.duplicates.rules import scoring
from guestman.contrib.duplicates.rules.scoring import Evidence
from guestman.contrib.duplicates.rules.weights import SCORER_VERSION
from guestman.contrib.duplicates.services.history import note
from guestman.models import Customer
from guestman.services import locks, worth
from shopman import clock

#: Open pairs of one customer; the others wait until these are decided.
MOST_OPEN = 20
_COMPARED = (
    "score", "band", "evidence", "scorer_version", "shared", "evidence_digest", "source",
    "worth_amount", "rank", "compared_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Two customers compared, the smaller key first."""

    low: UUID
    high: UUID
    score: float
    band: str
    evidence: Sequence[Evidence]
    shared: Mapping[str, int]
    source: str = DuplicatePair.Source.COMPARISON


@dataclass(slots=True)
class Tally:
    """What storing did, in pairs. ``new`` less ``withdrawn`` less ``beyond`` is how many more."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, other: Mapping[str, int]) -> None:
        self.counts.update(other)

    def __getitem__(self, name: str) -> int:
        return self.counts[name]


def store(findings: Iterable[Finding], *, unfounded: Collection[tuple[UUID, UUID]] = ()) -> Tally:
    """Write what was found; ``unfounded`` are pairs that were compared and are not alike.

    A pair that staff called different stays so unless both have more in common now; merged ones
    stay as they are. Nobody is suggested who is different from somebody merged into the other.
    Counts: new, changed, reopened, withdrawn, beyond (more than 20 of a customer). One transaction.
    """
    found = {(each.low, each.high): each for each in findings}
    tally = Tally()
    if not found and not unfounded:
        return tally
    with transaction.atomic():
        # One writer at a time in a tenant, so that no customer gets too many.
        locks.keys([("duplicates", "pairs")])
        _hold({key for pair in found for key in pair})
        apart = _apart({key for pair in found for key in pair}) & found.keys()
        known = _known([*found, *unfounded])
        found = {pair: each for pair, each in found.items() if pair not in apart}
        amounts = worth.of({key for pair in found for key in pair})
        new = _insert([_row(found[pair], amounts) for pair in sorted(found.keys() - known.keys())])
        made = {(row.low_id, row.high_id) for row in new}
        # Somebody suspected these in the meantime.
        known |= _known(found.keys() - known.keys() - made)
        tally.counts["new"] = len(new)
        for pair, row in known.items():
            if pair in found:
                tally.counts[_compared_again(row, found[pair], amounts)] += 1
            elif _withdraw(row):
                tally.counts["withdrawn"] += 1
        tally.counts["beyond"] = _cut({key for row in new for key in (row.low_id, row.high_id)})
    return tally


def suspected(shared: Mapping[str, int]) -> dict[str, int]:
    """What of a pair's common ground others suspect."""
    return {name: much for name, much in shared.items() if ":" in name}


def rank(score: float, worth_amount: int) -> float:
    """What is worth deciding first: the score above what is stored at all, by what both are worth.

    Worth counts by its digits, so that one large customer does not hide everybody else's evident
    duplicates.
    """
    return round((score - scoring.POSSIBLE) * math.log10(10 + max(worth_amount, 0)), 4)


def _hold(customers: Collection[UUID]) -> None:
    """Lock the customers that pairs will refer to, in key order, as the references do anyway."""
    if connection.vendor != "postgresql" or not customers:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT uuid FROM {Customer._meta.db_table} WHERE uuid = ANY(%s) "  # noqa: S608
            "ORDER BY uuid FOR KEY SHARE",
            [list(customers)],
        )


def _known(pairs: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], DuplicatePair]:
    wanted = set(pairs)
    rows = DuplicatePair.objects.filter(
        low__among={low for low, _high in wanted}, high__among={high for _low, high in wanted}
    )
    rows = rows.select_for_update(of=("self",)).order_by("uuid")
    return {(row.low_id, row.high_id): row for row in rows if (row.low_id, row.high_id) in wanted}


def _apart(customers: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Pairs of these that are two people because somebody merged into either was called so."""
    merged = Customer.objects.filter(merged_into__among=customers)
    survivors: dict[UUID, UUID] = {
        alias: survivor
        for alias, survivor in merged.values_list("uuid", "merged_into")
        if survivor is not None
    }
    if not survivors:
        return set()
    rows = DuplicatePair.objects.filter(state=State.DIFFERENT).filter(
        Q(low__among=survivors) | Q(high__among=survivors)
    )
    sides = (
        sorted((survivors.get(low, low), survivors.get(high, high)))
        for low, high in rows.values_list("low", "high")
    )
    return {(low, high) for low, high in sides}


def _insert(rows: Sequence[DuplicatePair]) -> list[DuplicatePair]:
    """Those of the new rows that were written, because nobody else wrote the pair meanwhile."""
    DuplicatePair.objects.bulk_create(rows, ignore_conflicts=True)
    keys = [row.pk for row in rows]
    there = DuplicatePair.objects.filter(uuid__among=keys).order_by()
    written = set(there.values_list("uuid", flat=True)) if keys else set()
    return [row for row in rows if row.pk in written]


def _row(found: Finding, amounts: Mapping[UUID, int]) -> DuplicatePair:
    return DuplicatePair(low_id=found.low, high_id=found.high, **_facts(found, amounts))


def _facts(found: Finding, amounts: Mapping[UUID, int]) -> dict[str, object]:
    amount = amounts.get(found.low, 0) + amounts.get(found.high, 0)
    return {
        "score": found.score,
        "band": found.band,
        "evidence": facts.plain(found.evidence),
        "scorer_version": SCORER_VERSION,
        "shared": dict(found.shared),
        "evidence_digest": facts.digest(found.shared),
        "source": found.source,
        "worth_amount": amount,
        "rank": rank(found.score, amount),
        "compared_at": clock.now(),
    }


def _compared_again(row: DuplicatePair, found: Finding, amounts: Mapping[UUID, int]) -> str:
    """What became of a stored pair: changed, reopened or same."""
    before = (row.score, row.band, row.evidence_digest, row.scorer_version, row.worth_amount)
    if row.state == State.MERGED:
        return "same"
    # What others suspect is no comparison's to forget.
    found = replace(found, shared={**found.shared, **suspected(row.shared)})
    reopened = row.state == State.DIFFERENT and facts.has_more(found.shared, row.decided_shared)
    if row.state == State.DIFFERENT and not reopened:
        return "same"
    for name, value in _facts(found, amounts).items():
        if name != "source":
            setattr(row, name, value)
    if reopened:
        note(row, State.OPEN, reason="more in common than before")
    after = (row.score, row.band, row.evidence_digest, row.scorer_version, row.worth_amount)
    if before == after and not reopened:
        return "same"
    row.save(update_fields=[*_COMPARED, *(_DECIDED if reopened else ())])
    return "reopened" if reopened else "changed"


_DECIDED = ("state", "decided_shared", "decided_at", "decided_by", "reason")


def _withdraw(row: DuplicatePair) -> bool:
    """Take back what comparing no longer finds; a suspicion and what was decided about stay."""
    if row.state != State.OPEN or row.source != DuplicatePair.Source.COMPARISON:
        return False
    if row.decisions.exists():
        return False
    row.delete()
    return True


def _cut(customers: Collection[UUID]) -> int:
    """Leave each of these customers the twenty best open pairs; returns how many went."""
    waiting = DuplicatePair.objects.filter(state=State.OPEN)
    many: Counter[UUID] = Counter()
    for side in ("low", "high"):
        rows = waiting.filter(**{f"{side}__among": customers}).order_by()
        many.update(dict(rows.values_list(side).annotate(number=Count("uuid"))))
    crowded = [customer for customer, number in many.items() if number > MOST_OPEN]
    if not crowded:
        return 0
    # What somebody decided about once has a history, which stays.
    rows = waiting.filter(Q(low__among=crowded) | Q(high__among=crowded), decisions__isnull=True)
    kept: Counter[UUID] = Counter()
    gone: list[UUID] = []
    wanted = set(crowded)
    for pair, low, high in rows.order_by("-score", "-uuid").values_list("uuid", "low", "high"):
        sides = wanted & {low, high}
        if any(kept[each] >= MOST_OPEN for each in sides):
            gone.append(pair)
        else:
            kept.update(sides)
    DuplicatePair.objects.filter(uuid__among=gone).delete()
    return len(gone)
