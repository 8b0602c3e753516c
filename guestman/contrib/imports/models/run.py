"""One import of one file."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models import OrganizationModel


class ImportRun(OrganizationModel):  # type: ignore[django-manager-missing]
    """One run over one file. While it is open, the same file under the same mapping goes on."""

    class Status(models.TextChoices):
        #: Uploaded; its columns are being chosen.
        DRAFT = "draft", _("Not started")
        #: What it would do is being found out, then waits to be confirmed.
        PREVIEWING = "previewing", _("Preview is being made")
        PREVIEWED = "previewed", _("Preview is ready")
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        REVERTING = "reverting", _("Being reverted")
        REVERTED = "reverted", _("Reverted")
        FAILED = "failed", _("Failed")

    file_name = models.CharField(_("file"), max_length=255)
    #: SHA-256 (hex) of the file's bytes.
    file_digest = models.CharField(max_length=64)
    #: As ``guestman.contrib.imports.rules.mapping.Mapping``.
    mapping = models.JSONField(_("columns"), default=dict)
    #: SHA-256 (hex) of everything the mapping says.
    mapping_digest = models.CharField(max_length=64, blank=True)
    #: The system the file comes from.
    source = models.CharField(_("source"), max_length=40)
    #: Whether its contacts count as asserted by the shop (A) and fill what is missing.
    is_trusted = models.BooleanField(_("trusted"), default=False)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.RUNNING)
    #: How many customers of the file are done, in the order of the file.
    position = models.PositiveBigIntegerField(_("customers done"), default=0)
    #: How many customers the file has; null until it was read to its end.
    group_count = models.PositiveBigIntegerField(_("customers in the file"), null=True)
    #: How many rows the file has below its header.
    row_count = models.PositiveBigIntegerField(_("rows"), default=0)
    #: As ``guestman.contrib.imports.services.counts.Counts``.
    counts = models.JSONField(_("counts"), default=dict)
    #: What it would do: ``{"counts": ..., "examples": {outcome: [...]}}``; emptied when it is done.
    preview = models.JSONField(default=dict)
    #: Why it failed as a whole.
    problem = models.CharField(_("problem"), max_length=500, blank=True)
    #: As in ``shopman.actor``: who began it.
    actor_kind = models.CharField(max_length=16, blank=True)
    actor_label = models.CharField(_("by"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("started"), default=clock.now)
    updated_at = models.DateTimeField(_("changed"), default=clock.now)
    finished_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = (
        models.DateTimeField(_("finished"), null=True, blank=True)
    )

    class Meta:
        verbose_name = _("import of customers")
        verbose_name_plural = _("imports of customers")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "file_digest", "mapping_digest", "is_trusted"],
                name="customer_import_running",
                condition=Q(status="running"),
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "draft", "previewing", "previewed", "running", "finished", "reverting",
                        "reverted", "failed",
                    ]
                ),
                name="customer_import_status_known",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-started_at", "-uuid"], name="customer_import_recent"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def source_type(self) -> str:
        """How the links of its rows call the system."""
        return f"import:{self.source}"

    @property
    def subject(self) -> str:
        """How the audit trail calls this run."""
        return f"customer_import:{self.uuid}"
