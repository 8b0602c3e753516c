"""What the kernel keeps about people: the audit trail, events, answers, jobs and saved views."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from shopman import permits, subjects
from shopman.jobs import results
from shopman.models import (
    AuditEntry,
    IdempotencyRecord,
    Job,
    JobFailure,
    OutboxEvent,
    SavedView,
)
from shopman.person import Person
from shopman.personal import Erasing, Expiry, Personal, delete, naming
from shopman.subjects import Subject

#: Subjects of the trail that speak of no person, or of one who has entries of their own.
_OTHERS: Final = Q(
    *(
        Q(subject__startswith=prefix)
        for prefix in ("customer:", "product:", "price_list:", "price_list_item:", "channel:")
    ),
    _connector=Q.OR,
)
#: Changed columns of the trail that name somebody of the staff.
_STAFF: Final = frozenset({"assigned_to"})
_EMPTIED: Final = ("before", "after", "reason", "actor_label")


def connect() -> None:
    """Register; called when the app is ready."""
    subjects.register(
        Subject(
            key="shopman.records",
            models=(),
            personal=(_trail(), _events(), _answers(), _jobs(), _failures(), _views()),
            impersonal=_impersonal(),
        )
    )


def _trail() -> Personal:
    return Personal(
        key="shopman.audit",
        title=_("Audit trail"),
        model=AuditEntry,
        is_steady=False,
        columns=("subject", *_EMPTIED),
        rows=_own_entries,
        told=_told_entry,
        erase=_empty_entries,
        fate=_("What was done and when stays; the values, reasons and names go."),
        expiry=Expiry(
            days=1826,
            ground="Lei 8.078/1990 (CDC), art. 27",
            older=_old_entries,
            erase=_empty_old,
        ),
    )


def _own_entries(person: Person) -> QuerySet[AuditEntry]:
    by_person = Q(actor_kind="customer", actor_id__in=[str(key) for key in person.keys])
    return AuditEntry.objects.filter(Q(subject__in=person.subjects) | by_person)


def _told_entry(row: AuditEntry, person: Person) -> Mapping[str, Any]:
    # Who of the staff it was, and whom they changed besides, is not about this person.
    if row.subject not in person.subjects:
        return {"at": row.at, "action": row.action}
    before, after = (
        {name: value for name, value in values.items() if name not in _STAFF}
        for values in (row.before, row.after)
    )
    return {"at": row.at, "action": row.action, "before": before, "after": after}


def _empty_entries(rows: QuerySet[AuditEntry], erasing: Erasing) -> int:
    person = erasing.person
    changed = [
        row
        for row in rows.exclude(action__startswith="privacy.").order_by("pk").iterator()
        if _emptied(row, is_own=row.subject in person.subjects, person=person)
    ]
    # A search somebody typed, a note on a job: what names the person, whatever it is about.
    elsewhere = AuditEntry.objects.exclude(_OTHERS).exclude(action__startswith="privacy.")
    named = naming(elsewhere, person, "before", "after", "reason").exclude(
        pk__in=[row.pk for row in changed]
    )
    for row in named:
        row.before, row.after = person.without(row.before), person.without(row.after)
        row.reason = person.without(row.reason)
        changed.append(row)
    return permits.rewrite(changed, columns=_EMPTIED, entry=erasing.entry)


def _emptied(row: AuditEntry, *, is_own: bool, person: Person) -> bool:
    """Take the values out of an entry; whether there were any."""
    old = (row.before, row.after, row.reason, row.actor_label)
    if is_own:
        row.before, row.after, row.reason = names_only(row.before), names_only(row.after), ""
    if row.actor_kind == "customer" and row.actor_id in map(str, person.keys):
        row.actor_label = ""
    return old != (row.before, row.after, row.reason, row.actor_label)


def names_only(values: Mapping[str, Any]) -> dict[str, Any]:
    """Which columns an entry of the trail is about, without their values."""
    return {name: value if name == "version" else None for name, value in values.items()}


def _old_entries(before: dt.datetime) -> QuerySet[AuditEntry]:
    kept = AuditEntry.objects.filter(at__lt=before, subject__startswith="customer:")
    return kept.exclude(action__startswith="privacy.").exclude(reason="", before={}, after={})


def _empty_old(rows: QuerySet[AuditEntry], entry: AuditEntry) -> int:
    changed = []
    for row in rows:
        old = (row.before, row.after, row.reason)
        row.before, row.after, row.reason = names_only(row.before), names_only(row.after), ""
        if old != (row.before, row.after, row.reason):
            changed.append(row)
    return permits.rewrite(changed, columns=("before", "after", "reason"), entry=entry)


def _events() -> Personal:
    return Personal(
        key="shopman.events",
        kept='SHOPMAN["OUTBOX_KEEP_DAYS"] after they were delivered.',
        title=_("Events told to other parts of the shop"),
        model=OutboxEvent,
        is_steady=False,
        columns=("subject", "payload", "last_error"),
        rows=_own_events,
        erase=_erase_events,
        fate=_("Delivered ones are deleted; waiting ones keep only keys."),
    )


def _own_events(person: Person) -> QuerySet[OutboxEvent]:
    keys = [str(key) for key in person.keys]
    return OutboxEvent.objects.filter(
        Q(subject__in=person.subjects) | Q(payload__customer_uuid__in=keys)
    )


def _erase_events(rows: QuerySet[OutboxEvent], erasing: Erasing) -> int:
    # Also what is set aside: nobody may deliver the values again.
    over = rows.filter(Q(delivered_at__isnull=False) | Q(dead_at__isnull=False))
    count = delete(over, erasing)
    waiting = rows.filter(delivered_at__isnull=True, dead_at__isnull=True)
    for row in waiting.select_for_update().order_by("pk"):
        payload = erasing.person.without(row.payload)
        if payload != row.payload or row.last_error:
            row.payload, row.last_error = payload, ""
            row.save(update_fields=["payload", "last_error"])
            count += 1
    return count


def _answers() -> Personal:
    return Personal(
        key="shopman.answers",
        kept='SHOPMAN["IDEMPOTENCY_TTL_HOURS"].',
        title=_("Stored answers"),
        model=IdempotencyRecord,
        is_steady=False,
        columns=("principal", "headers", "body"),
        rows=_own_answers,
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
    )


def _own_answers(person: Person) -> QuerySet[IdempotencyRecord]:
    records = IdempotencyRecord.objects
    named = naming(records.all(), person, "body", "headers").values("pk")
    return records.filter(Q(principal__in=person.subjects) | Q(pk__in=named))


def _jobs() -> Personal:
    return Personal(
        key="shopman.jobs",
        kept='SHOPMAN["JOB_KEEP_DAYS"]; files SHOPMAN["JOB_RESULT_KEEP_DAYS"].',
        title=_("Background jobs and the files they made"),
        model=Job,
        is_steady=False,
        columns=("parameters", "keys", "query", "problem"),
        rows=_touching_jobs,
        erase=_erase_jobs,
        fate=_("Files with many people's rows are removed; searches lose the person's words."),
    )


def _touching_jobs(person: Person) -> QuerySet[Job]:
    """Jobs that name the person, and those whose files may hold their row."""
    named = naming(Job.objects.all(), person, "parameters", "query", "problem").values("pk")
    with_file = ~Q(result="") | Q(status__in=Job.OPEN, spooled_bytes__gt=0)
    return Job.objects.filter(Q(pk__in=named) | with_file)


def _erase_jobs(rows: QuerySet[Job], erasing: Erasing) -> int:
    person, count = erasing.person, 0
    for job in rows.select_for_update(of=("self",)).order_by("pk"):
        old = (job.parameters, job.problem, job.query, job.result, job.status)
        job.parameters, job.problem = person.without(job.parameters), person.without(job.problem)
        if person.is_named(job.query):
            told = [(name, person.without(value)) for name, value in parse_qsl(job.query)]
            job.query = urlencode(told)
        if job.result or job.spooled_bytes:
            _forget_file(job, erasing.at)
        if old != (job.parameters, job.problem, job.query, job.result, job.status):
            job.save()
            count += 1
    return count


def _forget_file(job: Job, at: dt.datetime) -> None:
    """A file is a copy of many people's rows; whoever needs it makes it again."""
    job.result = ""
    if job.is_open:
        job.status, job.finished_at = Job.Status.CANCELLED, at
    transaction.on_commit(partial(results.remove, job))


def _failures() -> Personal:
    return Personal(
        key="shopman.job_failures",
        kept="With their job.",
        title=_("Rows that a job could not do"),
        model=JobFailure,
        is_steady=False,
        columns=("row", "label", "detail"),
        rows=lambda person: JobFailure.objects.filter(row__in=person.keys),
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
    )


def _views() -> Personal:
    return Personal(
        key="shopman.saved_views",
        kept="As long as whoever saved it keeps it.",
        title=_("Saved views of lists that search for the person"),
        model=SavedView,
        is_steady=False,
        columns=("name", "query"),
        rows=lambda person: naming(SavedView.objects.all(), person, "name", "query"),
        erase=delete,
        fate=_("Deleted."),
        is_deleted=True,
    )


def _impersonal() -> dict[type[Model], str]:
    found: dict[type[Model], str] = {
        get_user_model(): "Staff, who are no customers.",
        apps.get_model("shopman", "Tenant"): "The shop itself.",
        apps.get_model("shopman", "Organization"): "The shop itself.",
    }
    for label, why in (
        ("sessions.session", "Sessions of staff hold keys only."),
        ("admin.logentry", "Nothing about customers is written there: the audit trail has it."),
    ):
        if apps.is_installed(f"django.contrib.{label.partition('.')[0]}"):
            found[apps.get_model(label)] = why
    return found
