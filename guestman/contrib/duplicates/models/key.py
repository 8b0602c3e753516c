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

    A dozen rows of every customer, made of what the customer says and made again whenever that
    changes: the database does not look up the two they refer to for each row, which would take
    longer than everything else. A key of nobody is compared with nobody.
    """

    tenant = models.ForeignKey(
        "shopman.Tenant",
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
        db_constraint=False,
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    #: Signed, as databases keep eight bytes.
    key = models.BigIntegerField()

    customer_id: uuid.UUID

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "key", "customer"], name="blocking_key_once"),
        ]
        indexes: ClassVar = [
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
