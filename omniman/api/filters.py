"""Filters of the staff's list of orders."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from omniman.models.order import KIND_LABELS, STATUS_LABELS
from omniman.rules import refs
from shopman.api.filters import FilterSet


class OrderFilter(FilterSet):
    """``ref`` is read as a person types it; ``placed_before`` is exclusive."""

    status = filters.ChoiceFilter(choices=list(STATUS_LABELS.items()))
    kind = filters.ChoiceFilter(choices=list(KIND_LABELS.items()))
    channel = filters.CharFilter("channel__code")
    customer = filters.UUIDFilter("customer_uuid", help_text="Key of the customer.")
    customer_code = filters.CharFilter()
    ref = filters.CharFilter(
        method="with_ref", help_text="Short name of the order, as a person types it."
    )
    source = filters.CharFilter(help_text="The system it was imported from.")
    external_ref = filters.CharFilter(help_text="Its name in the system it was imported from.")
    organization = filters.UUIDFilter("organization_id")
    placed_after = filters.IsoDateTimeFilter("placed_at", "gte")
    placed_before = filters.IsoDateTimeFilter("placed_at", "lt")

    def with_ref(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(ref__in={value, refs.normalise(value)})


class ChannelFilter(FilterSet):
    code = filters.CharFilter()
    is_active = filters.BooleanFilter()
