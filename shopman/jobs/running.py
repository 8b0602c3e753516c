"""The life of a job: started, advanced slice by slice, cancelled, closed."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from django.conf import settings
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone, translation

from shopman import actor, audit, clock, masking, tenancy
from shopman.conf import conf
from shopman.errors import Failure
from shopman.events import announce
from shopman.jobs import registry, results, signals
from shopman.jobs.errors import (
    JobDenied,
    JobFinished,
    JobNotFound,
    NothingSelected,
    SelectionTooLong,
    TooManyRows,
)
from shopman.jobs.registry import Kind, Refusal, Work
from shopman.lists import UnknownListParameter
from shopman.models import Job, JobFailure
from shopman.tenancy import reading, staff

MAX_QUERY_LENGTH = 2000
#: Keys of ticked rows; a page of a list has fewer.
MOST_KEYS = 1000


class _Next(Enum):
    MORE = "more"
    FILE = "file"
    NOTHING = "nothing"


def start(
    *,
    kind: str,
    user: Any,
    parameters: Mapping[str, Any] | None = None,
    keys: Sequence[str] | None = None,
    query: str = "",
) -> Job:
    """A new job on the ticked rows, or without ``keys`` on all that match the list's ``query``.

    ``job_started`` is announced; who hears it, or the progress page, advances it. Raises
    UnknownJobKind, JobDenied, NothingSelected, SelectionTooLong, UnknownListParameter.
    """
    known = registry.kind(kind)
    if keys is not None and not keys:
        raise NothingSelected
    if len(query) > MAX_QUERY_LENGTH or len(keys or ()) > MOST_KEYS:
        raise SelectionTooLong
    job = Job(
        kind=kind,
        page=known.page,
        parameters=dict(parameters or {}),
        keys=None if keys is None else [str(key) for key in keys],
        query=query.lstrip("?"),
        user=user,
        language=translation.get_language() or "",
    )
    _rows(job, known, _work(job, known))
    with transaction.atomic():
        job.save(force_insert=True)
        audit.record(
            subject=job.subject,
            action="job.start",
            # As it was typed: what is encoded would escape the masks of contacts.
            after={"kind": kind, "parameters": job.parameters, "query": unquote_plus(job.query)},
        )
        announce(signals.job_started, sender=Job, job_uuid=job.uuid)
    return job


def find(uuid: UUID) -> Job:
    """The job as it is now. Raises JobNotFound."""
    job: Job | None = Job.objects.filter(pk=uuid).first()
    if job is None:
        raise JobNotFound
    return job


def advance(uuid: UUID, *, seconds: float = 5.0) -> Job:
    """Go on with a job for about that long, at least one slice; returns it as it is then.

    Nothing is done twice: while somebody else is at a slice, this one returns at once. Raises
    JobNotFound.
    """
    until = time.monotonic() + seconds
    while True:
        following = _slice(uuid)
        if following is _Next.FILE:
            _make_file(uuid)
        if following is not _Next.MORE or time.monotonic() >= until:
            return find(uuid)


def cancel(*, job: Job) -> Job:
    """Stop a job after the slice it is at; what is done stays done. Raises JobFinished."""
    with transaction.atomic():
        row: Job = Job.objects.select_for_update().get(pk=job.pk)
        if not row.is_open:
            raise JobFinished
        _close(row, Job.Status.CANCELLED)
    results.remove(row)
    return row


def lost(*, quiet_seconds: int) -> list[UUID]:
    """Open jobs of the tenant that nobody advanced for a while."""
    before = clock.now() - dt.timedelta(seconds=quiet_seconds)
    rows = Job.objects.open().filter(touched_at__lt=before).order_by("touched_at")
    return list(rows.values_list("pk", flat=True))


def _slice(uuid: UUID) -> _Next:
    with transaction.atomic():
        # The lock lasts as long as the slice: nobody else can be at the same one.
        job: Job | None = (
            Job.objects.open().filter(pk=uuid).select_for_update(skip_locked=True).first()
        )
        if job is None:
            return _Next.NOTHING
        if job.is_read:
            return _Next.FILE
        who = actor.Actor(
            kind="user",
            id=str(job.user_id or ""),
            label=job.user.get_username() if job.user else "",
        )
        with actor.use(who, request_id=job.subject):
            try:
                with transaction.atomic():
                    return _do(job)
            except Failure as failure:
                job.refresh_from_db()
                _close(job, Job.Status.FAILED, problem=failure.detail[:500])
                results.remove(job)
                return _Next.NOTHING


def _do(job: Job) -> _Next:
    """One slice of an open job that is locked."""
    kind = registry.kind(job.kind)
    # Whoever looks at the page while this runs, and wherever that one works: rows and contacts are
    # those of the one who started it.
    with tenancy.use(tenancy.current(), job.organization), _read_as(job):
        work = _work(job, kind)
        with masking.use(reading.of_request(work.request)):
            return _do_as(job, kind, work)


@contextmanager
def _read_as(job: Job) -> Iterator[None]:
    """In the language of whoever started the job and the time of the shop, whoever does it."""
    with (
        translation.override(job.language or settings.LANGUAGE_CODE),
        timezone.override(tenancy.current().zone),
    ):
        yield


def _do_as(job: Job, kind: Kind, work: Work) -> _Next:
    rows = _rows(job, kind, work)
    if job.total_count is None:
        _begin(job, kind, rows, work)
    if job.cursor is not None:
        rows = rows.filter(pk__gt=job.cursor)
    found = list(rows.order_by("pk")[: kind.slice_size])
    refused: list[Refusal] = []
    if found and kind.table is not None:
        results.append(job, kind.table, kind.table.lines(found, work))
    elif found and kind.act is not None:
        refused = list(kind.act(found, work))
    _note(job, found, refused)
    if len(found) == kind.slice_size:
        return _Next.MORE
    if kind.table is not None:
        job.is_read = True
        job.save(update_fields=["is_read"])
        return _Next.FILE
    _close(job, Job.Status.DONE)
    return _Next.NOTHING


def _begin(job: Job, kind: Kind, rows: QuerySet[Any], work: Work) -> None:
    job.total_count = rows.order_by().count()
    job.status = Job.Status.RUNNING
    if kind.table is not None:
        if kind.table.format == "xlsx" and job.total_count > conf.XLSX_MAX_ROWS:
            raise TooManyRows
        results.append(job, kind.table, [kind.table.header(work)])


def _note(job: Job, found: Sequence[Any], refused: Sequence[Refusal]) -> None:
    JobFailure.objects.bulk_create(
        JobFailure(
            job=job,
            row=one.row,
            label=one.label[:100],
            code=one.code,
            detail=one.detail[:500],
        )
        for one in refused
    )
    if found:
        job.cursor = found[-1].pk
    job.done_count += len(found) - len(refused)
    job.failed_count += len(refused)
    job.touched_at = clock.now()
    job.save()


def _make_file(uuid: UUID) -> None:
    """Outside a transaction, because it may take long; then the job is done."""
    job: Job = Job.objects.get(pk=uuid)
    table = registry.kind(job.kind).table
    assert table is not None
    with _read_as(job):
        name = results.finish(job, table)
    with transaction.atomic():
        row: Job = Job.objects.select_for_update().get(pk=uuid)
        if row.is_open:
            row.result = name
            row.save(update_fields=["result"])
            _close(row, Job.Status.DONE)
    if row.status == Job.Status.CANCELLED:
        results.remove(row)


def _close(job: Job, status: Job.Status, *, problem: str = "") -> None:
    job.status, job.problem = status, problem
    job.finished_at = job.touched_at = clock.now()
    job.save(update_fields=["status", "problem", "finished_at", "touched_at"])
    audit.record(
        subject=job.subject,
        action=f"job.{status.value}",
        after={"done": job.done_count, "not_done": job.failed_count},
    )


def _work(job: Job, kind: Kind) -> Work:
    """What the one who started it may do now. Raises JobDenied."""
    request = HttpRequest()
    request.method = "GET"
    request.GET = QueryDict(job.query)
    setattr(request, "user", job.user)  # noqa: B010  # as the middleware does
    setattr(request, "session", {})  # noqa: B010  # nobody revealed anything here
    access = staff.access(request) if job.user is not None else None
    if access is None or not access.may(kind.right):
        raise JobDenied
    if job.organization_id and access.organizations != {job.organization_id}:
        raise JobDenied
    return Work(request=request, parameters=job.parameters)


def _rows(job: Job, kind: Kind, work: Work) -> QuerySet[Any]:
    """The rows the list shows him now. Raises UnknownListParameter."""
    try:
        return registry.rows_of(kind.page)(work.request, job.keys)
    except (IncorrectLookupParameters, SuspiciousOperation) as error:
        raise UnknownListParameter from error
