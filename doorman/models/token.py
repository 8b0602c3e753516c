"""Tokens of apps: families that begin with a login, and the pairs that follow one another."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorman.conf import conf
from doorman.models.access import Access, AccessQuerySet
from shopman import clock
from shopman.models import TenantManager, TenantModel


class TokenFamilyQuerySet(AccessQuerySet["TokenFamily"]):
    pass


class TokenFamily(Access):
    """An app in which a customer is signed in, from the login to its end.

    ``last_seen_at`` is when its pair was last exchanged for the next one.
    """

    #: What it may be used for, space separated, and by which service.
    scopes = models.CharField(max_length=255)
    audience = models.CharField(max_length=64)
    #: Number of the pairs in force; each exchange adds one.
    generation = models.PositiveIntegerField(default=1)

    objects = TenantManager.from_queryset(TokenFamilyQuerySet)()  # type: ignore[misc]
    all_tenants = TokenFamilyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("app signed in")
        verbose_name_plural = _("apps signed in")
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "customer_uuid", "-last_seen_at", "-uuid"],
                name="token_family_of_customer",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(fields=["expires_at"], name="token_family_age"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @classmethod
    def idle_time(cls) -> dt.timedelta:
        return dt.timedelta(days=conf.REFRESH_TOKEN_IDLE_DAYS)


class Token(TenantModel):
    """A pair: 256 random bits to call with, 256 to get the next pair with. Hashes only.

    Callers who exchanged one pair at once have pairs of the same generation.
    """

    family = models.ForeignKey(TokenFamily, on_delete=models.CASCADE, related_name="+")
    generation = models.PositiveIntegerField()
    access_hash = models.CharField(max_length=64)
    access_expires_at = models.DateTimeField()
    refresh_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "access_hash"], name="token_access"),
            models.UniqueConstraint(fields=["tenant", "refresh_hash"], name="token_refresh"),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="token_age")]

    def __str__(self) -> str:
        return f"{self.family_id} {self.generation}"
