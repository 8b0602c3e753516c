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
    days_since_last_order = serializers.IntegerField(
        allow_null=True, help_text="Days; null: no order yet."
    )
    average_gap_days = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)
    preferred_weekday = serializers.IntegerField(
        allow_null=True,
        help_text="1 is Monday, 7 is Sunday, in the shop's time zone; null: not known.",
    )
    preferred_hour = serializers.IntegerField(
        allow_null=True, help_text="0 to 23, in the shop's time zone; null: not known."
    )
    channels = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of the channels, the one used most first."
    )
    favourite_products = serializers.ListField(
        child=serializers.DictField(), help_text="SKU and quantity, the most bought first."
    )
    recency_score = serializers.IntegerField(
        allow_null=True, help_text="1 to 5, 5 is the most recent; null: no order yet."
    )
    frequency_score = serializers.IntegerField(
        allow_null=True, help_text="1 to 5, 5 is the most often; null: no order yet."
    )
    monetary_score = serializers.IntegerField(
        allow_null=True, help_text="1 to 5, 5 is the most money; null: no order yet."
    )
    segment = serializers.CharField(help_text="Name of the segment, such as champion.")
    churn_risk = serializers.FloatField(
        allow_null=True,
        help_text="0 to 1: how likely the customer does not come back; null: not known.",
    )
    churn_horizon_days = serializers.IntegerField(allow_null=True)
    predicted_value_amount = serializers.IntegerField(allow_null=True)
    value_horizon_days = serializers.IntegerField(allow_null=True)
    total_value_amount = serializers.IntegerField(allow_null=True)
    other_currencies = serializers.DictField(
        help_text="Totals in other currencies, by ISO 4217 code, in minor units."
    )
    reasons = serializers.DictField(
        child=serializers.CharField(),
        help_text="Why a number is as it is or is missing, by its name.",
    )
    policy = serializers.CharField()
    policy_version = serializers.CharField()
    as_of = serializers.DateTimeField()
    calculated_at = serializers.DateTimeField()
    is_stale = serializers.BooleanField(help_text="Orders have changed since.")


class RunRow(OutputSerializer):
    """A recalculation of the shop."""

    uuid = serializers.UUIDField()
    kind = serializers.CharField(help_text="The whole shop, or those whose orders changed.")
    status = serializers.CharField()
    phase = serializers.CharField(help_text="How far it is.")
    policy = serializers.CharField()
    policy_version = serializers.CharField()
    as_of = serializers.DateTimeField()
    customer_count = serializers.IntegerField()
    breakpoints = serializers.DictField(help_text="Where the scores begin, by what is scored.")
    counts = serializers.DictField(help_text="How many customers each segment has.")
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
