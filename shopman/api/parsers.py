"""JSON in, strictly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.http import HttpRequest
from rest_framework.exceptions import APIException, UnsupportedMediaType
from rest_framework.parsers import BaseParser

from shopman.errors import BadRequest

#: Bytes; larger bodies are refused before they are read.
MAX_BODY_BYTES = 1_000_000
#: Objects and arrays inside each other.
MAX_DEPTH = 32


class MalformedJSON(BadRequest):
    """The body is not JSON as we accept it."""

    code = "malformed_json"


class BodyTooLarge(APIException):
    """The body is too large."""

    status_code = 413
    default_code = "body_too_large"
    default_detail = "The body is too large."


class StrictJSONParser(BaseParser):
    """UTF-8 JSON of at most a megabyte, 32 levels deep, without a key given twice.

    Raises BodyTooLarge (413), UnsupportedMediaType (415) for another charset, MalformedJSON (400).
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = _read(stream, parser_context or {})
        charset = _charset(media_type or "")
        if charset not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(media_type or "", "JSON is sent as UTF-8.")
        try:
            parsed = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise MalformedJSON(f"{error.msg} (line {error.lineno}).") from error
        if _too_deep(raw, parsed):
            raise MalformedJSON(f"More than {MAX_DEPTH} levels of nesting.")
        try:
            # orjson takes the last of two equal keys; two readers of one body must not disagree.
            json.loads(raw, object_pairs_hook=_no_key_twice)
        except ValueError as error:
            raise MalformedJSON(str(error)) from error
        return parsed


def _read(stream: Any, context: Mapping[str, Any]) -> bytes:
    request = context.get("request")
    length = request.META.get("CONTENT_LENGTH") if request is not None else None
    if length and length.isdigit() and int(length) > MAX_BODY_BYTES:
        raise BodyTooLarge
    # Through ``body`` Django keeps the bytes, so that others may still look at them.
    raw: bytes = stream.body if isinstance(stream, HttpRequest) else stream.read()
    if len(raw) > MAX_BODY_BYTES:
        raise BodyTooLarge
    return raw


def _charset(media_type: str) -> str:
    for parameter in media_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return "utf-8"


def _too_deep(raw: bytes, parsed: Any) -> bool:
    if raw.count(b"{") + raw.count(b"[") <= MAX_DEPTH:
        return False
    level = [parsed]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for value in level
            if isinstance(value, (dict, list))
            for child in (value.values() if isinstance(value, dict) else value)
        ]
    return any(isinstance(value, (dict, list)) for value in level)


def _no_key_twice(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("An object names the same key twice.")
