"""How staff narrow the queue."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.models.pair import State
from shopman.api.filters import FilterSet


class PairFilter(FilterSet):
    state = filters.ChoiceFilter(choices=State.choices, help_text="Default: open.")
    band = filters.ChoiceFilter(
        choices=DuplicatePair.Band.choices,
        help_text="Open pairs are certain and likely ones unless `possible` is asked for.",
    )
    customer = filters.UUIDFilter(
        method="of_customer", help_text="Key of a customer, on either side."
    )
    score_min = filters.NumberFilter("score", lookup_expr="gte")

    def of_customer(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(Q(low=value) | Q(high=value))
