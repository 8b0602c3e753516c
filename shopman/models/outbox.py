"""Facts that must not be lost, waiting to be delivered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models.base import TenantModel


class OutboxEvent(TenantModel):
    """A fact written in the transaction that made it true; the relay delivers it at least once.

    ``name`` is ``<app>.<signal>``, ``subject`` ``customer:<uuid>`` or ``order:<uuid>``; the payload
    holds ids and changed field names, never values of contacts. Events of one subject are
    delivered in the order of their keys.
    """

    name = models.CharField(max_length=100)
    subject = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Not before this moment: the retry's back-off, or the lease of the relay that holds it.
    next_attempt_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True)
    #: Set when the attempts ran out; ``relay_outbox --replay`` clears it.
    dead_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("message between systems")
        verbose_name_plural = _("messages between systems")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(dead_at__isnull=True),
                name="outbox_delivered_or_dead",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "subject", "uuid"],
                name="outbox_pending_subject",
                condition=Q(delivered_at__isnull=True, dead_at__isnull=True),
            ),
            # The relay reads from the oldest on and stops when its batch is full.
            models.Index(
                fields=["uuid"],
                name="outbox_pending_order",
                condition=Q(delivered_at__isnull=True, dead_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"
