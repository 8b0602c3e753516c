"""How customers moved between segments."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from guestman.models import Customer
from shopman.models import AppendOnlyModel


class SegmentChange(AppendOnlyModel):
    """A customer left one segment for another. A customer's first segment is no change."""

    is_removable = True

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="segment_changes", db_index=False
    )
    from_segment = models.CharField(_("from"), max_length=32)
    to_segment = models.CharField(_("to"), max_length=32)
    policy = models.CharField(_("policy"), max_length=32)
    policy_version = models.CharField(_("policy version"), max_length=32)
    #: The moment the new numbers speak of.
    as_of = models.DateTimeField(_("as of"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("segment change")
        verbose_name_plural = _("segment changes")
        indexes: ClassVar = [
            models.Index(
                fields=["customer", "-changed_at", "-uuid"], name="segment_change_customer"
            ),
            models.Index(fields=["tenant", "-changed_at", "-uuid"], name="segment_change_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.from_segment} → {self.to_segment}"
