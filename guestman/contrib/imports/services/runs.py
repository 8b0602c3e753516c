"""The life of an import: begun, gone on with batch by batch, finished.

A batch of customers, their links, the outcome of their rows and the run's position are one
transaction: a run that was killed goes on where its last batch ended. Each row's link is its
identity, so a second import of the same file changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction

from guestman.contrib.identifiers import bulk as identity
from guestman.contrib.imports.conf import conf
from guestman.contrib.imports.errors import ImportTakenOver, UnknownRun
from guestman.contrib.imports.models import ImportRow, ImportRun, Outcome
from guestman.contrib.imports.rules.csv_file import Record
from guestman.contrib.imports.rules.judgement import (
    Group,
    Judged,
)
from guestman.contrib.imports.rules.mapping import Mapping
from guestman.contrib.imports.rules.table import digest_of
from guestman.contrib.imports.services import counts as counting
from guestman.contrib.imports.services import judging
from guestman.contrib.imports.services.counts import Counts
from guestman.contrib.imports.services.sources import Source
from guestman.contrib.imports.services.spool import BadRow, Spool
from guestman.contrib.imports.services.writing import Batch
from guestman.errors import CodeTaken, ContactExists, DocumentTaken
from shopman import actor, audit, clock
from shopman.batches import batched
from shopman.models import sole

#: Times a batch is tried again that another import or a visitor got in the way of.
ATTEMPTS = 5
#: Rejected rows written in one statement.
REJECTS = 1000

WatchRecords = Callable[[Iterable[Record]], Iterable[Record]]
WatchGroups = Callable[[Iterable[Group], int], Iterable[Group]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What came of an import, or would come of it: then ``run`` is None."""

    run: ImportRun | None
    row_count: int
    group_count: int
    counts: Counts
    resumed_at: int = 0


def nobody(records: Iterable[Record]) -> Iterable[Record]:
    """Watches nothing."""
    return records


def no_groups(groups: Iterable[Group], _total: int) -> Iterable[Group]:
    """Watches nothing."""
    return groups


def preview(
    source: Source,
    *,
    watch_records: WatchRecords = nobody,
    watch_groups: WatchGroups = no_groups,
    note: Callable[[Judged], None] | None = None,
    reject: Callable[[BadRow], None] | None = None,
) -> Summary:
    """What an import would do, without writing anything. ``note`` sees each judged group.

    Raises UnreadableFile, InvalidMapping.
    """
    counts = Counts()
    with Spool(max_holders=identity.policy().max_holders) as spool:
        _fill(spool, source, watch_records)
        for bad in spool.bad_rows():
            counts.rejected += 1
            if reject:
                reject(bad)
        everybody = watch_groups(spool.groups(), spool.group_count)
        for batch in batched(everybody, conf.BATCH_CUSTOMERS):
            judged = judging.judge_all(batch, source.rules)
            judging.foretell(counts, judged, source)
            if note:
                for each in judged:
                    note(each)
        return Summary(
            run=None,
            row_count=spool.row_count,
            group_count=spool.group_count,
            counts=counts,
        )


def run(
    source: Source,
    *,
    watch_records: WatchRecords = nobody,
    watch_groups: WatchGroups = no_groups,
    batch_customers: int | None = None,
) -> Summary:
    """Import a file, going on where a killed run of the same file and mapping ended.

    Raises UnreadableFile, InvalidMapping, and ImportTakenOver when two run the same import at once.
    """
    record = begin(source)
    with Spool(max_holders=identity.policy().max_holders) as spool:
        _fill(spool, source, watch_records)
        resumed_at = record.position
        prepare(record, spool)
        waiting = islice(watch_groups(spool.groups(), spool.group_count), resumed_at, None)
        position = resumed_at
        for batch in batched(waiting, batch_customers or conf.BATCH_CUSTOMERS):
            write_batch(record.pk, position, batch, source, spool)
            position += len(batch)
        finish(record.pk, position)
        record.refresh_from_db()
        return Summary(
            run=record,
            row_count=spool.row_count,
            group_count=spool.group_count,
            counts=counting.of(record.counts),
            resumed_at=resumed_at,
        )


def begin(source: Source) -> ImportRun:
    """The run of this file and mapping that was not finished, or a new one."""
    acting = actor.current()
    with transaction.atomic():
        row: ImportRun
        row, is_new = ImportRun.objects.get_or_create(
            file_digest=digest_of(source.table.path),
            mapping_digest=source.mapping.digest,
            is_trusted=source.is_trusted,
            status=ImportRun.Status.RUNNING,
            defaults={
                "file_name": source.table.path.name[-255:],
                "mapping": mapping_json(source.mapping),
                "source": source.mapping.source,
                "counts": Counts().as_json(),
                "actor_kind": acting.kind,
                "actor_label": acting.label,
            },
        )
        if is_new:
            audit.record(
                subject=row.subject,
                action="import.start",
                after={"file": row.file_name, "source": row.source, "trusted": row.is_trusted},
            )
    return row


def prepare(record: ImportRun, spool: Spool) -> None:
    """Write down the rows that do not count, once, and how many rows there are."""
    rejected = 0
    for batch in batched(spool.bad_rows(), REJECTS):
        rejected += len(batch)
        ImportRow.objects.bulk_create([_bad(record, each) for each in batch], ignore_conflicts=True)
    with transaction.atomic():
        row = _locked(record.pk, record.position)
        counts = counting.of(row.counts)
        if row.group_count is None:
            counts.rejected += rejected
            row.counts = counts.as_json()
        row.row_count, row.group_count = spool.row_count, spool.group_count
        row.updated_at = clock.now()
        row.save(update_fields=["row_count", "group_count", "counts", "updated_at"])


def write_batch(
    run: UUID, position: int, groups: Sequence[Group], source: Source, spool: Spool
) -> None:
    """One batch and the run's position with it. Raises ImportTakenOver."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _try_batch(run, position, groups, source, spool)
        except (CodeTaken, ContactExists, DocumentTaken, IntegrityError, OperationalError):
            if attempt == ATTEMPTS:
                raise
    return None


def finish(run: UUID, position: int) -> None:
    """Note that all customers of the file are done. Raises ImportTakenOver."""
    with transaction.atomic():
        record = _locked(run, position)
        record.status = ImportRun.Status.FINISHED
        record.finished_at = record.updated_at = clock.now()
        record.save(update_fields=["status", "finished_at", "updated_at"])
        audit.record(subject=record.subject, action="import.finish", after=record.counts)


def mapping_json(mapping: Mapping) -> dict[str, object]:
    """As ``ImportRun.mapping`` keeps it."""
    return {
        "source": mapping.source,
        "columns": dict(mapping.columns),
        "dates": mapping.dates,
        "region": mapping.region,
    }


def _fill(spool: Spool, source: Source, watch: WatchRecords) -> None:
    spool.fill(watch(source.table.records()), source.row_rules())


def _try_batch(
    run: UUID, position: int, groups: Sequence[Group], source: Source, spool: Spool
) -> None:
    rules = source.rules
    with transaction.atomic():
        record = _locked(run, position)
        judged, links = judging.judge_and_hold(groups, rules, run=record)
        batch = Batch(
            run=record,
            rules=rules,
            cells_of=spool.cells,
            links=links,
            counts=counting.of(record.counts),
        )
        batch.write(judged)
        record.counts = batch.counts.as_json()
        record.position = position + len(groups)
        record.updated_at = clock.now()
        record.save(update_fields=["counts", "position", "updated_at"])


def _locked(run: UUID, position: int) -> ImportRun:
    record: ImportRun | None = sole(
        ImportRun.objects.filter(pk=run).select_for_update(of=("self",))
    )
    if record is None:
        raise UnknownRun
    if record.position != position or record.status != ImportRun.Status.RUNNING:
        raise ImportTakenOver
    return record


def _bad(record: ImportRun, bad: BadRow) -> ImportRow:
    return ImportRow(
        run=record,
        line=bad.line,
        outcome=Outcome.REJECTED,
        reason=bad.errors[0].code[:40],
        errors=[list(each) for each in bad.errors],
        content=bad.cells,
    )
