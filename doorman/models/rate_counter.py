"""How often something was done, by whom nobody can tell."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from shopman.models import TenantModel


class RateCounter(TenantModel):
    """One subject in one window. Written by ``doorman.services.budget`` in single statements."""

    #: Keyed hash of scope and subject.
    key = models.CharField(max_length=64)
    #: ``send.identifier.900``: which budget.
    scope = models.CharField(max_length=40)
    hits = models.PositiveIntegerField()
    hit_limit = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    #: No further hit before this moment, whatever the limit leaves; null: no waiting.
    not_before = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("limit on tries")
        verbose_name_plural = _("limits on tries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "key"], name="rate_counter_key"),
        ]
        indexes: ClassVar = [models.Index(fields=["closes_at"], name="rate_counter_age")]

    def __str__(self) -> str:
        return f"{self.scope} {self.hits}/{self.hit_limit}"
