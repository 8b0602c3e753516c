"""Searches of a whole shop for duplicates: how far they are and what they found."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopman.models import TenantManager, TenantModel, TenantQuerySet


class ScanQuerySet(TenantQuerySet["Scan"]):
    """Reads of scans."""

    def running(self) -> ScanQuerySet:
        """The one that is not finished, if any."""
        return self.filter(status=Scan.Status.RUNNING)


class Scan(TenantModel):  # type: ignore[django-manager-missing]
    """One search of everybody. Phases: bring the keys up to date, then compare."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        COMPLETED = "completed", _("Completed")
        ABANDONED = "abandoned", _("Abandoned")

    class Phase(models.TextChoices):
        KEYS = "keys", _("Collecting")
        COMPARE = "compare", _("Comparing")

    status = models.CharField(_("status"), max_length=16, choices=Status)
    phase = models.CharField(_("phase"), max_length=16, choices=Phase)
    scorer_version = models.PositiveIntegerField(_("version of the scorer"))
    customer_count = models.PositiveIntegerField(_("customers"), default=0)
    #: Totals of the finished shards; final once the scan is completed.
    counts = models.JSONField(_("counts"), default=dict)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = TenantManager.from_queryset(ScanQuerySet)()  # type: ignore[misc]
    all_tenants = ScanQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("search for duplicates")
        verbose_name_plural = _("searches for duplicates")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(status="running"), name="scan_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}, {self.get_phase_display()}"


class ScanShard(TenantModel):
    """A key range of a scan: customers after ``after_key`` up to and including ``upto_key``.

    ``fence`` grows with each claim; a worker whose number is out of date writes nothing more.
    """

    scan = models.ForeignKey(Scan, on_delete=models.CASCADE, related_name="shards", db_index=False)
    number = models.PositiveIntegerField()
    #: Null: from the first customer.
    after_key = models.UUIDField(null=True)
    #: Null: to the last customer, those created meanwhile included.
    upto_key = models.UUIDField(null=True)
    #: The last customer done in the scan's phase.
    cursor = models.UUIDField(null=True)
    is_done = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    fence = models.PositiveIntegerField(default=0)
    #: ``host:process`` of the worker.
    owner = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True)

    scan_id: uuid.UUID

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "scan", "number"], name="scan_shard_number"),
        ]

    def __str__(self) -> str:
        return f"{self.scan_id} {self.number}"
