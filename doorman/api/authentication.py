"""Who is calling, by doorman's cookie."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from doorman.errors import ResolverUnavailable
from shopman.api.authentication import CustomerAuthentication
from shopman.api.schema_parts import customer_session


class CustomerSessionAuthentication(CustomerAuthentication):
    """The customer of the session cookie, with CSRF on everything that changes something."""

    failures: ClassVar[tuple[type[Exception], ...]] = (ResolverUnavailable,)


class CustomerSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes doorman's cookie."""

    target_class = "doorman.api.authentication.CustomerSessionAuthentication"
    name = "customerSession"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return customer_session("__Host-doorman")
