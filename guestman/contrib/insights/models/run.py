"""Recalculations of a whole shop: what was asked, how far they are, what they froze."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopman.models import TenantManager, TenantModel, TenantQuerySet


class InsightRunQuerySet(TenantQuerySet["InsightRun"]):
    """Reads of runs."""

    def running(self) -> InsightRunQuerySet:
        """The one that is not finished, if any."""
        return self.filter(status=InsightRun.Status.RUNNING)

    def completed(self) -> InsightRunQuerySet:
        """Finished ones, the latest first."""
        return self.filter(status=InsightRun.Status.COMPLETED).order_by("-finished_at", "-uuid")

    def in_reading_order(self) -> InsightRunQuerySet:
        """The latest first."""
        return self.order_by("-started_at", "-uuid")


class InsightRun(TenantModel):  # type: ignore[django-manager-missing]
    """One recalculation. Its parameters are frozen, so that any shard can be scored alone."""

    class Kind(models.TextChoices):
        FULL = "full", _("All customers")
        STALE = "stale", _("Customers out of date")

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        COMPLETED = "completed", _("Completed")
        ABANDONED = "abandoned", _("Abandoned")

    class Phase(models.TextChoices):
        MEASURE = "measure", _("Measuring the shop")
        SCORE = "score", _("Scoring customers")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    status = models.CharField(_("status"), max_length=16, choices=Status)
    phase = models.CharField(_("phase"), max_length=16, choices=Phase)
    policy = models.CharField(_("policy"), max_length=32)
    policy_version = models.CharField(_("policy version"), max_length=32, blank=True)
    as_of = models.DateTimeField(_("as of"))
    #: Every number that decides a score (``rules.parameters.Parameters``).
    parameters = models.JSONField(_("parameters"))
    #: The bounds the quintiles were cut at; empty for thresholds.
    breakpoints = models.JSONField(_("breakpoints"), default=dict)
    #: Totals of the finished shards; final once the run is completed.
    counts = models.JSONField(_("counts"), default=dict)
    batch_size = models.PositiveIntegerField(_("batch size"))
    customer_count = models.PositiveIntegerField(_("customers"), default=0)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = TenantManager.from_queryset(InsightRunQuerySet)()  # type: ignore[misc]
    all_tenants = InsightRunQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("recalculation")
        verbose_name_plural = _("recalculations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(status="running"), name="insight_run_one_at_a_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-started_at", "-uuid"], name="insight_run_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_status_display()}"


class InsightShard(TenantModel):
    """A key range of a run: customers after ``after_key`` up to and including ``upto_key``.

    ``fence`` grows with each claim; a worker whose number is out of date writes nothing more.
    """

    run = models.ForeignKey(
        InsightRun, on_delete=models.CASCADE, related_name="shards", db_index=False
    )
    number = models.PositiveIntegerField()
    #: Null: from the first customer.
    after_key = models.UUIDField(null=True)
    #: Null: to the last customer, those created meanwhile included.
    upto_key = models.UUIDField(null=True)
    #: The last customer done in the run's phase.
    cursor = models.UUIDField(null=True)
    is_done = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    fence = models.PositiveIntegerField(default=0)
    #: ``host:process`` of the worker.
    owner = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True)

    run_id: uuid.UUID

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "run", "number"], name="insight_shard_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.number}"


class InsightMeasure(TenantModel):
    """What quintiles rank a customer by; kept only while its run is measuring."""

    run = models.ForeignKey(InsightRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer_uuid = models.UUIDField()
    #: Days since the last order.
    recency = models.IntegerField()
    #: Orders.
    frequency = models.IntegerField()
    #: Net spend in minor units.
    monetary = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "run", "customer_uuid"], name="insight_measure_customer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.customer_uuid}"
