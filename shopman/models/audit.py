"""Who did what, when, why and from where."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models.base import AppendOnlyModel


class AuditEntry(AppendOnlyModel):
    """One change, written by the service that made it, in the same transaction."""

    erasable_columns = ("before", "after", "reason", "actor_label")

    #: ``customer:<uuid>``, ``price_list:<uuid>`` ...
    subject = models.CharField(max_length=100)
    #: The verb of the service, ``customer.update``.
    action = models.CharField(max_length=100)
    #: ``user``, ``customer``, ``client``, ``command``, ``task`` or ``system``.
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_label = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    #: Changed fields only.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes by everybody")
        indexes: ClassVar = [
            models.Index(fields=["tenant", "subject", "-at", "-uuid"], name="audit_subject"),
            models.Index(fields=["tenant", "-at", "-uuid"], name="audit_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
