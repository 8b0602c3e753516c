"""A merge, and every row it changed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guestman.models import Customer
from shopman import clock
from shopman.models import AppendOnlyModel, AppendOnlyQuerySet, TenantManager

if TYPE_CHECKING:
    from guestman.contrib.merge.models.undo import MergeUndo


class MergeQuerySet(AppendOnlyQuerySet["Merge"]):
    """Reads of merges."""

    def automatic_of(self, day: dt.date) -> MergeQuerySet:
        """Those made by themselves on this day of the shop, the latest first."""
        return self.filter(automatic_on=day).order_by("-uuid")

    def standing(self) -> MergeQuerySet:
        """Merges that were not taken back."""
        return self.filter(undo__isnull=True)


class Merge(AppendOnlyModel):  # type: ignore[django-manager-missing]  # the plugin misses it
    """One customer became another one. Merges follow each other in the order of their keys."""

    class Because(models.TextChoices):
        """Why a merge was made by itself."""

        PROVED_TOGETHER = "proved_together", _("One person proved contacts of both at once")
        CERTAIN = "certain", _("Almost certainly one person")

    survivor = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", verbose_name=_("kept")
    )
    duplicate = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", verbose_name=_("merged away")
    )
    #: The preview it was agreed to by: canonical JSON without any value of a person but the codes.
    receipt = models.TextField(editable=False)
    #: SHA-256 of the receipt, hexadecimal.
    digest = models.CharField(max_length=64, editable=False)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    #: As the audit trail names the actor: ``user:7``, ``system`` ...
    actor = models.CharField(_("by"), max_length=200)
    at: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(
        _("at"), default=clock.now
    )

    #: The shop's day on which nobody was asked: what is taken back together. None: somebody was.
    automatic_on = models.DateField(_("made by itself on"), null=True, editable=False)
    automatic_because = models.CharField(
        _("made by itself because"),
        max_length=32,
        blank=True,
        editable=False,
        choices=Because,
    )

    erasable_columns = ("receipt", "reason")

    objects = TenantManager.from_queryset(MergeQuerySet)()  # type: ignore[misc]
    all_tenants = MergeQuerySet.as_manager()  # type: ignore[misc]

    survivor_id: uuid.UUID
    duplicate_id: uuid.UUID
    undo: MergeUndo

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(survivor=F("duplicate")), name="merge_of_two_customers"
            ),
            models.CheckConstraint(
                condition=Q(automatic_on__isnull=True, automatic_because="")
                | Q(automatic_on__isnull=False) & ~Q(automatic_because=""),
                name="merge_automatic_because",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "automatic_on"],
                condition=Q(automatic_on__isnull=False),
                name="merge_automatic_on",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate} → {self.survivor}"


class MergeMove(AppendOnlyModel):
    """What a merge did to one row. Values are JSON by column, as ``service.images`` writes them."""

    class Kind(models.TextChoices):
        #: A row of the duplicate: ``before`` is the whole row.
        MOVED = "moved", _("Moved")
        #: A row of the duplicate that stays with it, because the survivor has its like.
        PARKED = "parked", _("Parked")
        #: A row of the survivor: ``before`` and ``after`` are the changed columns.
        CHANGED = "changed", _("Changed")

    merge = models.ForeignKey(
        Merge, on_delete=models.PROTECT, related_name="moves", verbose_name=_("merge")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    #: ``guestman.contactpoint``.
    model = models.CharField(_("model"), max_length=100)
    #: The column that names the customer.
    column = models.CharField(max_length=64)
    row = models.UUIDField(_("row"))
    before = models.JSONField(default=dict)
    #: The columns that differ from ``before``.
    after = models.JSONField(default=dict)
    #: The other customer's row it clashed with: that a parked one gave way to, that gave way to a
    #: moved one, whose values a changed one took over.
    beside = models.UUIDField(null=True)

    erasable_columns = ("before", "after")

    merge_id: uuid.UUID

    class Meta:
        verbose_name = _("moved row")
        verbose_name_plural = _("moved rows")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["moved", "parked", "changed"]), name="merge_move_kind_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["row"], name="merge_move_row")]

    def __str__(self) -> str:
        return f"{self.model} {self.row}"

    @property
    def is_of_duplicate(self) -> bool:
        """Whether the row goes back to the duplicate when the merge is taken back."""
        return self.kind != self.Kind.CHANGED
