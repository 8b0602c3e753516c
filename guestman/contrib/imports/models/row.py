"""One row of an imported file."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guestman.contrib.imports.models.run import ImportRun
from shopman.models import TenantModel


class Outcome(models.TextChoices):
    """What became of a row."""

    CREATED = "created", _("New customer")
    #: Of the same customer as an earlier row of the file.
    DUPLICATE = "duplicate", _("Same as an earlier row")
    MATCHED = "matched", _("Existing customer")
    ENRICHED = "enriched", _("Existing customer, completed")
    #: Imported before.
    SAME = "same", _("Imported before")
    CONFLICT = "conflict", _("Conflict")
    REJECTED = "rejected", _("Rejected")


class ImportRow(TenantModel):
    """What became of one row, and whose it is. History: a later merge does not change it."""

    Outcome = Outcome

    run = models.ForeignKey(
        ImportRun, on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    #: Line of the file, from 1, the header included.
    line = models.PositiveBigIntegerField(_("line"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome)
    #: A stable word: how it was matched, why it is a conflict, or what is wrong with it.
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    #: Cells that cannot be taken: ``[[field, code], ...]``.
    errors = models.JSONField(default=list)
    #: The cells as text, of rows that did not count; emptied after a time.
    content = models.JSONField(_("row"), default=list)
    customer_uuid = models.UUIDField(_("customer"), null=True)
    #: What the run did to the customer, as far as it can be taken back; empty for nothing.
    changes = models.JSONField(default=dict)
    #: Why a revert left this as it is; empty before one, and for what it took back.
    kept = models.CharField(_("kept"), max_length=40, blank=True)

    run_id: uuid.UUID

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "run", "line"], name="import_row_once"),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=[
                        "created", "duplicate", "matched", "enriched", "same", "conflict",
                        "rejected",
                    ]
                ),
                name="import_row_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["conflict", "rejected"]) | Q(customer_uuid__isnull=False),
                name="import_row_has_customer",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["run", "outcome", "line"], name="import_row_outcome"),
            models.Index(
                fields=["tenant", "customer_uuid"],
                condition=Q(customer_uuid__isnull=False),
                name="import_row_customer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.outcome}"
