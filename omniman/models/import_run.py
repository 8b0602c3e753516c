"""What was imported, how far an import got, and which rows did not count."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models import TenantModel


class ImportRun(TenantModel):  # type: ignore[django-manager-missing]
    """One run over one file. While it is running, the same file under the same mapping goes on."""

    RUNNING: Final = "running"
    FINISHED: Final = "finished"
    STATUSES: Final = {RUNNING: _("Running"), FINISHED: _("Finished")}

    file_name = models.CharField(_("file"), max_length=255)
    #: SHA-256 (hex) of the file's bytes.
    file_digest = models.CharField(max_length=64)
    mapping = models.CharField(_("mapping"), max_length=200)
    #: SHA-256 (hex) of everything the mapping says.
    mapping_digest = models.CharField(max_length=64)
    source = models.CharField(_("source"), max_length=64)
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(
        _("status"), max_length=16, choices=list(STATUSES.items()), default=RUNNING
    )
    #: How many orders of the file are done, in the order of the file.
    position = models.PositiveBigIntegerField(_("orders done"), default=0)
    #: How many orders the file has; null until it was read to its end.
    order_count = models.PositiveBigIntegerField(_("orders in the file"), null=True, blank=True)
    #: Reasons of rows that do not count, and how many rows each has.
    reject_counts = models.JSONField(_("rejected rows"), default=dict)
    #: As in ``shopman.actor``: who began it.
    actor_kind = models.CharField(max_length=16, blank=True)
    actor_label = models.CharField(_("by"), max_length=200, blank=True)
    #: As ``omniman.services.order_import.Counts``.
    counts = models.JSONField(_("counts"), default=dict)
    started_at = models.DateTimeField(_("started"), default=clock.now)
    updated_at = models.DateTimeField(_("changed"), default=clock.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "file_digest", "mapping_digest"],
                name="import_run_running",
                condition=Q(status="running"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-started_at", "-uuid"], name="import_run_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.mapping})"

    @property
    def reject_count(self) -> int:
        """How many rows of the file do not count, kept here or not."""
        return sum(self.reject_counts.values())


class ImportReject(TenantModel):
    """A row of the file that does not count. The first ones of a run are kept, for a while."""

    run = models.ForeignKey(
        ImportRun, on_delete=models.CASCADE, related_name="rejects", db_index=False
    )
    #: Line of the file, from 1.
    line = models.PositiveBigIntegerField(_("line"))
    #: A stable word, see ``omniman.rules.order_import_rows``.
    reason = models.CharField(_("reason"), max_length=40)
    #: The cells of the row as text, long ones cut.
    content = models.JSONField(_("row"), default=list)

    class Meta:
        verbose_name = _("rejected row")
        verbose_name_plural = _("rejected rows")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "run", "line", "reason"], name="import_reject_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"
