from __future__ import annotations

from typing import ClassVar

from django.db import models

from shopman.models import TenantModel


class StockMove(TenantModel):
    """Goods promised to an order. The order is a bare UUID: no foreign key crosses an app."""

    order_uuid = models.UUIDField()
    event_uuid = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "event_uuid"], name="stock_move_event"),
        ]
