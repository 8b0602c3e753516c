"""What every answer goes through: its content policy, and its form when it failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from csp.constants import HEADER, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from config import problems
from shopman.errors import Failure

Next = Callable[[HttpRequest], HttpResponseBase]

_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
#: The admin theme evaluates expressions (Alpine) and sets styles from script.
_ADMIN_SOURCES = {
    "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
}
#: The reference page sets styles from script.
_DOCS_SOURCES = {"style-src": [SELF, UNSAFE_INLINE]}


class PolicyMiddleware(CSPMiddleware):
    """The Content-Security-Policy of each kind of address; JSON may load nothing at all."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if problems.is_api(request) and not request.path_info.startswith("/api/docs/"):
            response = cast("HttpResponseBase", self.get_response(request))
            response[HEADER] = _API_POLICY
            return response
        return cast("HttpResponseBase", super().__call__(request))

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/"):
            parts.update = {**_ADMIN_SOURCES, **(parts.update or {})}
        elif request.path_info.startswith("/api/docs/"):
            parts.update = {**_DOCS_SOURCES, **(parts.update or {})}
        return parts


class ProblemMiddleware:
    """Failures outside DRF: named ones get their status, and under ``/api/`` a problem body."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        # With DEBUG on Django answers unknown addresses with a page of its own.
        if is_page and response.status_code in (400, 403, 404) and problems.is_api(request):
            return problems.problem(request, status=response.status_code)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Failure):
            return None
        if problems.is_api(request) or request.path in ("/livez", "/readyz"):
            return problems.of_failure(request, exception)
        return problems.page(
            request, problems.status_of(exception), problems.translated(exception.detail)
        )
