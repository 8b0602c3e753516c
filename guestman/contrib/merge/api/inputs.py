"""What callers send."""

from __future__ import annotations

from rest_framework import serializers

from shopman.api.input import InputSerializer


class Pair(InputSerializer):
    """Who stays, and who becomes an alias."""

    survivor_uuid = serializers.UUIDField(help_text="The customer who stays.")
    duplicate_uuid = serializers.UUIDField(help_text="The record that is merged into it.")


class Agreement(InputSerializer):
    """What was looked at, and why it is right."""

    digest = serializers.CharField(max_length=200, help_text="Of a preview.")
    reason = serializers.CharField(
        max_length=1000, help_text="How somebody knows that both are one person."
    )


class WhyTakenBack(InputSerializer):
    """Why a merge is taken back."""

    reason = serializers.CharField(max_length=1000, help_text="In plain words.")
