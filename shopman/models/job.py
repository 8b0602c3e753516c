"""Work on many rows that goes on while nobody waits for it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models.base import OrganizationModel, TenantManager, TenantModel, TenantQuerySet


class JobQuerySet(TenantQuerySet["Job"]):
    """Reads of jobs."""

    def open(self) -> JobQuerySet:
        """Those with something left to do."""
        return self.filter(status__in=Job.OPEN)

    def in_reading_order(self) -> JobQuerySet:
        """Newest first, with a unique tail."""
        return self.order_by("-created_at", "-uuid")


class Job(OrganizationModel):  # type: ignore[django-manager-missing]  # the plugin misses it
    """One piece of background work, its place and its outcome; written by ``shopman.jobs``.

    ``cursor`` and the numbers change in the transaction of the rows they speak of, so a job that is
    killed anywhere goes on from its last slice. Started in one organization, it is done there.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    OPEN = (Status.WAITING, Status.RUNNING)

    #: Key of a ``shopman.jobs.Kind``.
    kind = models.CharField(_("kind"), max_length=100)
    #: The language its file and sentences are in: that of whoever started it.
    language = models.CharField(max_length=16, blank=True)
    #: The list whose rows it is about, ``<app>.<model>``.
    page = models.CharField(max_length=100)
    #: What its form said; JSON values.
    parameters = models.JSONField(default=dict)
    #: Keys of the rows that were ticked; null: all that match ``query``.
    keys = models.JSONField(null=True)
    #: The list's query string, read again at every slice.
    query = models.CharField(max_length=2000, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.WAITING)
    #: Rows when it began; null before that.
    total_count = models.PositiveIntegerField(_("rows"), null=True)
    done_count = models.PositiveIntegerField(_("done"), default=0)
    failed_count = models.PositiveIntegerField(_("not done"), default=0)
    #: Key of the last row that was looked at.
    cursor = models.UUIDField(null=True)
    #: Whether all rows were looked at and only the file is left to make.
    is_read = models.BooleanField(default=False)
    #: Bytes of the spool that belong to finished slices; what is beyond them is written again.
    spooled_bytes = models.PositiveBigIntegerField(default=0)
    #: File name of the result in the tenant's folder; empty without one, and when it was purged.
    result = models.CharField(max_length=100, blank=True)
    #: Why it failed as a whole.
    problem = models.CharField(_("problem"), max_length=500, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("started by"),
    )
    created_at = models.DateTimeField(_("started"), default=clock.now, editable=False)
    #: When its last slice ended.
    touched_at = models.DateTimeField(default=clock.now, editable=False)
    finished_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = (
        models.DateTimeField(_("finished"), null=True)
    )

    objects = TenantManager.from_queryset(JobQuerySet)()  # type: ignore[misc]
    all_tenants = JobQuerySet.as_manager()  # type: ignore[misc]

    user_id: int | None
    organization_id: uuid.UUID | None

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running"], finished_at__isnull=True)
                | ~Q(status__in=["waiting", "running"]) & Q(finished_at__isnull=False),
                name="job_finished_is_status",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-uuid"], name="job_created"),
            models.Index(
                fields=["touched_at"],
                condition=Q(status__in=["waiting", "running"]),
                name="job_open",
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def seen_count(self) -> int:
        """Rows that were looked at, whatever came of it."""
        return self.done_count + self.failed_count

    @property
    def subject(self) -> str:
        """How the audit trail calls this job."""
        return f"job:{self.uuid}"


class JobFailure(TenantModel):
    """A row that a job could not do, and why."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="failures")
    #: Key of the row.
    row = models.UUIDField()
    #: What staff know the row by; a code, never a person's name.
    label = models.CharField(_("row"), max_length=100)
    code = models.CharField(max_length=64)
    detail = models.CharField(_("why"), max_length=500)

    job_id: uuid.UUID

    class Meta:
        verbose_name = _("row not done")
        verbose_name_plural = _("rows not done")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "job", "row"], name="job_failure_row"),
        ]

    def __str__(self) -> str:
        return self.label
