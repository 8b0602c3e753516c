"""What is remembered of an erased person: that it was done, and keyed hashes."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from shopman import clock
from shopman.models import AuditEntry, TenantModel


class Erasure(TenantModel):  # type: ignore[django-manager-missing]  # the plugin misses it
    """One person who was erased. Holds keys, numbers and a reason without names."""

    customer_uuid = models.UUIDField(_("customer"))
    #: The customer's key and those of the records that were merged into it.
    keys = models.JSONField(default=list)
    reason = models.TextField(_("reason"))
    #: The line of the audit trail.
    entry = models.ForeignKey(AuditEntry, on_delete=models.PROTECT, related_name="+")
    #: By the key of ``shopman.personal.Personal``: how many rows were changed or deleted.
    counts = models.JSONField(_("counts"), default=dict)
    #: What stays and until when: ``what``, ``count``, ``until``, ``ground``.
    holds = models.JSONField(_("held"), default=list)
    at = models.DateTimeField(_("at"), default=clock.now)
    #: Keys of the rows without a customer's key that were erased with the person.
    keyless = models.JSONField(default=list)
    #: By the key of ``Personal``: how many such rows may have been theirs and were left.
    left = models.JSONField(default=dict)
    #: When it was written to the ledger; null: not yet.
    ledgered_at = models.DateTimeField(null=True)

    entry_id: UUID

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "customer_uuid"], name="erasure_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "-at"], name="erasure_recent")]

    def __str__(self) -> str:
        return str(self.customer_uuid)


class Suppression(TenantModel):
    """A keyed hash of something an erased person was known by; nobody can turn it back."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="suppressions")
    #: Family of an identifier (``phone``, ``email``, ``document``, ``provider:<name>``,
    #: ``import:<source>`` ...), ``code``, or ``proved`` for a contact that was.
    kind = models.CharField(max_length=80)
    #: Id of the key of ``GUESTMAN["SUPPRESSION_KEYS"]``.
    key_id = models.CharField(max_length=16)
    #: HMAC-SHA-256 (hex) of tenant, kind and canonical value.
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "digest", "erasure"], name="suppression_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"
