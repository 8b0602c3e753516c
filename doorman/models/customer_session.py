"""A browser in which a customer is signed in."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorman.conf import conf
from doorman.models.access import Access, AccessQuerySet
from shopman import clock
from shopman.models import TenantManager


class CustomerSessionQuerySet(AccessQuerySet["CustomerSession"]):
    def with_secret(self, digest: str) -> CustomerSessionQuerySet:
        """The one whose present or previous secret has this digest."""
        return self.filter(Q(secret_hash=digest) | Q(previous_hash=digest))


class CustomerSession(Access):
    """The cookie holds 256 random bits; here is their SHA-256, which no key change can void."""

    secret_hash = models.CharField(max_length=64)
    #: The secret before the last rotation, good until a while after the new one was first seen.
    previous_hash = models.CharField(max_length=64, null=True)
    rotated_at = models.DateTimeField(default=clock.now)
    #: When the present secret was first used; null while the client may not have got it.
    confirmed_at = models.DateTimeField(null=True)

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

    @classmethod
    def idle_time(cls) -> dt.timedelta:
        return dt.timedelta(days=conf.SESSION_IDLE_DAYS)
