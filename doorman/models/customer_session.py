"""A browser, or another client, in which a customer is signed in."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorman.conf import conf
from shopman import clock
from shopman.models import TenantManager, TenantModel, TenantQuerySet


class CustomerSessionQuerySet(TenantQuerySet["CustomerSession"]):
    def running(self) -> CustomerSessionQuerySet:
        """Those that still let somebody in."""
        now = clock.now()
        return self.filter(
            ended_at__isnull=True,
            expires_at__gt=now,
            last_seen_at__gt=now - dt.timedelta(days=conf.SESSION_IDLE_DAYS),
        )

    def of(self, customer_uuid: UUID) -> CustomerSessionQuerySet:
        """One customer's, the one used last first."""
        return self.filter(customer_uuid=customer_uuid).order_by("-last_seen_at", "-uuid")

    def with_secret(self, digest: str) -> CustomerSessionQuerySet:
        """The one whose present or previous secret has this digest."""
        return self.filter(Q(secret_hash=digest) | Q(previous_hash=digest))


class CustomerSession(TenantModel):
    """The cookie holds 256 random bits; here is their SHA-256, which no key change can void."""

    customer_uuid = models.UUIDField()
    secret_hash = models.CharField(max_length=64)
    #: The secret before the last rotation, good until a while after the new one was first seen.
    previous_hash = models.CharField(max_length=64, null=True)
    rotated_at = models.DateTimeField(default=clock.now)
    #: When the present secret was first used; null while the client may not have got it.
    confirmed_at = models.DateTimeField(null=True)
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

    objects = TenantManager.from_queryset(CustomerSessionQuerySet)()  # type: ignore[misc]
    all_tenants = CustomerSessionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("customer signed in")
        verbose_name_plural = _("customers signed in")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "secret_hash"], name="session_secret"),
            models.UniqueConstraint(fields=["tenant", "previous_hash"], name="session_previous"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "customer_uuid", "-last_seen_at", "-uuid"],
                name="session_of_customer",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(fields=["expires_at"], name="session_age"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
