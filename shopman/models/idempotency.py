"""Stored answers of requests that carried an Idempotency-Key."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models.base import TenantModel


class IdempotencyRecord(TenantModel):
    """The answer given to one key of one principal; written in the transaction of the work."""

    #: ``user:<id>``, ``customer:<uuid>`` or what a view names, as ``cart:<uuid>``; one caller's
    #: keys never meet another's.
    principal = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    #: SHA-256 of method, path and body.
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("stored answer")
        verbose_name_plural = _("stored answers")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "principal", "key"], name="idempotency_key_of_principal"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return self.key
