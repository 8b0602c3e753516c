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


class GrantInput(InputSerializer):
    """What an app wants tokens for."""

    scopes = serializers.ListField(
        child=TextField(max_length=32),
        required=False,
        max_length=20,
        help_text="Such as store or account; all when left out.",
    )
    audience = TextField(
        max_length=64, required=False, help_text="The service they are for; the shop when left out."
    )


class LoginInput(InputSerializer):
    """What every proof may ask for besides."""

    tokens = GrantInput(
        required=False, help_text="Given, the answer is a pair of tokens instead of a session."
    )


class CodeInput(LoginInput):
    """The code as it was typed."""

    code = TextField(
        max_length=codes.MAX_TYPED_LENGTH, help_text="As typed; spaces and dashes do not matter."
    )


class TicketInput(LoginInput):
    """The ticket of a 503."""

    ticket = TextField(max_length=64, help_text="The ticket of the problem document.")


class RefreshInput(InputSerializer):
    """A refresh token."""

    refresh_token = TextField(max_length=200, help_text="Good for one exchange.")


class RevokeInput(InputSerializer):
    """Either token of a pair."""

    token = TextField(max_length=200, help_text="An access or a refresh token.")


class LinkInput(LoginInput):
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


class TokensOutput(OutputSerializer):
    """A pair of tokens, told once."""

    access_token = serializers.CharField(help_text="For the header Authorization: Bearer.")
    refresh_token = serializers.CharField(help_text="For refreshTokens, once.")
    token_type = serializers.CharField(help_text="Bearer.")
    expires_in = serializers.IntegerField(help_text="Seconds the access token is good for.")
    scope = serializers.CharField(help_text="What they are good for, separated by spaces.")


class CustomerOutput(OutputSerializer):
    """What the door tells about the customer."""

    uuid = serializers.UUIDField()
    code = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class SessionOutput(OutputSerializer):
    """One browser or app in which the customer is signed in."""

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
    session = serializers.UUIDField(help_text="Key of the session, or of the app's tokens.")
    csrf_token = serializers.CharField(
        allow_null=True, help_text="For the header X-CSRFToken of every change; null for an app."
    )


class CsrfOutput(OutputSerializer):
    """What goes into the header X-CSRFToken."""

    csrf_token = serializers.CharField(help_text="For the header X-CSRFToken of every change.")


class LoginOutput(SignedInOutput):
    """Somebody has just come in, by a session or with tokens."""

    tokens = TokensOutput(allow_null=True, help_text="The pair an app asked for, else null.")

    created = serializers.BooleanField(help_text="Whether the customer is new.")
    next = serializers.CharField(help_text="Path to go to.")
