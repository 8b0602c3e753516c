"""Review items: opened by the rules, settled by staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from guestman.contrib.identifiers.errors import ReviewItemClosed, ReviewItemNotFound
from guestman.contrib.identifiers.models import ReviewItem, ReviewParty
from guestman.models import Customer
from guestman.rules import text
from guestman.services.merging import MergeRecord
from shopman import actor, audit, clock

SALT = "guestman.identifiers.review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What staff should look at. ``customers``: the one chosen first.

    ``about`` is what tells matters of one kind apart; it is kept as a keyed digest only. ``values``
    are masked.
    """

    kind: str
    customers: Sequence[UUID]
    about: Iterable[str]
    values: Mapping[str, str]
    source: str
    #: The identifier that found the one who was chosen.
    came_by: UUID | None = None

    def digest(self) -> str:
        text_of = "\n".join([self.kind, *sorted(self.about)])
        return salted_hmac(SALT, text_of, algorithm="sha256").hexdigest()


def open_item(
    *,
    kind: str,
    customers: Sequence[UUID],
    matter: Iterable[str],
    values: Mapping[str, str],
    source: str,
    came_by: UUID | None = None,
) -> ReviewItem:
    """The open item of this matter (``Matter``), made where there is none."""
    asked = Matter(
        kind=kind, customers=customers, about=matter, values=values, source=source, came_by=came_by
    )
    return open_many([asked])[0]


def open_many(matters: Sequence[Matter]) -> list[ReviewItem]:
    """The open item of each of these matters, in their order, made where there is none.

    Inside the caller's transaction; a constant number of statements.
    """
    if not matters:
        return []
    by_place = {(each.kind, digest): each for each, digest in _digested(matters)}
    known = _open_ones(by_place)
    rows = [
        ReviewItem(kind=kind, digest=digest, values=dict(each.values), source=each.source)
        for (kind, digest), each in by_place.items()
        if (kind, digest) not in known
    ]
    if rows:
        # Whoever is faster opens it.
        ReviewItem.objects.bulk_create(rows, ignore_conflicts=True)
        drawn = {row.pk for row in rows}
        known = _open_ones(by_place)
        opened = {at: row for at, row in known.items() if row.pk in drawn}
        _tell_opened([(row, by_place[at]) for at, row in opened.items()])
    return [known[each.kind, digest] for each, digest in _digested(matters)]


def _digested(matters: Sequence[Matter]) -> list[tuple[Matter, str]]:
    return [(each, each.digest()) for each in matters]


def _open_ones(places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], ReviewItem]:
    rows = ReviewItem.objects.open().filter(digest__in=[digest for _kind, digest in places])
    return {(row.kind, row.digest): row for row in rows}


def _tell_opened(opened: Sequence[tuple[ReviewItem, Matter]]) -> None:
    ReviewParty.objects.bulk_create(
        ReviewParty(
            item=row,
            customer_id=key,
            is_chosen=not place,
            came_by=None if place else matter.came_by,
        )
        for row, matter in opened
        for place, key in enumerate(dict.fromkeys(matter.customers))
    )
    audit.record_many(
        audit.Change(
            subject=f"review_item:{row.pk}",
            action="review_item.open",
            after={"kind": row.kind, "values": dict(matter.values)},
        )
        for row, matter in opened
    )


def resolve(*, item: UUID, reason: str) -> ReviewItem:
    """Staff have looked at it. What is to be done they did elsewhere; ``reason`` says what.

    Raises ReviewItemNotFound, ReviewItemClosed and InvalidText.
    """
    why = text.prose(reason, "reason", 1000)
    with transaction.atomic():
        row: ReviewItem | None = (
            ReviewItem.objects.select_for_update(of=("self",)).filter(uuid=item).first()
        )
        if row is None:
            raise ReviewItemNotFound
        if row.status != ReviewItem.Status.OPEN:
            raise ReviewItemClosed
        _close(row, reason=why)
    return row


def on_merge(*, survivor: Customer, merge: MergeRecord, **_: Any) -> None:
    """Conflicts between customers who are one by now are settled by that."""
    for row in _locked(ReviewItem.objects.open().between_one(survivor.pk)):
        _close(row, merge=merge.pk)


def on_unmerge(*, survivor: Customer, duplicate: Customer, **_: Any) -> None:
    """What a merge settled between people who are two again is open again.

    Unless the same came up since: then that is open.
    """
    settled = ReviewItem.objects.filter(
        settled_by_merge__isnull=False, parties__customer__in=[survivor.pk, duplicate.pk]
    )
    one = ReviewItem.objects.between_one(survivor.pk) | ReviewItem.objects.between_one(duplicate.pk)
    for row in _locked(settled.exclude(pk__in=one.values("pk"))):
        if not ReviewItem.objects.open().filter(kind=row.kind, digest=row.digest).exists():
            _open_again(row)


def _locked(items: QuerySet[ReviewItem]) -> list[ReviewItem]:
    keys = items.values("pk")
    rows = ReviewItem.objects.filter(pk__in=keys).order_by("pk")
    return list(rows.select_for_update(of=("self",)))


_SETTLED = ["status", "resolved_at", "resolved_by", "reason", "settled_by_merge"]


def _close(row: ReviewItem, *, reason: str = "", merge: UUID | None = None) -> None:
    who = actor.current()
    row.status = ReviewItem.Status.RESOLVED
    row.resolved_at = clock.now()
    row.resolved_by = who.label or who.id or who.kind
    row.reason, row.settled_by_merge = reason, merge
    row.save(update_fields=_SETTLED)
    _audit(row, "review_item.resolve", {"merge": str(merge)} if merge else {"reason": reason})


def _open_again(row: ReviewItem) -> None:
    before = {"merge": str(row.settled_by_merge)}
    row.status, row.resolved_at, row.settled_by_merge = ReviewItem.Status.OPEN, None, None
    row.resolved_by = row.reason = ""
    row.save(update_fields=_SETTLED)
    _audit(row, "review_item.reopen", {}, before)


def _audit(
    row: ReviewItem,
    action: str,
    after: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:
    audit.record(subject=f"review_item:{row.pk}", action=action, after=after, before=before)
