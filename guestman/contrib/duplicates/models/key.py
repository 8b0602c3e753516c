"""By which keys customers meet, and who has to be compared again."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from guestman.models import Customer
from shopman import clock
from shopman.models import TenantModel


class BlockingKey(TenantModel):
    """A customer has this key: eight bytes of a hash, from which nothing can be read.

    Two customers are compared when they have a key in common. A look-up of a key stops at a limit,
    however many have it. Neither order nor number of a customer's keys means anything.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    #: Signed, as databases keep eight bytes.
    key = models.BigIntegerField()

    customer_id: uuid.UUID

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["tenant", "key"], name="blocking_key"),
            models.Index(fields=["customer"], name="blocking_key_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.key}"


class ChangedCustomer(TenantModel):
    """What a customer is compared by changed; the next comparison takes the mark away."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField(default=clock.now)

    customer_id: uuid.UUID

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "customer"], name="changed_customer_once"),
        ]

    def __str__(self) -> str:
        return str(self.customer_id)
