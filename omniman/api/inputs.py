"""What callers send. Amounts are minor units; quantities are decimal strings or numbers."""

from __future__ import annotations

from rest_framework import serializers

from omniman.models.order import STATUS_LABELS
from shopman.api.input import InputSerializer, PlainDecimalField


class ChannelChanges(InputSerializer):
    """Fields of a channel to change."""

    name = serializers.CharField(required=False, max_length=200)
    is_trusted = serializers.BooleanField(required=False, help_text="May state prices.")
    is_active = serializers.BooleanField(required=False)
    settings = serializers.DictField(
        required=False, help_text="A JSON object of the integrator; replaced as a whole."
    )


class ChannelInput(InputSerializer):
    """A channel to make."""

    code = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=200)
    is_trusted = serializers.BooleanField(required=False, help_text="May state prices.")
    settings = serializers.DictField(
        required=False, help_text="A JSON object of the integrator; replaced as a whole."
    )


class TransitionInput(InputSerializer):
    """The status to move an order to, and why."""

    to = serializers.ChoiceField(
        choices=list(STATUS_LABELS.items()), help_text="The status to move to."
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class RefundInput(InputSerializer):
    """Money given back, and why."""

    amount = serializers.IntegerField(min_value=1, max_value=2**62)
    reason = serializers.CharField(max_length=2000)


class NoteInput(InputSerializer):
    """Something to write down."""

    text = serializers.CharField(max_length=10_000, help_text="What to remember, for staff.")


class AddressInput(InputSerializer):
    """A postal address."""

    recipient = serializers.CharField(required=False, allow_blank=True, max_length=200)
    street = serializers.CharField(max_length=200)
    number = serializers.CharField(required=False, allow_blank=True, max_length=32)
    complement = serializers.CharField(required=False, allow_blank=True, max_length=200)
    district = serializers.CharField(required=False, allow_blank=True, max_length=100)
    city = serializers.CharField(max_length=100)
    region = serializers.CharField(required=False, allow_blank=True, max_length=100)
    postal_code = serializers.CharField(required=False, allow_blank=True, max_length=16)
    country = serializers.RegexField(r"\A[A-Z]{2}\Z", help_text="ISO 3166-1 alpha-2.")
    instructions = serializers.CharField(required=False, allow_blank=True, max_length=500)


class CheckoutInput(InputSerializer):
    """What a guest gives is kept for this checkout only."""

    guest_name = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="A visitor's name."
    )
    guest_email = serializers.CharField(
        required=False, allow_blank=True, max_length=254, help_text="A visitor's e-mail address."
    )
    guest_phone = serializers.CharField(
        required=False, allow_blank=True, max_length=64, help_text="A visitor's phone number."
    )
    delivery_address = AddressInput(
        required=False, allow_null=True, help_text="Where it goes; null takes it out."
    )
    billing_address = AddressInput(
        required=False, allow_null=True, help_text="Where the bill goes; null takes it out."
    )


class CartInput(InputSerializer):
    """Nothing: a cart is opened empty."""


class CartLineInput(InputSerializer):
    """A product and how much of it."""

    sku = serializers.CharField(max_length=100)
    quantity = PlainDecimalField(max_digits=12, decimal_places=3, min_value=0)


class ClaimInput(InputSerializer):
    """A visitor's cart."""

    key = serializers.CharField(max_length=128, help_text="The key the anonymous cart came with.")


class CommitInput(InputSerializer):
    """Which cart to order."""

    cart = serializers.UUIDField(required=False, help_text="The caller's open cart unless given.")
