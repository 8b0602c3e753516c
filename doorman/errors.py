"""What goes wrong at the door. The codes are public and stay."""

from __future__ import annotations

from shopman.errors import (
    BadRequest,
    Denied,
    Failure,
    Gone,
    Invalid,
    NotFound,
    Throttled,
    Unauthenticated,
    Unavailable,
)


class IdentifierInvalid(Invalid):
    """This is not a phone number or an e-mail address we can use."""

    code = "identifier_invalid"


class IdentifierUnsupported(Invalid):
    """We cannot send a code there."""

    code = "identifier_unsupported"


class CodeInvalid(BadRequest):
    """The code is not right. Check it and try again.

    The same for a wrong code, an unknown challenge, and a challenge of another browser.
    """

    code = "code_invalid"


class ChallengeClosed(Gone):
    """This code can no longer be used. Ask for a new one."""

    code = "challenge_closed"


class LinkClosed(Gone):
    """This link was used already or is no longer good. Type the code that came with it.

    The same for unknown, used and expired links.
    """

    code = "link_closed"


class TooManyAttempts(Throttled):
    """Too many attempts. Wait a little and try again."""

    code = "too_many_attempts"


class LoginNotAllowed(Denied):
    """Signing in is not possible with this account. Please contact the shop."""

    code = "login_not_allowed"


class NoAccount(NotFound):
    """There is no account for this address yet. Sign in with your phone number instead."""

    code = "no_account"


class ResolverUnavailable(Unavailable):
    """Signing in cannot be completed right now. Try again in a moment."""

    code = "resolver_unavailable"

    def with_ticket(self, secret: str) -> ResolverUnavailable:
        """The same failure, carrying the secret with which a proved contact can still get in."""
        self.members = {"ticket": secret}
        return self


class BudgetUnavailable(Unavailable):
    """Signing in is not possible right now. Try again in a moment."""

    code = "budget_unavailable"


class DeliveryFailed(Unavailable):
    """The message was not accepted for delivery."""

    code = "delivery_failed"


class KeysMissing(Failure):
    """A keyring has no usable key. See the system check doorman.E001."""

    code = "keys_missing"


class TokenInvalid(Unauthenticated):
    """This token is not valid. Sign in again."""

    code = "token_invalid"


class TokenReuseDetected(Unauthenticated):
    """This token was exchanged before, so everybody who has one of its family is signed out."""

    code = "token_reuse_detected"


class ScopeMissing(Denied):
    """This token is not for this part of the shop."""

    code = "scope_missing"


class GrantInvalid(Invalid):
    """There is no such scope or audience."""

    code = "grant_invalid"


class SessionMissing(NotFound):
    """There is no such session."""

    code = "session_missing"
