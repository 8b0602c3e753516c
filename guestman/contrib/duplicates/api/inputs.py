"""What callers send."""

from __future__ import annotations

from rest_framework import serializers

from shopman.api.input import InputSerializer


class Why(InputSerializer):
    """Why something was decided."""

    reason = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, default="", help_text="In plain words."
    )
