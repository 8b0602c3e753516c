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
    """Where orders come from."""

    uuid = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    is_trusted = serializers.BooleanField(help_text="May state prices.")
    is_active = serializers.BooleanField()
    settings = serializers.DictField(help_text="A JSON object of the integrator.")
    version = serializers.IntegerField(help_text="Grows with every change; the ETag.")
    created_at = serializers.DateTimeField()


class OrderRow(OutputSerializer):
    """An order in a list."""

    uuid = serializers.UUIDField()
    ref = serializers.CharField(help_text="Short name for people, as on a receipt.")
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
    """A line of an order, as it was priced."""

    position = serializers.IntegerField(help_text="Place in the order, from 1.")
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=15, decimal_places=3)
    unit_price_amount = serializers.IntegerField()
    discount_amount = serializers.IntegerField()
    total_amount = serializers.IntegerField()
    price_list_code = serializers.CharField(
        help_text="Code of the price list that priced it; empty: none."
    )
    rule = serializers.CharField(
        help_text="Which rule priced it: customer_price_list, channel_price_list, base_price."
    )


class OrderEventRow(OutputSerializer):
    """Something that happened to an order."""

    masked_fields = frozenset({"reason"})

    kind = serializers.ChoiceField(choices=list(OrderEvent.KINDS.items()))
    from_status = serializers.CharField(help_text="Status before; empty where it did not change.")
    to_status = serializers.CharField(help_text="Status after; empty where it did not change.")
    amount = serializers.IntegerField(
        allow_null=True, help_text="Money given back, in minor units; null: not about money."
    )
    reason = serializers.CharField()
    actor_kind = serializers.CharField(help_text="user, customer, client, command, task or system.")
    actor_label = serializers.CharField(help_text="Who it was, for people.")
    at = serializers.DateTimeField()


class OrderDetailRow(OrderRow):
    """An order with its frozen facts and everything that happened to it."""

    masked_fields = frozenset({"data", "data_digest"})
    customer_field = "customer_uuid"

    data: Any = serializers.DictField(help_text="Frozen when it was placed: schema shopman.order.")
    data_digest = serializers.CharField(help_text="SHA-256 of the canonical JSON of data.")
    lines = OrderLineRow(many=True, help_text="In the order they were put in.")
    events = OrderEventRow(many=True, help_text="The oldest first.")


class StoreOrderRow(OutputSerializer):
    """An order as its shopper sees it in a list."""

    uuid = serializers.UUIDField()
    ref = serializers.CharField(help_text="Short name for people, as on a receipt.")
    kind = serializers.ChoiceField(choices=KINDS)
    status = serializers.ChoiceField(choices=STATUSES)
    currency = serializers.CharField(help_text="ISO 4217.")
    total_amount = serializers.IntegerField()
    refunded_amount = serializers.IntegerField()
    placed_at = serializers.DateTimeField()


class StoreLineRow(OutputSerializer):
    """A line of an order, as its shopper sees it."""

    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=15, decimal_places=3)
    unit_price_amount = serializers.IntegerField()
    total_amount = serializers.IntegerField()


class StoreOrderDetail(StoreOrderRow):
    """An order as its shopper sees it."""

    delivery_address = serializers.DictField(
        allow_null=True, help_text="Where it goes; null: not said."
    )
    billing_address = serializers.DictField(
        allow_null=True, help_text="Where the bill goes; null: not said."
    )
    lines = StoreLineRow(many=True, help_text="In the order they were put in.")
    token = serializers.CharField(help_text="Follows this order without signing in.")


class TrackedStep(OutputSerializer):
    """A status an order came to."""

    status = serializers.CharField(source="to_status", help_text="Status from then on.")
    at = serializers.DateTimeField()


class TrackedOrder(OutputSerializer):
    """What anybody who holds the token sees: nothing about the person."""

    ref = serializers.CharField(help_text="Short name for people, as on a receipt.")
    status = serializers.ChoiceField(choices=STATUSES)
    currency = serializers.CharField()
    total_amount = serializers.IntegerField()
    refunded_amount = serializers.IntegerField()
    placed_at = serializers.DateTimeField()
    lines = StoreLineRow(many=True, help_text="In the order they were put in.")
    steps = TrackedStep(many=True, help_text="The oldest first.")


class CartProblem(OutputSerializer):
    """Why a cart cannot be ordered."""

    code = serializers.CharField(
        help_text="Stable name of what is wrong, as in a problem document."
    )
    detail = serializers.CharField()
    skus = serializers.ListField(child=serializers.CharField(), help_text="Every line to blame.")


class CartLineRow(OutputSerializer):
    """A line of a cart at today's price."""

    sku = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    quantity = serializers.DecimalField(max_digits=15, decimal_places=3)
    unit_price_amount = serializers.IntegerField(allow_null=True)
    total_amount = serializers.IntegerField(allow_null=True)
    problem = serializers.CharField(allow_null=True, help_text="Why it cannot be had: a code.")


class CartRow(OutputSerializer):
    """A cart at today's prices for the caller."""

    uuid = serializers.UUIDField()
    channel = serializers.CharField()
    currency = serializers.CharField()
    total_amount = serializers.IntegerField(allow_null=True, help_text="Null: see problem.")
    lines = CartLineRow(many=True, help_text="In the order they were put in.")
    guest_name = serializers.CharField(help_text="Name a visitor gave for this checkout.")
    guest_email = serializers.CharField(
        help_text="E-mail address a visitor gave for this checkout."
    )
    guest_phone = serializers.CharField(help_text="Phone number a visitor gave for this checkout.")
    delivery_address = serializers.DictField(
        allow_null=True, help_text="Where it goes; null: not said."
    )
    billing_address = serializers.DictField(
        allow_null=True, help_text="Where the bill goes; null: not said."
    )
    expires_at = serializers.DateTimeField()
    problem = CartProblem(
        allow_null=True, help_text="What forbids to order the cart as it is; null: nothing."
    )
    key = serializers.CharField(
        allow_null=True, help_text="Told once, when a visitor's cart is opened; send as X-Cart-Key."
    )
