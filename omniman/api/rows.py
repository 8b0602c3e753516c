"""What callers get. Amounts are minor units; quantities are decimal strings."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from omniman.models import OrderEvent
from omniman.models.order import KIND_LABELS, STATUS_LABELS
from shopman.api.output import OutputSerializer

KINDS = list(KIND_LABELS.items())
STATUSES = list(STATUS_LABELS.items())


class ChannelRow(OutputSerializer):
    uuid = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    is_trusted = serializers.BooleanField(help_text="May state prices.")
    is_active = serializers.BooleanField()
    settings = serializers.DictField()
    version = serializers.IntegerField(help_text="Grows with every change; the ETag.")
    created_at = serializers.DateTimeField()


class OrderRow(OutputSerializer):
    """An order in a list."""

    uuid = serializers.UUIDField()
    ref = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    channel = serializers.CharField(source="channel__code")
    organization = serializers.UUIDField(allow_null=True)
    customer_uuid = serializers.UUIDField(allow_null=True, help_text="Null for a guest.")
    customer_code = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=STATUSES)
    currency = serializers.CharField(help_text="ISO 4217.")
    total_amount = serializers.IntegerField()
    refunded_amount = serializers.IntegerField()
    placed_at = serializers.DateTimeField()
    source: Any = serializers.CharField(help_text="The system it was imported from, or empty.")
    external_ref = serializers.CharField(allow_null=True, help_text="Its name there.")
    updated_at = serializers.DateTimeField()


class OrderLineRow(OutputSerializer):
    position = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=15, decimal_places=3)
    unit_price_amount = serializers.IntegerField()
    discount_amount = serializers.IntegerField()
    total_amount = serializers.IntegerField()
    price_list_code = serializers.CharField()
    rule = serializers.CharField()


class OrderEventRow(OutputSerializer):
    kind = serializers.ChoiceField(choices=list(OrderEvent.KINDS.items()))
    from_status = serializers.CharField()
    to_status = serializers.CharField()
    amount = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    actor_kind = serializers.CharField()
    actor_label = serializers.CharField()
    at = serializers.DateTimeField()


class OrderDetailRow(OrderRow):
    """An order with its frozen facts and everything that happened to it."""

    data: Any = serializers.DictField(help_text="Frozen when it was placed: schema shopman.order.")
    data_digest = serializers.CharField(help_text="SHA-256 of the canonical JSON of data.")
    lines = OrderLineRow(many=True)
    events = OrderEventRow(many=True)


class StoreOrderRow(OutputSerializer):
    """An order as its shopper sees it in a list."""

    uuid = serializers.UUIDField()
    ref = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    status = serializers.ChoiceField(choices=STATUSES)
    currency = serializers.CharField(help_text="ISO 4217.")
    total_amount = serializers.IntegerField()
    refunded_amount = serializers.IntegerField()
    placed_at = serializers.DateTimeField()


class StoreLineRow(OutputSerializer):
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=15, decimal_places=3)
    unit_price_amount = serializers.IntegerField()
    total_amount = serializers.IntegerField()


class StoreOrderDetail(StoreOrderRow):
    delivery_address = serializers.DictField(allow_null=True)
    billing_address = serializers.DictField(allow_null=True)
    lines = StoreLineRow(many=True)
    token = serializers.CharField(help_text="Follows this order without signing in.")


class TrackedStep(OutputSerializer):
    status = serializers.CharField(source="to_status")
    at = serializers.DateTimeField()


class TrackedOrder(OutputSerializer):
    """What anybody who holds the token sees: nothing about the person."""

    ref = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    currency = serializers.CharField()
    total_amount = serializers.IntegerField()
    refunded_amount = serializers.IntegerField()
    placed_at = serializers.DateTimeField()
    lines = StoreLineRow(many=True)
    steps = TrackedStep(many=True)


class CartProblem(OutputSerializer):
    code = serializers.CharField()
    detail = serializers.CharField()
    skus = serializers.ListField(child=serializers.CharField(), help_text="Every line to blame.")


class CartLineRow(OutputSerializer):
    sku = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    quantity = serializers.DecimalField(max_digits=15, decimal_places=3)
    unit_price_amount = serializers.IntegerField(allow_null=True)
    total_amount = serializers.IntegerField(allow_null=True)
    problem = serializers.CharField(allow_null=True, help_text="Why it cannot be had: a code.")


class CartRow(OutputSerializer):
    uuid = serializers.UUIDField()
    channel = serializers.CharField()
    currency = serializers.CharField()
    total_amount = serializers.IntegerField(allow_null=True, help_text="Null: see problem.")
    lines = CartLineRow(many=True)
    guest_name = serializers.CharField()
    guest_email = serializers.CharField()
    guest_phone = serializers.CharField()
    delivery_address = serializers.DictField(allow_null=True)
    billing_address = serializers.DictField(allow_null=True)
    expires_at = serializers.DateTimeField()
    problem = CartProblem(allow_null=True)
    key = serializers.CharField(
        allow_null=True, help_text="Told once, when a visitor's cart is opened; send as X-Cart-Key."
    )
