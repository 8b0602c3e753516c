"""Optimistic concurrency: rows that people edit carry a ``version``; its ETag guards changes.

    def patch(self, request, uuid):
        version = expected_version(request)                  # 428 without If-Match
        customer.update(code, expected_version=version, ...)  # raises the app's StaleVersion

The service compares under its row lock and raises its own ``StaleVersion(PreconditionFailed)`` with
one ``FieldError`` per field that differs from what the caller wanted; that becomes a 412 problem.
"""

from __future__ import annotations

import re

from django.http import HttpRequest
from rest_framework.request import Request

from shopman.errors import BadRequest, PreconditionFailed, PreconditionRequired

_STRONG = re.compile(r'"([0-9]{1,18})"\Z')


def etag(version: int) -> str:
    """The strong entity tag of a version: ``"3"``, quotes included."""
    return f'"{version}"'


def expected_version(request: HttpRequest | Request) -> int:
    """The version the caller means to change, from If-Match (RFC 9110 section 13.1.1).

    Raises PreconditionRequired without the header and for ``*``, which names no version;
    PreconditionFailed for a weak or foreign tag, which never matches; BadRequest for several.
    """
    given = request.META.get("HTTP_IF_MATCH", "").strip()
    if given in ("", "*"):
        raise PreconditionRequired
    if "," in given:
        raise BadRequest("If-Match must name one version.")
    match = _STRONG.match(given)
    if match is None:
        raise PreconditionFailed
    return int(match[1])
