"""What callers get."""

from __future__ import annotations

from rest_framework import serializers

from shopman.api.output import OutputSerializer


class InsightRow(OutputSerializer):
    """A customer's numbers. Amounts are minor units of ``currency``."""

    customer_uuid = serializers.UUIDField(source="customer_id")
    customer_code = serializers.CharField(source="customer__code")
    currency = serializers.CharField()
    order_count = serializers.IntegerField()
    refund_count = serializers.IntegerField()
    net_total_amount = serializers.IntegerField()
    average_order_amount = serializers.IntegerField(allow_null=True)
    first_order_at = serializers.DateTimeField(allow_null=True)
    last_order_at = serializers.DateTimeField(allow_null=True)
    days_since_last_order = serializers.IntegerField(allow_null=True)
    average_gap_days = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)
    preferred_weekday = serializers.IntegerField(allow_null=True)
    preferred_hour = serializers.IntegerField(allow_null=True)
    channels = serializers.ListField(child=serializers.CharField())
    favourite_products = serializers.ListField(child=serializers.DictField())
    recency_score = serializers.IntegerField(allow_null=True)
    frequency_score = serializers.IntegerField(allow_null=True)
    monetary_score = serializers.IntegerField(allow_null=True)
    segment = serializers.CharField()
    churn_risk = serializers.FloatField(allow_null=True)
    churn_horizon_days = serializers.IntegerField(allow_null=True)
    predicted_value_amount = serializers.IntegerField(allow_null=True)
    value_horizon_days = serializers.IntegerField(allow_null=True)
    total_value_amount = serializers.IntegerField(allow_null=True)
    other_currencies = serializers.DictField()
    reasons = serializers.DictField(child=serializers.CharField())
    policy = serializers.CharField()
    policy_version = serializers.CharField()
    as_of = serializers.DateTimeField()
    calculated_at = serializers.DateTimeField()
    is_stale = serializers.BooleanField()


class RunRow(OutputSerializer):
    """A recalculation of the shop."""

    uuid = serializers.UUIDField()
    kind = serializers.CharField()
    status = serializers.CharField()
    phase = serializers.CharField()
    policy = serializers.CharField()
    policy_version = serializers.CharField()
    as_of = serializers.DateTimeField()
    customer_count = serializers.IntegerField()
    breakpoints = serializers.DictField()
    counts = serializers.DictField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
