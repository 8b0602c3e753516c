"""JSON out, by orjson."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


def dumps(content: Any) -> bytes:
    """JSON of plain values. UUIDs and datetimes (UTC, ``Z``) are native, a Decimal is a string."""
    return orjson.dumps(content, _rest, orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def _rest(value: object) -> object:
    if isinstance(value, (Decimal, Promise)):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (bytes, memoryview)) or not hasattr(value, "__iter__"):
        raise TypeError(f"{type(value).__qualname__} has no JSON form")
    return list(value)


class JSONRenderer(BaseRenderer):
    """The one renderer: there is no browsable API."""

    media_type = "application/json"
    format = "json"
    charset = None  # JSON is UTF-8 (RFC 8259)

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else dumps(data)


class JSONResponse(HttpResponse):
    """A finished JSON answer; ``data`` keeps what it was made from.

    Views return it instead of DRF's Response, which would be rendered again through a template
    response.
    """

    def __init__(
        self, data: Any, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self.data = data
        super().__init__(
            b"" if data is None else dumps(data),
            content_type="application/json",
            status=status,
            headers=dict(headers) if headers else None,
        )
