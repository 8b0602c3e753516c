"""What callers send to the door, and what they get."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from doorman.rules import codes, links
from shopman.api.input import InputSerializer
from shopman.api.output import OutputSerializer

#: Longer than any phone number or e-mail address with its spaces.
MAX_IDENTIFIER_LENGTH = 320


class TextField(serializers.CharField):
    """A JSON string and nothing else: ``7421`` the number is not ``"7421"`` the code."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class ChallengeInput(InputSerializer):
    """Whom to send a code, and where to go afterwards."""

    channel = serializers.ChoiceField(
        choices=["sms", "email"], help_text="How the code is to be sent."
    )
    identifier = TextField(
        max_length=MAX_IDENTIFIER_LENGTH,
        help_text="Phone number or e-mail address, in any spelling of the shop's region.",
    )
    next = TextField(
        max_length=2000,
        required=False,
        allow_blank=True,
        help_text="Path to return to; one that is not acceptable means the default page.",
    )


class CodeInput(InputSerializer):
    """The code as it was typed."""

    code = TextField(
        max_length=codes.MAX_TYPED_LENGTH, help_text="As typed; spaces and dashes do not matter."
    )


class TicketInput(InputSerializer):
    """The ticket of a 503."""

    ticket = TextField(max_length=64, help_text="The ticket of the problem document.")


class LinkInput(InputSerializer):
    """What a link ends with."""

    link = TextField(
        max_length=links.MAX_LENGTH, help_text="The part of the link's address after /auth/link/."
    )


class ChallengeOutput(OutputSerializer):
    """A code was asked for; the same whoever the contact belongs to."""

    challenge = serializers.CharField(help_text="Secret that names the challenge; keep it.")
    channel = serializers.ChoiceField(choices=["sms", "email"], help_text="How the code was sent.")
    masked = serializers.CharField(help_text="Where the code went, made unreadable for bystanders.")
    code_length = serializers.IntegerField(help_text="Characters of the code.")
    expires_in = serializers.IntegerField(help_text="Seconds.")
    resend_in = serializers.IntegerField(help_text="Seconds.")


class CustomerOutput(OutputSerializer):
    """What the door tells about the customer."""

    uuid = serializers.UUIDField()
    code = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class SessionOutput(OutputSerializer):
    """One browser in which the customer is signed in."""

    uuid = serializers.UUIDField()
    device = serializers.CharField(help_text="Browser and system, as far as they said.")
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField(
        help_text="When it was last used, to a few minutes (UTC)."
    )
    expires_at = serializers.DateTimeField()
    is_current = serializers.BooleanField(help_text="The session of this request.")


class SessionListOutput(OutputSerializer):
    """All of them, the one used last first."""

    results = SessionOutput(many=True, help_text="All open sessions.")


class SignedInOutput(OutputSerializer):
    """Who is signed in, since when and how."""

    customer = CustomerOutput(help_text="Who is signed in.")
    amr = serializers.ListField(
        child=serializers.CharField(),
        help_text="How the shopper proved who they are (RFC 8176 style), such as otp_sms.",
    )
    auth_time = serializers.DateTimeField(help_text="When that was (UTC).")
    session = serializers.UUIDField(help_text="Key of the session.")
    csrf_token = serializers.CharField(help_text="For the header X-CSRFToken of every change.")


class CsrfOutput(OutputSerializer):
    """What goes into the header X-CSRFToken."""

    csrf_token = serializers.CharField(help_text="For the header X-CSRFToken of every change.")


class LoginOutput(SignedInOutput):
    """Somebody has just come in."""

    created = serializers.BooleanField(help_text="Whether the customer is new.")
    next = serializers.CharField(help_text="Path to go to.")
