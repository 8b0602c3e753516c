"""Omniman's orders, as guestman asks for them, pass the suite that every history must pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

import pytest

from guestman.adapters.omniman_orders import OmnimanOrderHistoryBackend
from guestman.protocols.orders import OrderHistoryBackend
from guestman.testing import NOTHING, OrderHistoryConformance, RecordOrder
from omniman.models import OrderLine
from shopman.models import Tenant
from tests.omniman import factories


class TestOmnimanHistory(OrderHistoryConformance):
    @pytest.fixture
    def backend(self, in_tenant: Tenant) -> OrderHistoryBackend:
        return OmnimanOrderHistoryBackend()

    @pytest.fixture
    def record(self, in_tenant: Tenant) -> RecordOrder:
        def keep(
            customer: UUID,
            *,
            placed_at: dt.datetime,
            total_amount: int,
            refunded_amount: int = 0,
            is_cancelled: bool = False,
            products: Mapping[str, int] = NOTHING,
        ) -> None:
            order = factories.order_row(
                customer_uuid=customer,
                placed_at=placed_at,
                total_amount=total_amount,
                refunded_amount=refunded_amount,
                status="cancelled" if is_cancelled else "completed",
            )
            order.save()
            OrderLine.objects.bulk_create(
                OrderLine(
                    order=order,
                    position=position,
                    sku=sku,
                    name=sku,
                    quantity=quantity,
                    unit_price_amount=1,
                    total_amount=quantity,
                )
                for position, (sku, quantity) in enumerate(products.items(), start=1)
            )

        return keep
