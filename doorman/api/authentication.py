"""Who is calling, by doorman's cookie."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from doorman.errors import ResolverUnavailable, ScopeMissing, TokenInvalid
from doorman.services import token
from shopman.api.authentication import CustomerAuthentication
from shopman.api.schema_parts import customer_session, customer_token

_SCHEME: Final = "bearer"


class CustomerSessionAuthentication(CustomerAuthentication):
    """The customer of the session cookie, with CSRF on everything that changes something."""

    failures: ClassVar[tuple[type[Exception], ...]] = (ResolverUnavailable,)


class CustomerTokenAuthentication(BaseAuthentication):
    """The customer of ``Authorization: Bearer``, whatever cookie comes beside it.

    The token must have the view's ``scope``; a view without one takes no tokens. Tokens anywhere
    but in that header are not looked at, so no other site can send one: no CSRF token is needed.
    """

    failures: ClassVar[tuple[type[Exception], ...]] = (
        TokenInvalid,
        ScopeMissing,
        ResolverUnavailable,
    )

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="store"'

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != _SCHEME:
            return None
        customer = token.identify(secret=secret)
        scope = getattr(request.parser_context["view"], "scope", None)
        if customer.scopes is None or scope not in customer.scopes:
            raise ScopeMissing
        request._request.customer = customer  # type: ignore[attr-defined]
        return customer, None


class CustomerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the tokens of apps."""

    target_class = "doorman.api.authentication.CustomerTokenAuthentication"
    name = "customerToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return customer_token()


class CustomerSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes doorman's cookie."""

    target_class = "doorman.api.authentication.CustomerSessionAuthentication"
    name = "customerSession"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return customer_session("__Host-doorman")
