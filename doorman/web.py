"""What pages, API and middleware share about requests: cookies, flows, addresses, return paths."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.debug import SafeExceptionReporterFilter

from doorman.conf import conf
from doorman.rules import next_path
from doorman.services.challenge_row import Claim
from doorman.services.login import Login
from shopman import clock, tenancy

#: What only browsers send: on every request that changes something.
_BROWSER_HEADERS = ("HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_REFERER")


class HidingFilter(SafeExceptionReporterFilter):
    """Error pages and mails about the door show no cookies, no form input and no variables.

    Django hides these only outside DEBUG; a code is nobody's business on a developer's screen
    either.
    """

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        return dict.fromkeys(request.COOKIES, self.cleansed_substitute)

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        return {"HTTP_HOST": request.META.get("HTTP_HOST", "")}


def session_cookie() -> str:
    """Name of the customer's session cookie. The prefix binds it to this host and to TLS."""
    return "doorman" if settings.DEBUG else "__Host-doorman"


def flow_cookie() -> str:
    """Name of the cookie that binds a challenge to the browser that started it."""
    return "doorman_flow" if settings.DEBUG else "__Host-doorman_flow"


def link_cookie() -> str:
    """Name of the cookie that keeps a link out of addresses until it is confirmed."""
    return "doorman_link" if settings.DEBUG else "__Host-doorman_link"


def set_cookie(response: HttpResponseBase, name: str, value: str, *, max_age_seconds: int) -> None:
    """A cookie for this host only, out of reach of scripts and of other sites' forms."""
    response.set_cookie(
        name,
        value,
        max_age=max_age_seconds,
        path="/",
        secure=not settings.DEBUG,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: HttpResponseBase, name: str) -> None:
    """Have a cookie forgotten; ``__Host-`` cookies are only dropped the way they were set."""
    set_cookie(response, name, "", max_age_seconds=0)


def is_browser(request: HttpRequest) -> bool:
    """Whether a browser, hence perhaps another site through it, may have made this request.

    Browsers name the origin of every request that changes something, and bring our cookies. A
    client that does neither cannot be abused by another site.
    """
    cookies = {session_cookie(), flow_cookie(), settings.CSRF_COOKIE_NAME}
    return any(name in request.META for name in _BROWSER_HEADERS) or not cookies.isdisjoint(
        request.COOKIES
    )


def flow(request: HttpRequest) -> str:
    """The flow cookie the request came with."""
    return request.COOKIES.get(flow_cookie(), "")


def claim(request: HttpRequest, secret: str | None) -> Claim:
    """What the request shows to be let near a challenge or a ticket."""
    return Claim(secret=secret, flow=flow(request) if is_browser(request) else None)


def page_claim(request: HttpRequest) -> Claim:
    """The pages know a challenge by the flow cookie alone."""
    return Claim(secret=None, flow=flow(request))


def keep_flow(response: HttpResponseBase, secret: str | None) -> None:
    """Give the browser its flow cookie; other clients have none."""
    if secret is not None:
        set_cookie(response, flow_cookie(), secret, max_age_seconds=conf.FLOW_COOKIE_MINUTES * 60)


def accepted_next(path: object) -> str:
    """The return path if it is acceptable, otherwise an empty string, which means the default."""
    fits = next_path.is_acceptable(path, forbidden_prefixes=conf.NEXT_FORBIDDEN_PREFIXES)
    if fits and url_has_allowed_host_and_scheme(str(path), allowed_hosts=None):
        return str(path)
    return ""


def locale(request: HttpRequest) -> str:
    """The language of a message: the reader's, else the shop's; always one the project has."""
    known = {code for code, _ in settings.LANGUAGES}
    chosen = (
        "HTTP_ACCEPT_LANGUAGE" in request.META or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    )
    asked = translation.get_language() if chosen else None
    return next(
        (code for code in (asked, tenancy.current().locale) if code in known),
        settings.LANGUAGE_CODE,
    )


def user_agent(request: HttpRequest) -> str:
    """The User-Agent header, for telling the device; never stored."""
    agent: str = request.META.get("HTTP_USER_AGENT", "")
    return agent[:400]


def old_secret(request: HttpRequest) -> str:
    """The session cookie the request came with."""
    return request.COOKIES.get(session_cookie(), "")


def enter(request: HttpRequest, response: HttpResponseBase, login: Login) -> None:
    """Put the new session into the browser and leave nothing that was fixed before it."""
    lifetime = int((login.access.expires_at - clock.now()).total_seconds())
    set_cookie(response, session_cookie(), login.secret, max_age_seconds=lifetime)
    if flow_cookie() in request.COOKIES:
        drop_cookie(response, flow_cookie())
    rotate_token(request)
    django_session: Any = getattr(request, "session", None)
    # Only a session with something in it, a cart say, is carried over to a new key.
    has_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
    if has_cookie and django_session is not None and django_session.keys():
        django_session.cycle_key()


def leave(response: HttpResponseBase) -> None:
    """Take the session out of the browser, with whatever it kept of the shop's pages."""
    drop_cookie(response, session_cookie())
    response["Clear-Site-Data"] = '"cache", "storage"'
