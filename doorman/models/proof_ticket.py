"""A proof that could not be turned into a login at once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorman.models.challenge import Channel
from shopman import clock
from shopman.models import TenantModel


class ProofTicket(TenantModel):
    """Lets somebody whose contact was proved finish signing in without another code. One shot."""

    channel = models.CharField(max_length=10, choices=Channel.choices)
    challenge_uuid = models.UUIDField()
    identifier_hash = models.CharField(max_length=64)
    sealed_identifier = models.BinaryField(default=bytes)
    secret_hash = models.CharField(max_length=64)
    #: As in the challenge: only the browser that proved may finish.
    flow_hash = models.CharField(max_length=64, null=True)
    next_path = models.CharField(max_length=512, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("first sign-in")
        verbose_name_plural = _("first sign-ins")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "secret_hash"], name="ticket_secret"),
            models.UniqueConstraint(fields=["tenant", "flow_hash"], name="ticket_flow"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(sealed_identifier=b""),
                name="ticket_sealed_only_until_used",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="ticket_age")]

    def __str__(self) -> str:
        return str(self.uuid)
