"""What the room keeps about customers: in a merge, in a copy of somebody's data, when forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guestman.contrib.duplicates.models import (
    BlockingKey,
    ChangedCustomer,
    DuplicatePair,
    PairDecision,
    Scan,
    ScanShard,
)
from guestman.contrib.duplicates.services import decisions
from guestman.services import merging
from shopman import subjects
from shopman.person import Person
from shopman.personal import Erasing, Personal, batches, delete
from shopman.subjects import Belonging, Subject


def connect() -> None:
    """Register all of it; called when the app is ready."""
    # Pairs name who they were about; keys and marks are made anew.
    merging.register(
        Belonging(model=DuplicatePair, column="low", on_merge="stay"),
        Belonging(model=DuplicatePair, column="high", on_merge="stay"),
        Belonging(model=BlockingKey, on_merge="stay"),
        Belonging(model=ChangedCustomer, on_merge="stay"),
    )
    merging.object_to(decisions.protection)
    merging.on_merge(decisions.on_merge)
    merging.on_unmerge(decisions.on_unmerge)
    subjects.register(
        Subject(
            key="duplicates.pairs",
            models=(),
            personal=(_pairs(), _keys(), _marks()),
            impersonal={
                PairDecision: "States of a pair, without names and without what was said.",
                Scan: "Counts of a whole shop.",
                ScanShard: "Counts of a part of a shop.",
            },
        )
    )


def _pairs() -> Personal:
    return Personal(
        key="duplicates.pairs",
        kept="As long as both customers: what was decided is not asked again.",
        title=_("Possible duplicates"),
        model=DuplicatePair,
        columns=("low", "high", "evidence", "shared", "suspicions", "decided_shared", "reason"),
        rows=lambda person: DuplicatePair.objects.filter(
            Q(low__in=person.keys) | Q(high__in=person.keys)
        ),
        told=_told,
        erase=_erase_pairs,
        fate=_("Deleted; of a pair that staff decided about, only the decision stays."),
        is_steady=False,
    )


def _told(row: Any, person: Person) -> Mapping[str, Any]:
    """Without the other one of the two, who is somebody else's business."""
    return {
        "score": row.score,
        "band": row.band,
        "state": row.state,
        "evidence": row.evidence,
        "found_at": row.found_at,
        "decided_at": row.decided_at,
    }


def _erase_pairs(rows: QuerySet[Any], erasing: Erasing) -> int:
    count = 0
    for keys in batches(rows):
        found = DuplicatePair.objects.filter(pk__in=keys)
        count += found.filter(decisions__isnull=False).distinct().count()
        DuplicatePair.objects.filter(
            pk__in=PairDecision.objects.filter(pair__in=keys).values("pair")
        ).update(evidence=[], shared={}, suspicions={}, reason="")
        count += found.filter(decisions__isnull=True).delete()[0]
    return count


def _keys() -> Personal:
    return Personal(
        key="duplicates.keys",
        kept="As long as the customer, from whom they are made anew.",
        title=_("Keys for finding duplicates"),
        model=BlockingKey,
        columns=("customer",),
        rows=lambda person: BlockingKey.objects.filter(customer__in=person.keys),
        erase=delete,
        fate=_("Deleted. No copy: numbers from which nothing can be read."),
        is_deleted=True,
        is_steady=False,
    )


def _marks() -> Personal:
    return Personal(
        key="duplicates.marks",
        kept="Until the comparison, within minutes.",
        title=_("Customers to compare again"),
        model=ChangedCustomer,
        columns=("customer",),
        rows=lambda person: ChangedCustomer.objects.filter(customer__in=person.keys),
        erase=delete,
        fate=_("Deleted. No copy: a mark for a comparison that was due."),
        is_deleted=True,
        # After the customer itself, whose change makes a mark.
        position=950,
        is_steady=False,
    )
