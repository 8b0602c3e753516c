"""The context of a request: its id, its actor, its line in the access log."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.messages.middleware import MessageMiddleware
from django.http import HttpRequest, HttpResponseBase

from shopman import actor, memory
from shopman.keys import uuid7

Next = Callable[[HttpRequest], HttpResponseBase]

#: What is taken over as a request id: anything else would let callers write into our logs.
_SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
access_log = logging.getLogger("shopman.access")


class RequestContextMiddleware:
    """Gives the request an id, names its actor when somebody asks, and logs one line.

    A sane ``X-Request-ID`` is taken over, otherwise a UUIDv7 is made; the answer carries it.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _SANE_ID.match(given) else str(uuid7())
        who = actor.use(lambda: staff_actor(request), request_id=request_id)
        with memory.remembering(), who:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            self._log(request, response, started)
        return response

    def _log(self, request: HttpRequest, response: HttpResponseBase, started: float) -> None:
        if not access_log.isEnabledFor(logging.INFO):
            return
        access_log.info(
            "%s %s",
            request.method,
            response.status_code,
            extra={
                "path": request.path,
                "status": response.status_code,
                "duration_ms": round((time.perf_counter() - started) * 1000, 1),
            },
        )


class PageMessageMiddleware(MessageMiddleware):
    """Django's one-time notices, for pages only: the API has none."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith("/api/"):
            return self.get_response(request)
        return super().__call__(request)


def staff_actor(request: HttpRequest) -> actor.Actor:
    """The member of staff behind a request, or an actor without an id."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES and not hasattr(request, "_cached_user"):
        return actor.Actor(kind="client")
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not hasattr(user, "get_username"):
        return actor.Actor(kind="client")
    return actor.Actor(kind="user", id=str(user.pk), label=user.get_username())
