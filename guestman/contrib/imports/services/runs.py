"""The life of an import: begun, gone on with batch by batch, finished.

A batch of customers, their links, the outcome of their rows and the run's position are one
transaction: a run that was killed goes on where its last batch ended. Each row's link is its
identity, so a second import of the same file changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction

from guestman.conf import conf as guestman_conf
from guestman.contrib.identifiers import bulk as identity
from guestman.contrib.identifiers.rules import junk
from guestman.contrib.imports.conf import conf
from guestman.contrib.imports.errors import ImportTakenOver, UnknownRun
from guestman.contrib.imports.models import ImportRow, ImportRun, Outcome
from guestman.contrib.imports.rules.columns import plain
from guestman.contrib.imports.rules.csv_file import Record
from guestman.contrib.imports.rules.judgement import (
    ERASED,
    Group,
    Rules,
    Verdict,
    claims_of,
    judge,
)
from guestman.contrib.imports.rules.mapping import Mapping
from guestman.contrib.imports.rules.rows import Reading, RowRules
from guestman.contrib.imports.rules.table import Table, digest_of
from guestman.contrib.imports.services import counts as counting
from guestman.contrib.imports.services import finding
from guestman.contrib.imports.services.counts import Counts
from guestman.contrib.imports.services.spool import BadRow, Spool
from guestman.contrib.imports.services.writing import Batch, Judged, gaps_of
from guestman.errors import CodeTaken, ContactExists, DocumentTaken
from guestman.models import CustomerGroup
from guestman.services import bulk_people, locks
from shopman import actor, audit, clock, tenancy
from shopman.batches import batched
from shopman.contact import variant_key
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file, how it is mapped, and whether the shop vouches for it."""

    table: Table
    mapping: Mapping
    is_trusted: bool = False

    @property
    def rules(self) -> Rules:
        return Rules(
            policy=identity.policy(),
            evidence="A" if self.is_trusted else "U",
            source_type=f"import:{self.mapping.source}",
            max_per_family=identity.max_per_family(),
        )

    def row_rules(self) -> RowRules:
        """How the file's records are read in the tenant in use. Raises InvalidMapping."""
        tenant = tenancy.current()
        groups = CustomerGroup.objects.values_list("code", "name")
        return RowRules(
            Reading(
                places=self.mapping.places(self.table.header),
                width=len(self.table.header),
                dates=self.mapping.dates,
                region=self.mapping.region or tenant.default_region,
                today=clock.now().astimezone(tenant.zone).date(),
                groups={plain(name): code for code, title in groups for name in (title, code)},
                locales=guestman_conf.LOCALES,
                notes_limit=guestman_conf.NOTES_MAX_LENGTH,
                standing=partial(junk.standing, own=identity.own_junk()),
            )
        )


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
            judged = list(judge_all(batch, source.rules))
            foretell(counts, judged, source)
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


def judge_all(
    groups: Sequence[Group], rules: Rules, *, run: ImportRun | None = None
) -> Iterator[Judged]:
    """Every group with its verdict, from a few statements for all of them.

    Customers that ``run`` itself made do not count: which rows of a file are one person was decided
    over the whole file, so it does not matter which of them were written first.
    """
    claimed = [claims_of(group, rules) for group in groups]
    every = [each for claims in claimed for each in claims if each.family != rules.source_type]
    hits = finding.hits_of(every, but_of=run)
    links = finding.links_of(rules.source_type, {row.key for group in groups for row in group.rows})
    erased = finding.erased_of(every)
    for group, claims in zip(groups, claimed, strict=True):
        own = [hit for claim in claims for hit in hits.get(claim.at, ())]
        verdict = judge(group, claims, own, links, rules)
        if verdict.kind == "create" and any((each.family, each.key) in erased for each in claims):
            # Whoever asked to be forgotten is not made anew by a file from before.
            verdict = Verdict(kind="reject", reason=ERASED)
        yield group, verdict, claims


def foretell(counts: Counts, judged: Sequence[Judged], source: Source) -> None:
    """Count what the groups would become."""
    gaps = gaps_of(judged) if source.is_trusted else []
    completed = bulk_people.fillable(gaps)
    for group, verdict, _claims in judged:
        rows = len(group.rows)
        if verdict.kind == "create":
            counts.created += 1
            counts.duplicate += rows - 1
            counts.customers_created += 1
        elif verdict.kind in ("match", "same") and verdict.customer in completed:
            completed.discard(verdict.customer)
            counts.enriched += rows
        else:
            name = {"match": "matched", "reject": "rejected"}.get(verdict.kind, verdict.kind)
            setattr(counts, name, getattr(counts, name) + rows)


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
        locks.keys(_lock_names(groups, rules))
        judged = list(judge_all(groups, rules, run=record))
        links = finding.links_of(
            rules.source_type, {row.key for group in groups for row in group.rows}
        )
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


def _lock_names(groups: Sequence[Group], rules: Rules) -> Iterator[tuple[str, str]]:
    for group in groups:
        for claim in claims_of(group, rules):
            key = variant_key(claim.key) if claim.family == "phone" else claim.key
            yield claim.family, key
        for row in group.rows:
            yield f"record:{rules.source_type}", row.key


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
