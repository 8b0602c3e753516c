"""How staff narrow the list of merges."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from shopman.api.filters import FilterSet


class MergeFilter(FilterSet):
    customer = filters.UUIDFilter(
        method="of_customer", help_text="Key of a customer, on either side."
    )
    standing = filters.BooleanFilter(
        method="that_stand", help_text="Whether the merge was not taken back."
    )

    def of_customer(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(Q(survivor=value) | Q(duplicate=value))

    def that_stand(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(undo__isnull=value)
