"""An import taken back: exactly what it did and nobody changed since; the rest is listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from guestman.contrib.identifiers.models import CustomerIdentifier, RecordLink, ReviewItem
from guestman.contrib.imports.conf import conf
from guestman.contrib.imports.errors import ImportNotFinished, ImportReverted, UnknownRun
from guestman.contrib.imports.models import ImportRow, ImportRun, Outcome
from guestman.models import Customer, CustomerAddress
from guestman.services import address as addresses
from guestman.services import bulk_discard
from guestman.services import customer as customers
from shopman import audit, clock
from shopman.batches import batched
from shopman.models import sole

#: What a field that the import filled is without it.
_EMPTY = {"birth_date": None}

Watch = Callable[[Iterable[ImportRow], int], Iterable[ImportRow]]


@dataclass(slots=True, kw_only=True)
class Reverted:
    """What a revert did. ``kept_counts``: customers that stay as they are, by reason."""

    removed_count: int = 0
    restored_count: int = 0
    kept_counts: Counter[str] = field(default_factory=Counter)


def nobody(rows: Iterable[ImportRow], _total: int) -> Iterable[ImportRow]:
    """Watches nothing."""
    return rows


def begin(run: UUID) -> ImportRun:
    """Mark an import as being reverted; one whose revert was killed goes on.

    Raises UnknownRun, ImportNotFinished, ImportReverted.
    """
    with transaction.atomic():
        row = _locked(run)
        if row.status == ImportRun.Status.REVERTED:
            raise ImportReverted
        if row.status not in (ImportRun.Status.FINISHED, ImportRun.Status.REVERTING):
            raise ImportNotFinished
        if row.status == ImportRun.Status.FINISHED:
            row.status = ImportRun.Status.REVERTING
            row.save(update_fields=["status"])
            audit.record(subject=row.subject, action="import.revert")
    return row


def run(key: UUID, *, watch: Watch = nobody) -> Reverted:
    """Take back what is left to take back, in one go."""
    waiting = _waiting(key)
    total = waiting.count()
    for batch in batched(watch(_rows(waiting), total), conf.BATCH_CUSTOMERS):
        take_back(key, batch)
    return finish(key)


def advance(key: UUID) -> bool:
    """Take back the next batch; whether there may be more."""
    batch = list(_waiting(key)[: conf.BATCH_CUSTOMERS])
    if batch:
        take_back(key, batch)
        return True
    finish(key)
    return False


def remaining(run: ImportRun) -> int:
    """Rows left to take back."""
    return _waiting(run.pk).count()


@transaction.atomic
def take_back(key: UUID, rows: Sequence[ImportRow]) -> None:
    """Undo what a batch of rows did; each says afterwards whether something was kept."""
    run = _locked(key)
    _remove(run, [row for row in rows if row.outcome == Outcome.CREATED])
    for row in rows:
        if row.outcome != Outcome.CREATED:
            row.kept = _restore(row)
    _forget(run, rows)
    for row in rows:
        row.changes = {}
    ImportRow.objects.bulk_update(rows, ["changes", "kept"], batch_size=conf.BATCH_CUSTOMERS)


def finish(key: UUID) -> Reverted:
    """Close a revert; what it did in all."""
    with transaction.atomic():
        run = _locked(key)
        found = reverted(run)
        if run.status == ImportRun.Status.REVERTING:
            run.status = ImportRun.Status.REVERTED
            run.finished_at = run.updated_at = clock.now()
            run.save(update_fields=["status", "finished_at", "updated_at"])
            audit.record(
                subject=run.subject,
                action="import.reverted",
                after={"removed": found.removed_count, "restored": found.restored_count},
            )
    return found


def reverted(run: ImportRun) -> Reverted:
    """What the revert of a run has done so far."""
    rows = ImportRow.objects.filter(
        run=run, outcome__in=(Outcome.CREATED, Outcome.ENRICHED), changes={}
    )
    done = rows.filter(kept="").values("customer_uuid").distinct()
    found = Reverted(
        removed_count=done.filter(outcome=Outcome.CREATED).count(),
        restored_count=done.filter(outcome=Outcome.ENRICHED)
        .exclude(customer_uuid__in=rows.exclude(kept="").values("customer_uuid"))
        .count(),
    )
    found.kept_counts.update(rows.exclude(kept="").values_list("kept", flat=True))
    return found


def _locked(run: UUID) -> ImportRun:
    row: ImportRun | None = sole(ImportRun.objects.filter(pk=run).select_for_update(of=("self",)))
    if row is None:
        raise UnknownRun
    return row


def _waiting(key: UUID) -> QuerySet[ImportRow]:
    """Rows that did something and were not looked at, the latest first."""
    rows: QuerySet[ImportRow] = ImportRow.objects.filter(run=key).exclude(changes={})
    return rows.order_by("-line")


def _rows(waiting: QuerySet[ImportRow]) -> Iterator[ImportRow]:
    rows = waiting
    while batch := list(rows[: conf.BATCH_CUSTOMERS]):
        yield from batch
        rows = waiting.filter(line__lt=batch[-1].line)


def _remove(run: ImportRun, rows: Sequence[ImportRow]) -> None:
    """Delete the customers that these rows made."""
    versions = {row.customer_uuid: row.changes["version"] for row in rows if row.customer_uuid}
    linked = _linked_elsewhere(run, list(versions))
    free = {key: version for key, version in versions.items() if key not in linked}
    _gone, kept = bulk_discard.discard(free)
    reasons = {**dict.fromkeys(linked, "in_use"), **{each.customer: each.reason for each in kept}}
    for row in rows:
        row.kept = reasons.get(row.customer_uuid, "") if row.customer_uuid else ""


def _linked_elsewhere(run: ImportRun, keys: Sequence[UUID]) -> set[UUID]:
    """Customers whom records of other systems, or later imports, were given to."""
    links = RecordLink.objects.filter(customer__among=keys).exclude(source_type=run.source_type)
    later = ImportRow.objects.filter(customer_uuid__among=keys).exclude(run=run)
    found = {*links.values_list("customer", flat=True)}
    found.update(
        later.exclude(outcome=Outcome.CREATED)
        .exclude(run__status=ImportRun.Status.REVERTED)
        .values_list("customer_uuid", flat=True)
    )
    return found


def _restore(row: ImportRow) -> str:
    """Empty the fields that a row filled; why not, where somebody changed the customer since."""
    changes, key = row.changes, row.customer_uuid
    if key is None or not {"fields", "address"} & changes.keys():
        return ""
    kept = ""
    customer = Customer.objects.filter(pk=key).first()
    if changes.get("fields"):
        if customer is None or customer.version != changes["version"] or not customer.is_active:
            kept = "changed"
        else:
            emptied: dict[str, Any] = {name: _EMPTY.get(name, "") for name in changes["fields"]}
            customers.update(key, **emptied)
    if "address" in changes:
        address = CustomerAddress.objects.live().filter(pk=changes["address"]).first()
        if address is None or address.version != 1 or not address.customer.is_active:
            kept = kept or "changed"
        else:
            addresses.remove(address=address)
    return kept


def _forget(run: ImportRun, rows: Sequence[ImportRow]) -> None:
    """Delete links, claims and open questions that these rows left beside known customers."""

    def noted(name: str) -> list[str]:
        return [each for row in rows if not row.kept for each in row.changes.get(name, ())]

    RecordLink.objects.filter(pk__in=noted("links")).delete()
    CustomerIdentifier.objects.filter(pk__in=noted("claims"), is_pending=True).delete()
    ReviewItem.objects.open().filter(
        pk__in=noted("reviews"), source=run.source_type, created_at__gte=run.started_at
    ).delete()
