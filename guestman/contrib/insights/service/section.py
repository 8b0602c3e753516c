"""The numbers of one customer for an overview of everything about him."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guestman.contrib.insights.models import CustomerInsight
from guestman.models import Customer

TOLD = (
    "currency",
    "order_count",
    "net_total_amount",
    "segment",
    "churn_risk",
    "predicted_value_amount",
    "calculated_at",
    "is_stale",
)


def of(customer: Customer) -> Mapping[str, Any] | None:
    """The numbers that matter most; None before they were calculated. One query."""
    found: Mapping[str, Any] | None = (
        CustomerInsight.objects.filter(customer=customer).values(*TOLD).first()
    )
    return found
