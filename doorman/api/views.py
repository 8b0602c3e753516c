"""Views of ``/api/auth/v1/``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from doorman import web
from doorman.api import serializers
from doorman.api.authentication import (
    CustomerSessionAuthentication,
    CustomerTokenAuthentication,
)
from doorman.api.permissions import IsCustomer
from doorman.conf import conf
from doorman.errors import (
    BudgetUnavailable,
    ChallengeClosed,
    CodeInvalid,
    GrantInvalid,
    IdentifierInvalid,
    IdentifierUnsupported,
    LinkClosed,
    LoginNotAllowed,
    NoAccount,
    ResolverUnavailable,
    SessionMissing,
    TokenInvalid,
    TokenReuseDetected,
    TooManyAttempts,
)
from doorman.rules.principal import SignedIn
from doorman.services import access, challenge, login, token
from doorman.services.challenge import Started
from doorman.services.login import Login
from doorman.services.token import Grant, Pair
from shopman.api.address import client_address
from shopman.api.operations import Repeat, operation
from shopman.api.permissions import Public
from shopman.api.renderers import JSONResponse, dumps
from shopman.api.views import View


class DoorView(View):
    """Never stored by anybody, never inside a transaction of somebody else."""

    tag = "door"
    narrowable = False
    refuses_parameters = False
    authentication_classes: Sequence[type[BaseAuthentication]] = (
        CustomerTokenAuthentication,
        CustomerSessionAuthentication,
    )
    #: What a token must be good for.
    scope: ClassVar[str] = "account"
    permission_classes = (IsCustomer,)
    post_status = 200

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        # A failed attempt is committed before it is answered, whatever ATOMIC_REQUESTS says.
        return non_atomic_requests(super().as_view(**initkwargs))

    @property
    def customer(self) -> SignedIn:
        """Who is signed in; IsCustomer has let nobody else in."""
        found: SignedIn = self.request._request.customer  # type: ignore[attr-defined]
        return found

    @method_decorator(sensitive_variables())
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.exception_reporter_filter = web.HidingFilter()
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer


class OpenDoorView(DoorView):
    """For whoever is not in yet.

    A browser must bring the CSRF token, for otherwise another site could sign it in as somebody
    else. Other clients have no cookies that could be abused.
    """

    path_parameters: ClassVar = {"secret": "The `challenge` that `startChallenge` answered with."}
    failures_of_changes: ClassVar = (PermissionDenied,)
    authentication_classes = ()
    permission_classes = (Public,)  # type: ignore[assignment]  # the other of two kinds

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if web.is_browser(request._request):
            CustomerSessionAuthentication().enforce_csrf(request)


class ChallengeList(OpenDoorView):
    """Ask for a code. The answer is the same whoever the contact belongs to."""

    input_class = serializers.ChallengeInput
    output_class = serializers.ChallengeOutput
    post_status = 202

    @operation(
        "startChallenge",
        IdentifierInvalid,
        IdentifierUnsupported,
        TooManyAttempts,
        BudgetUnavailable,
        repeat=Repeat.ANEW,
    )
    def post(self, request: Request) -> HttpResponse:
        """Ask for a code.

        The code goes to the phone or mailbox; the answer is the same whoever it belongs to, and
        whether anybody does. `challenge` is the secret that resends and verifies: keep it in
        memory, in no address and no log. A browser also gets a flow cookie, without which the
        challenge is none. Sending is limited for each phone or mailbox, each address and in all.
        """
        facts = self.accept(request)
        started = challenge.start(
            channel=facts["channel"],
            identifier=facts["identifier"],
            next_path=web.accepted_next(facts.get("next")),
            address=client_address(request._request),
            client="browser" if web.is_browser(request._request) else "other",
            locale=web.locale(request._request),
            user_agent=web.user_agent(request._request),
        )
        return _asked(started)


class ChallengeResend(OpenDoorView):
    """Ask for another code on the same challenge; the one before is void."""

    output_class = serializers.ChallengeOutput
    post_status = 202

    @operation(
        "resendCode",
        CodeInvalid,
        ChallengeClosed,
        TooManyAttempts,
        BudgetUnavailable,
        repeat=Repeat.ANEW,
    )
    def post(self, request: Request, secret: str) -> HttpResponse:
        """Ask for another code on the same challenge.

        The code before is void; tries already made still count. Possible after `resend_in` seconds.
        """
        claim = web.claim(request._request, secret)
        return _asked(challenge.resend(claim=claim, address=client_address(request._request)))


class ChallengeVerify(OpenDoorView):
    """Give the code and be signed in."""

    input_class = serializers.CodeInput
    output_class = serializers.LoginOutput

    @operation(
        "verifyChallenge",
        CodeInvalid,
        GrantInvalid,
        NoAccount,
        LoginNotAllowed,
        ResolverUnavailable,
        ChallengeClosed,
        TooManyAttempts,
        BudgetUnavailable,
    )
    def post(self, request: Request, secret: str) -> HttpResponse:
        """Give the code and be signed in.

        Sets the session cookie and a new CSRF cookie; an app asks for `tokens` instead, which need
        neither. A phone number nobody has becomes a new customer (`created`); an e-mail address
        nobody has does not. A wrong code, an unknown challenge and one of another browser look
        alike. A code works once; when the 503 carries a `ticket`, `redeemTicket` goes on without
        another code. Claim the visitor's cart afterwards with `claimCart`.
        """
        facts = self.accept(request)
        entered = login.verify(
            claim=web.claim(request._request, secret),
            code=facts["code"],
            grant=_granted(facts),
            address=client_address(request._request),
            user_agent=web.user_agent(request._request),
            old_secret=web.old_secret(request._request),
        )
        return _entered(request, entered)


class TicketRedeem(OpenDoorView):
    """Finish with the ticket of a 503 what the code began."""

    input_class = serializers.TicketInput
    output_class = serializers.LoginOutput

    @operation(
        "redeemTicket", CodeInvalid, GrantInvalid, NoAccount, LoginNotAllowed, ResolverUnavailable
    )
    def post(self, request: Request) -> HttpResponse:
        """Finish with the ticket of a 503 what the code began.

        For `verifyChallenge` that failed with `resolver_unavailable`: the code was right, so it
        need not be typed again. The ticket works once, for five minutes, and stays good while the
        answer is a 503.
        """
        facts = self.accept(request)
        entered = login.redeem(
            claim=web.claim(request._request, facts["ticket"]),
            grant=_granted(facts),
            user_agent=web.user_agent(request._request),
            old_secret=web.old_secret(request._request),
        )
        return _entered(request, entered)


class LinkConsume(OpenDoorView):
    """Sign in by the link of an e-mail, in an app that is opened by it."""

    input_class = serializers.LinkInput
    output_class = serializers.LoginOutput

    @operation(
        "consumeLink",
        LinkClosed,
        GrantInvalid,
        NoAccount,
        LoginNotAllowed,
        ResolverUnavailable,
        TooManyAttempts,
        BudgetUnavailable,
    )
    def post(self, request: Request) -> HttpResponse:
        """Sign in by the link of an e-mail.

        For apps that open the shop's links themselves; in a browser the link's own page does this.
        Ask the shopper before you send it: whoever mails them a link of their own would otherwise
        sign them in as somebody else. A link works once. Unknown, used and expired ones look alike;
        after a 503 it is still good. The code of the same message stays good where it was asked
        for, unless the link was opened there.
        """
        facts = self.accept(request)
        entered = login.follow(
            token=facts["link"],
            grant=_granted(facts),
            flow=web.flow(request._request),
            address=client_address(request._request),
            user_agent=web.user_agent(request._request),
            old_secret=web.old_secret(request._request),
        )
        return _entered(request, entered)


class TokenRefresh(OpenDoorView):
    """The next pair of tokens for a refresh token."""

    input_class = serializers.RefreshInput
    output_class = serializers.TokensOutput

    @operation("refreshTokens", TokenInvalid, TokenReuseDetected, ResolverUnavailable)
    def post(self, request: Request) -> HttpResponse:
        """Exchange a refresh token for the next pair.

        The token is used up. Whoever shows it again some seconds later, or an older one, signs out
        everybody who has one of its family: it is in two hands. Calls at the same moment are
        forgiven; each gets a pair, of which one is to be kept. After a 503 it is still good.
        """
        return JSONResponse(_pair(token.refresh(secret=self.accept(request)["refresh_token"])))


class TokenRevoke(OpenDoorView):
    """Sign out an app."""

    input_class = serializers.RevokeInput
    post_status = 204

    @operation("revokeToken", repeat=Repeat.SAFE)
    def post(self, request: Request) -> HttpResponse:
        """Sign out an app by either of its tokens.

        Its whole family ends at once. A token that nobody knows is answered alike.
        """
        token.revoke(secret=self.accept(request)["token"])
        return self.empty()


class CsrfToken(DoorView):
    """The CSRF token, for visitors as well."""

    permission_classes = (Public,)  # type: ignore[assignment]  # the other of two kinds
    output_class = serializers.CsrfOutput

    @operation("getCsrfToken")
    def get(self, request: Request) -> HttpResponse:
        """Hand out the CSRF token, and its cookie.

        A storefront in a browser asks this first: every change needs the token, the login too.
        Signing in makes another one, which `verifyChallenge` tells.
        """
        return JSONResponse({"csrf_token": get_token(request._request)})


class CurrentSession(DoorView):
    """Who is signed in here. GET also hands out the CSRF cookie, to visitors as well."""

    output_class = serializers.SignedInOutput

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if "HTTP_AUTHORIZATION" not in request.META:
            get_token(request._request)
        super().initial(request, *args, **kwargs)

    @operation("getSession")
    def get(self, request: Request) -> HttpResponse:
        """Tell who is signed in here.

        Also hands out the CSRF cookie, to visitors (401) as well.
        """
        customer = self.customer
        return JSONResponse(
            {
                "customer": {
                    "uuid": customer.uuid,
                    "code": customer.code,
                    "name": customer.name,
                },
                "amr": customer.amr,
                "auth_time": customer.auth_time,
                "session": customer.session_uuid,
                "csrf_token": get_token(request._request) if customer.scopes is None else None,
            }
        )

    @operation("signOut")
    def delete(self, request: Request) -> HttpResponse:
        """Sign out here.

        Ends the session and has the cookie dropped. Other devices stay signed in.
        """
        access.close(uuid=self.customer.session_uuid, reason="signed_out")
        response = self.empty()
        web.leave(response)
        return response


class SessionList(DoorView):
    """The customer's open sessions; DELETE ends all but this one."""

    output_class = serializers.SessionListOutput

    @operation("listSessions")
    def get(self, request: Request) -> HttpResponse:
        """List the shopper's open sessions, the one used last first.

        One for each browser or program in which somebody is signed in.
        """
        customer = self.customer
        names = ("uuid", "device", "created_at", "last_seen_at", "expires_at")
        rows = access.running(customer_uuid=customer.uuid)
        return JSONResponse(
            {
                "results": [
                    {name: getattr(row, name) for name in names}
                    | {"is_current": row.pk == customer.session_uuid}
                    for row in rows
                ]
            }
        )

    @operation("endOtherSessions")
    def delete(self, request: Request) -> HttpResponse:
        """End all sessions but this one.

        For whoever fears that somebody else is signed in.
        """
        customer = self.customer
        access.close_others(customer_uuid=customer.uuid, but=customer.session_uuid)
        return self.empty()


class SessionDetail(DoorView):
    """One of the customer's own sessions."""

    @operation("endSession", SessionMissing)
    def delete(self, request: Request, uuid: UUID) -> HttpResponse:
        """End one of the shopper's own sessions.

        Ending the present one signs out.
        """
        access.close_own(customer_uuid=self.customer.uuid, uuid=uuid)
        response = self.empty()
        if uuid == self.customer.session_uuid:
            web.leave(response)
        return response


def _asked(started: Started) -> HttpResponse:
    response = JSONResponse(
        {
            "challenge": started.secret,
            "channel": started.channel,
            "masked": started.masked,
            "code_length": started.code_length,
            "expires_in": started.expires_in,
            "resend_in": started.resend_in,
        },
        202,
    )
    web.keep_flow(response, started.flow)
    return response


def _granted(facts: dict[str, Any]) -> Grant | None:
    asked = facts.get("tokens")
    return None if asked is None else token.grant(**asked)


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "token_type": "Bearer",
        "expires_in": pair.expires_in,
        "scope": pair.family.scopes,
    }


def _entered(request: Request, entered: Login) -> HttpResponse:
    customer = entered.customer
    response = JSONResponse(None)
    if entered.tokens is None:
        # Makes another CSRF token, which the body tells.
        web.enter(request._request, response, entered)
    response.content = dumps(
        {
            "customer": {"uuid": customer.uuid, "code": customer.code, "name": customer.name},
            "created": entered.created,
            "amr": entered.amr,
            "auth_time": entered.auth_time,
            "session": entered.access.pk,
            "tokens": _pair(entered.tokens) if entered.tokens else None,
            "csrf_token": None if entered.tokens else get_token(request._request),
            "next": entered.next_path or conf.LOGIN_REDIRECT,
        }
    )
    return response
