"""Who is calling, by doorman's cookie."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from shopman.api.authentication import CustomerAuthentication


class CustomerSessionAuthentication(CustomerAuthentication):
    """The customer of the session cookie, with CSRF on everything that changes something."""


class CustomerSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes doorman's cookie."""

    target_class = "doorman.api.authentication.CustomerSessionAuthentication"
    name = "customerSession"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "__Host-doorman"}
