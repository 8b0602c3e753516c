"""What the door wrote down."""

from __future__ import annotations

from django.contrib import admin

from doorman.models import AuthEvent, Challenge, ProofTicket, RateCounter
from shopman.admin.base import ReadOnlyAdmin


@admin.register(Challenge)
class ChallengeAdmin(ReadOnlyAdmin):
    """Without hashes, codes and contacts: staff need to know how it went, not what it was."""

    fields = (
        "uuid", "purpose", "channel", "status", "region", "locale", "attempts", "sends",
        "created_at", "sent_at", "resend_at", "expires_at",
    )  # fmt: skip
    list_display = ("created_at", "purpose", "channel", "status", "attempts", "sends", "expires_at")
    list_filter = ("status", "channel", "purpose")
    search_fields = ("=uuid", "=identifier_hash")
    ordering = ("-uuid",)


@admin.register(ProofTicket)
class ProofTicketAdmin(ReadOnlyAdmin):
    """Without hashes and contacts."""

    fields = ("uuid", "channel", "challenge_uuid", "created_at", "expires_at", "used_at")
    list_display = ("created_at", "channel", "expires_at", "used_at")
    ordering = ("-uuid",)


@admin.register(RateCounter)
class RateCounterAdmin(ReadOnlyAdmin):
    """What was counted, without whom."""

    fields = ("scope", "hits", "hit_limit", "opened_at", "closes_at", "not_before")
    list_display = ("scope", "hits", "hit_limit", "opened_at", "closes_at", "not_before")
    search_fields = ("scope",)
    ordering = ("-uuid",)


@admin.register(AuthEvent)
class AuthEventAdmin(ReadOnlyAdmin):
    """The log of the door."""

    list_display = ("at", "name", "reason", "channel", "customer_uuid", "repeat")
    list_filter = ("name", "channel")
    search_fields = ("=customer_uuid", "=session_uuid", "=challenge_uuid", "=identifier_hash")
    ordering = ("-at", "-uuid")
