"""The files that jobs make: in a folder of the tenant's own, served by a view alone, for a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from shopman import clock
from shopman.conf import conf
from shopman.jobs import tables
from shopman.jobs.registry import Table
from shopman.models import Job


def folder(job: Job) -> Path:
    """Where the files of the job's tenant are. Nothing under it has an address."""
    return Path(settings.MEDIA_ROOT) / "private" / str(job.tenant_id) / "jobs"


def result_file(job: Job) -> Path | None:
    """The file a job made; None without one, and when it was purged."""
    if not job.result:
        return None
    path = folder(job) / job.result
    return path if path.exists() else None


def append(job: Job, table: Table, lines: Iterable[Sequence[Any]]) -> None:
    """Write the lines of a slice behind those of finished slices, and note where they end.

    What a killed slice left behind its end is overwritten.
    """
    path = _spool(job, table)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    if table.format == "csv":
        mark = "" if job.spooled_bytes else tables.BYTE_ORDER_MARK
        content = (mark + tables.csv_text(lines)).encode()
    else:
        content = tables.json_lines(lines)
    with path.open("r+b") as spool:
        spool.truncate(job.spooled_bytes)
        spool.seek(job.spooled_bytes)
        spool.write(content)
        job.spooled_bytes = spool.tell()


def finish(job: Job, table: Table) -> str:
    """Make the file of a job whose rows are all read; returns its name. Bears being done twice."""
    spool = _spool(job, table)
    if table.format == "csv":
        return spool.name
    target = spool.with_suffix(".xlsx")
    part = spool.with_suffix(f".{clock.now():%H%M%S%f}.part")
    tables.write_workbook(spool, part)
    part.chmod(0o600)
    part.replace(target)
    return target.name


def remove(job: Job) -> None:
    """Delete every file of a job."""
    for path in folder(job).glob(f"{job.uuid}.*"):
        path.unlink(missing_ok=True)


def purge() -> int:
    """Delete old files and old jobs, of all tenants; returns how many jobs lost either."""
    now = clock.now()
    files = Job.all_tenants.filter(
        finished_at__lt=now - dt.timedelta(days=conf.JOB_RESULT_KEEP_DAYS)
    ).exclude(result="")
    count = 0
    for job in files.order_by("uuid").iterator():
        remove(job)
        Job.all_tenants.filter(pk=job.pk).update(result="")
        count += 1
    old = Job.all_tenants.filter(finished_at__lt=now - dt.timedelta(days=conf.JOB_KEEP_DAYS))
    deleted = old.delete()[1]
    return count + deleted.get(Job._meta.label, 0)


def _spool(job: Job, table: Table) -> Path:
    return folder(job) / f"{job.uuid}.{'csv' if table.format == 'csv' else 'jsonl'}"
