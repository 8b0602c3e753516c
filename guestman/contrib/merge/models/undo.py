"""A merge taken back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guestman.contrib.merge.models.merge import Merge
from shopman import clock
from shopman.models import AppendOnlyModel


class MergeUndo(AppendOnlyModel):  # type: ignore[django-manager-missing]
    """A merge is taken back once: the second time is a conflict by constraint."""

    merge = models.OneToOneField(
        Merge, on_delete=models.PROTECT, related_name="undo", verbose_name=_("merge")
    )
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    actor = models.CharField(_("by"), max_length=200)
    at: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(
        _("at"), default=clock.now
    )

    erasable_columns = ("reason",)

    merge_id: uuid.UUID

    class Meta:
        verbose_name = _("un-merge")
        verbose_name_plural = _("un-merges")

    def __str__(self) -> str:
        return str(self.pk)


class MergeReturn(AppendOnlyModel):
    """A row that did not simply go back. What was overwritten is kept here: nothing is lost."""

    class Outcome(models.TextChoices):
        #: Went back as it was before the merge; ``found`` is what it had become since.
        OVERWRITTEN = "overwritten", _("As before the merge; later changes are kept here")
        #: Was deleted since and is there again.
        RECREATED = "recreated", _("Deleted since, restored")
        #: Somebody else has since what it stood for; went back without that.
        TAKEN = "taken", _("Belongs to somebody else since")
        #: A value the merge brought to the survivor and somebody changed since.
        KEPT = "kept", _("Changed since, stays with the customer who was kept")
        #: Made after the merge.
        STAYED = "stayed", _("Made since, stays with the customer who was kept")
        #: Made after the merge, by what is the duplicate's.
        RETURNED = "returned", _("Made since, goes with what it came in by")
        #: The survivor's version, moved on by this un-merge.
        VERSION = "version", _("Version")

    undo = models.ForeignKey(MergeUndo, on_delete=models.PROTECT, related_name="returns")
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    model = models.CharField(_("model"), max_length=100)
    row = models.UUIDField(_("row"))
    #: Columns as they were found.
    found = models.JSONField(default=dict)
    #: Columns as they were left.
    left = models.JSONField(default=dict)

    erasable_columns = ("found", "left")

    class Meta:
        verbose_name = _("row of an un-merge")
        verbose_name_plural = _("rows of un-merges")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    outcome__in=[
                        "overwritten",
                        "recreated",
                        "taken",
                        "kept",
                        "stayed",
                        "returned",
                        "version",
                    ]
                ),
                name="merge_return_outcome_known",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["row"], name="merge_return_row")]

    def __str__(self) -> str:
        return f"{self.model} {self.row}"
