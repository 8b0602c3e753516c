"""Imports that staff start by an upload: columns chosen, previewed, run in slices, taken back.

Whoever calls ``advance`` does the work: a worker until it is done, or the page with each look. The
file and what was read of it wait in a folder of the tenant's own that has no address.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from guestman.contrib.identifiers import bulk as identity
from guestman.contrib.imports.conf import conf
from guestman.contrib.imports.errors import (
    ImportNotReady,
    ImportRunning,
    ImportTakenOver,
    UnknownRun,
    UnreadableFile,
)
from guestman.contrib.imports.models import ImportRow, ImportRun
from guestman.contrib.imports.rules import mapping as mappings
from guestman.contrib.imports.rules.grouping import contacts_of
from guestman.contrib.imports.rules.judgement import Judged
from guestman.contrib.imports.rules.mapping import Mapping as Columns
from guestman.contrib.imports.rules.table import Table, digest_of, open_table
from guestman.contrib.imports.services import counts as counting
from guestman.contrib.imports.services import judging, revert, runs
from guestman.contrib.imports.services.counts import Counts
from guestman.contrib.imports.services.sources import Source
from guestman.contrib.imports.services.spool import Spool
from shopman import actor, audit, clock, tenancy
from shopman.errors import Failure
from shopman.models import sole

#: Groups, and rows that cannot be read, of each outcome that a preview shows.
EXAMPLES: Final = 5
SUFFIXES: Final = (".csv", ".txt", ".tsv", ".xlsx")
WORKING: Final = (
    ImportRun.Status.PREVIEWING,
    ImportRun.Status.RUNNING,
    ImportRun.Status.REVERTING,
)
_CHANGEABLE: Final = (
    ImportRun.Status.DRAFT,
    ImportRun.Status.PREVIEWING,
    ImportRun.Status.PREVIEWED,
    ImportRun.Status.FAILED,
)


def receive(*, name: str, size: int, chunks: Iterable[bytes]) -> ImportRun:
    """Keep an uploaded file; the run waits for its columns to be chosen. Raises UnreadableFile."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise UnreadableFile("Customers are imported from .csv and .xlsx files.")
    if size > conf.FILE_MAX_BYTES:
        raise UnreadableFile("The file is too large. Import it with the command guestman_import.")
    who = actor.current()
    run = ImportRun(
        file_name=Path(name).name[-255:],
        status=ImportRun.Status.DRAFT,
        counts=Counts().as_json(),
        actor_kind=who.kind,
        actor_label=who.label,
    )
    run.tenant = tenancy.current()
    path = file_of(run)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with path.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
        path.chmod(0o600)
        table = open_table(path)
        run.source = mappings.source_name(name)
        run.file_digest = digest_of(path)
        run.mapping = {"columns": mappings.guess(table.header), "source": run.source}
    except Failure:
        path.unlink(missing_ok=True)
        raise
    with transaction.atomic():
        run.save(force_insert=True)
        audit.record(subject=run.subject, action="import.upload", after={"file": run.file_name})
    return run


def file_of(run: ImportRun) -> Path:
    """Where an uploaded file is kept."""
    suffix = Path(run.file_name).suffix.lower()
    return _folder(run) / f"{run.pk}{suffix}"


def table_of(run: ImportRun) -> Table:
    """The uploaded table. Raises UnreadableFile, also for one that was deleted."""
    return open_table(file_of(run))


def choose(*, run: UUID, mapping: Mapping[str, Any], is_trusted: bool) -> ImportRun:
    """Set the columns and begin to find out what the import would do.

    Raises UnknownRun, ImportNotReady when it runs or ran, InvalidMapping.
    """
    columns = Columns(**mapping)
    with transaction.atomic():
        row = _locked(run)
        if row.status not in _CHANGEABLE:
            raise ImportNotReady
        columns.places(table_of(row).header)
        row.mapping = runs.mapping_json(columns)
        row.mapping_digest = columns.digest
        row.source, row.is_trusted = columns.source, is_trusted
        row.status = ImportRun.Status.PREVIEWING
        row.position, row.preview, row.problem = 0, {}, ""
        row.updated_at = clock.now()
        row.save()
    _spool_path(row).unlink(missing_ok=True)
    return row


def start(*, run: UUID) -> ImportRun:
    """Import what was previewed. Raises UnknownRun, ImportNotReady, ImportRunning."""
    try:
        with transaction.atomic():
            row = _locked(run)
            if row.status != ImportRun.Status.PREVIEWED:
                raise ImportNotReady
            row.status = ImportRun.Status.RUNNING
            row.position, row.group_count, row.counts = 0, None, Counts().as_json()
            row.started_at = row.updated_at = clock.now()
            row.save()
            audit.record(
                subject=row.subject,
                action="import.start",
                after={"file": row.file_name, "source": row.source, "trusted": row.is_trusted},
            )
    except IntegrityError as error:
        raise ImportRunning from error
    return row


def find(run: UUID) -> ImportRun:
    """The run as it is now. Raises UnknownRun."""
    row: ImportRun | None = sole(ImportRun.objects.filter(pk=run))
    if row is None:
        raise UnknownRun
    return row


def advance(run: UUID, *, seconds: float = 5.0) -> ImportRun:
    """Go on with a run for about that long, at least one slice; returns it as it is then.

    Nothing is done twice: while somebody else is at a slice, this one returns. What makes the file
    as a whole unusable ends the run with its reason.
    """
    until = time.monotonic() + seconds
    row = find(run)
    while row.status in WORKING:
        try:
            _slice(row, until)
        except ImportTakenOver:
            return find(run)
        except Failure as failure:
            _fail(row, failure)
        row = find(run)
        if time.monotonic() >= until:
            break
    return row


def purge() -> int:
    """Delete old files and what left out rows said, of all tenants; how many runs. Idempotent."""
    before = clock.now() - dt.timedelta(days=conf.KEEP_DAYS)
    old = ImportRun.all_tenants.filter(updated_at__lt=before)
    count = 0
    for row in old.filter(rows__content__0__isnull=False).distinct():
        ImportRow.all_tenants.filter(run=row).exclude(content=[]).update(content=[])
        count += 1
    for row in old.iterator():
        forget_files(row)
    return count


def forget_files(run: ImportRun) -> None:
    """Delete the uploaded file, and what was read of it."""
    file_of(run).unlink(missing_ok=True)
    _spool_path(run).unlink(missing_ok=True)


def _slice(row: ImportRun, until: float) -> None:
    if row.status == ImportRun.Status.REVERTING:
        revert.advance(row.pk)
        return
    source = Source(table=table_of(row), mapping=Columns(**row.mapping), is_trusted=row.is_trusted)
    with Spool(max_holders=identity.policy().max_holders, path=_spool_path(row)) as spool:
        if not spool.is_filled:
            spool.fill(source.table.records(), source.row_rules())
        work = _preview if row.status == ImportRun.Status.PREVIEWING else _run
        while work(row, source, spool) and time.monotonic() < until:
            row = find(row.pk)


def _preview(row: ImportRun, source: Source, spool: Spool) -> bool:
    """Judge the next batch; whether there may be more."""
    groups = list(islice(spool.groups(skip=row.position), conf.BATCH_CUSTOMERS))
    counts = counting.of(row.preview.get("counts", {}))
    examples: dict[str, list[Any]] = row.preview.get("examples", {})
    if not row.position:
        _tell_bad(counts, examples, spool)
    judged = judging.judge_all(groups, source.rules)
    judging.foretell(counts, judged, source)
    for each in judged:
        told = examples.setdefault(each[1].kind, [])
        if len(told) < EXAMPLES:
            told.append(_example(each))
    is_done = len(groups) < conf.BATCH_CUSTOMERS
    with transaction.atomic():
        now = _locked(row.pk)
        if now.status != ImportRun.Status.PREVIEWING or now.position != row.position:
            raise ImportTakenOver
        now.preview = {"counts": counts.as_json(), "examples": examples}
        now.row_count, now.group_count = spool.row_count, spool.group_count
        now.position += len(groups)
        now.updated_at = clock.now()
        if is_done:
            now.status = ImportRun.Status.PREVIEWED
        now.save()
    return not is_done


def _run(row: ImportRun, source: Source, spool: Spool) -> bool:
    """Write the next batch; whether there may be more."""
    if row.group_count is None:
        runs.prepare(row, spool)
    groups = list(islice(spool.groups(skip=row.position), conf.BATCH_CUSTOMERS))
    if groups:
        runs.write_batch(row.pk, row.position, groups, source, spool)
    if len(groups) == conf.BATCH_CUSTOMERS:
        return True
    runs.finish(row.pk, row.position + len(groups))
    _spool_path(row).unlink(missing_ok=True)
    return False


def _tell_bad(counts: Counts, examples: dict[str, list[Any]], spool: Spool) -> None:
    told: list[Any] = []
    for bad in spool.bad_rows():
        counts.rejected += 1
        if len(told) < EXAMPLES:
            errors = [list(each) for each in bad.errors]
            told.append({"lines": [bad.line], "errors": errors, "said": bad.cells})
    if told:
        examples["reject"] = told


def _example(judged: Judged) -> dict[str, Any]:
    group, verdict, _claims = judged
    return {
        "lines": [each.line for each in group.rows],
        "name": group.rows[0].name,
        "said": [each.key for each in contacts_of(group.rows)],
        "reason": verdict.reason,
        "customer": str(verdict.customer) if verdict.customer else "",
    }


def _fail(row: ImportRun, failure: Failure) -> None:
    with transaction.atomic():
        now = _locked(row.pk)
        if now.status == row.status:
            now.status = ImportRun.Status.FAILED
            now.problem = failure.detail[:500]
            now.finished_at = now.updated_at = clock.now()
            now.save()
            audit.record(subject=now.subject, action="import.fail", after={"code": failure.code})


def _locked(run: UUID) -> ImportRun:
    row: ImportRun | None = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run).first()
    if row is None:
        raise UnknownRun
    return row


def _folder(run: ImportRun) -> Path:
    return Path(settings.MEDIA_ROOT) / "private" / str(run.tenant_id) / "imports"


def _spool_path(run: ImportRun) -> Path:
    return _folder(run) / f"{run.pk}.spool"
