"""What the ways in have in common: a browser's session, an app's tokens."""

from __future__ import annotations

import datetime as dt
from typing import Self, TypeVar
from uuid import UUID

from django.db import models

from shopman import clock
from shopman.models import TenantModel, TenantQuerySet

A = TypeVar("A", bound="Access")


class AccessQuerySet(TenantQuerySet[A]):
    def running(self) -> Self:
        """Those that still let somebody in."""
        now = clock.now()
        return self.filter(
            ended_at__isnull=True, expires_at__gt=now, last_seen_at__gt=now - self.model.idle_time()
        )

    def of(self, customer_uuid: UUID) -> Self:
        """One customer's, the one used last first."""
        return self.filter(customer_uuid=customer_uuid).order_by("-last_seen_at", "-uuid")


class Access(TenantModel):
    """A customer who is let in until it ends, is left alone too long, or is over in any case."""

    customer_uuid = models.UUIDField()
    created_at = models.DateTimeField(default=clock.now)
    #: When, and by which methods (RFC 8176 style, space separated), the customer proved it.
    auth_time = models.DateTimeField(default=clock.now)
    amr = models.CharField(max_length=64)
    last_seen_at = models.DateTimeField(default=clock.now)
    #: The absolute end, however much it is used.
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=32, blank=True)
    #: ``Chrome, Android``: what the owner recognises it by.
    device = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def idle_time(cls) -> dt.timedelta:
        """How long it may go without a visit."""
        raise NotImplementedError

    @property
    def is_running(self) -> bool:
        """Whether it still lets somebody in."""
        now = clock.now()
        is_idle = now >= self.last_seen_at + self.idle_time()
        return self.ended_at is None and now < self.expires_at and not is_idle
