"""What customers are worth, for whoever asks guestman's core."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models.functions import Coalesce

from guestman.contrib.insights.models import CustomerInsight


def of(customers: Collection[UUID]) -> Mapping[UUID, int]:
    """Minor units: net spend with what is expected, where it is, else net spend. One query."""
    rows = CustomerInsight.objects.filter(customer__among=customers)
    worth = Coalesce("total_value_amount", "net_total_amount")
    return dict(rows.values_list("customer", worth))
