"""What happened at the door, kept as it happened."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models import AppendOnlyModel


class AuthEvent(AppendOnlyModel):
    """One line of the log. Ids and keyed hashes only; repeated failures are sampled."""

    is_removable = True

    #: A signal's name (``doorman.signals``) or ``delivery_failed``.
    name = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)
    channel = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    challenge_uuid = models.UUIDField(null=True)
    customer_uuid = models.UUIDField(null=True)
    session_uuid = models.UUIDField(null=True)
    identifier_hash = models.CharField(max_length=64, blank=True)
    address_hash = models.CharField(max_length=64, blank=True)
    #: Which one of a row of equal failures this was.
    repeat = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("sign-in event")
        verbose_name_plural = _("sign-in log")
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-at", "-uuid"], name="auth_event_recent"),
            models.Index(
                fields=["tenant", "customer_uuid", "-at"],
                name="auth_event_customer",
                condition=models.Q(customer_uuid__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
