"""A ledger of points, as a loyalty app would keep it: entries are never summed.

The model belongs to an app that is not installed, so nothing else in the suite sees it; its table
is made for these tests (``conftest``).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from guestman.models import Customer
from shopman import clock
from shopman.models import TenantModel


class LedgerEntry(TenantModel):
    """Points won or spent. A customer has one welcome gift."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    points = models.IntegerField()
    is_welcome = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        app_label = "ledger"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "customer"],
                condition=Q(is_welcome=True),
                name="ledger_one_welcome",
            ),
        ]

    def __str__(self) -> str:
        return str(self.points)


# Emptying the suite's tables for a test must not meet a table that refers to them.
LedgerEntry._meta.get_field("tenant").db_constraint = False
