"""What was imported, and how far an import got."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models import TenantModel


class ImportRun(TenantModel):
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
