"""Leave to change rows that never change, while a person is erased."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from shopman.models.audit import AuditEntry
from shopman.models.base import TenantModel


class Permit(TenantModel):
    """One row that the erasure under way may change; made and deleted in one transaction.

    Written by ``shopman.permits`` alone. The triggers of append-only tables look for it.
    """

    #: The action of the audit entries that a permit may refer to.
    ACTION: Final = "privacy.erase"

    entry = models.ForeignKey(AuditEntry, on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=63)
    row = models.UUIDField()
    operation = models.CharField(max_length=6)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "table", "row", "operation"], name="permit_once"
            ),
            models.CheckConstraint(
                condition=Q(operation__in=["UPDATE", "DELETE"]), name="permit_operation"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["row"], name="permit_row")]

    def __str__(self) -> str:
        return f"{self.operation} {self.table} {self.row}"
