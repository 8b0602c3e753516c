"""Who is calling, as the kernel knows it. The project chooses the classes in its settings."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from shopman.api.permissions import customer_of


class StaffSessionAuthentication(SessionAuthentication):
    """The staff's session cookie, with CSRF on everything that changes something."""

    #: What it raises, for the schema: on every request, and on those that change something.
    failures: ClassVar[tuple[type[Exception], ...]] = ()
    failures_of_changes: ClassVar[tuple[type[Exception], ...]] = (PermissionDenied,)

    def authenticate_header(self, request: Request) -> str:
        # Without one DRF would answer 403 where 401 is meant.
        return 'Session realm="staff"'

    def enforce_csrf(self, request: Any) -> None:
        if request.method not in SAFE_METHODS:
            super().enforce_csrf(request)


class CustomerAuthentication(StaffSessionAuthentication):
    """Whoever ``request.customer`` says is signed in, with CSRF on what changes something."""

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="store"'

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        customer = customer_of(request._request)
        if customer is None:
            return None
        self.enforce_csrf(request)
        return customer, None
