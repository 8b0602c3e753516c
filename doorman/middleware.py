"""``request.customer``: who is signed in, found out when somebody asks."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from doorman import web
from doorman.conf import conf
from doorman.rules.principal import Anonymous, Customer
from doorman.services import session
from doorman.services.session import Visit

Next = Callable[[HttpRequest], HttpResponseBase]


class CustomerMiddleware:
    """Stands after the tenant's middleware.

    A request that never asks costs nothing. One that does costs one query and one question to the
    resolver, however often it asks; without the cookie it costs nothing either.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found: list[Visit] = []

        def customer() -> Customer:
            found.append(visit(request))
            return found[-1].customer

        request.customer = SimpleLazyObject(customer)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if found and web.session_cookie() not in response.cookies:
            self._refresh(request, response, found[-1])
        return response

    def _refresh(self, request: HttpRequest, response: HttpResponseBase, seen: Visit) -> None:
        name = web.session_cookie()
        if seen.fresh_secret:
            lifetime = conf.SESSION_ABSOLUTE_DAYS * 24 * 3600
            web.set_cookie(response, name, seen.fresh_secret, max_age_seconds=lifetime)
        elif name in request.COOKIES and not seen.customer.is_authenticated:
            web.drop_cookie(response, name)


def visit(request: HttpRequest) -> Visit:
    """Who is behind the request's session cookie."""
    secret = request.COOKIES.get(web.session_cookie(), "")
    return session.identify(secret=secret) if secret else Visit(customer=Anonymous())
