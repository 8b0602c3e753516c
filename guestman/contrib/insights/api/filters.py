"""How staff narrow the lists."""

from __future__ import annotations

from django_filters import rest_framework as filters

from guestman.contrib.insights.models import InsightRun
from shopman.api.filters import FilterSet


class InsightFilter(FilterSet):
    customer = filters.UUIDFilter("customer_id", help_text="Key of the customer.")
    code = filters.CharFilter("customer__code", help_text="Code of the customer.")
    segment = filters.CharFilter(help_text="Name of the segment, such as champion.")
    policy = filters.CharFilter()
    churn_risk_min = filters.NumberFilter("churn_risk", lookup_expr="gte")
    churn_risk_max = filters.NumberFilter("churn_risk", lookup_expr="lte")
    net_total_min = filters.NumberFilter("net_total_amount", lookup_expr="gte")
    net_total_max = filters.NumberFilter("net_total_amount", lookup_expr="lte")
    order_count_min = filters.NumberFilter("order_count", lookup_expr="gte")
    order_count_max = filters.NumberFilter("order_count", lookup_expr="lte")
    recency_score = filters.NumberFilter(help_text="1 to 5.")
    frequency_score = filters.NumberFilter(help_text="1 to 5.")
    monetary_score = filters.NumberFilter(help_text="1 to 5.")
    is_stale = filters.BooleanFilter(help_text="Whether orders have changed since.")


class RunFilter(FilterSet):
    status = filters.ChoiceFilter(choices=InsightRun.Status.choices)
    kind = filters.ChoiceFilter(
        choices=InsightRun.Kind.choices, help_text="The whole shop, or those whose orders changed."
    )
