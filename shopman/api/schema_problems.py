"""The failures of an operation in the OpenAPI description: by status, each with its code.

The numbers are the exception handler's: each failure is shown to it, as if it had happened.
"""

from __future__ import annotations

from collections import defaultdict
from http import HTTPStatus
from typing import Any, Final

import orjson
from django.http import HttpRequest
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.settings import api_settings

from shopman.api import conventions
from shopman.api.schema_parts import ProblemSerializer, component

MEDIA_TYPE: Final = "application/problem+json"
#: The codes of a response, for programs.
EXTENSION: Final = "x-problem-codes"
_HEADERS: Final = {
    "Retry-After": "Seconds to wait before the next attempt.",
    "WWW-Authenticate": "Which session is missing.",
}


def problem_responses(schema: AutoSchema) -> dict[str, Any]:
    """Every failure status of an operation, described."""
    by_status: dict[str, dict[str, Any]] = defaultdict(dict)
    told: dict[str, set[str]] = defaultdict(set)
    view: Any = schema.view
    for failure in conventions.failures(
        view, schema.method, has_path_parameters="{" in schema.path
    ):
        answer = answered(failure)
        if answer is not None:
            body = orjson.loads(answer.content)
            by_status[str(answer.status_code)][body["code"]] = body
            told[str(answer.status_code)] |= _HEADERS.keys() & {*answer.headers}
    return {
        status: _response(schema, status, bodies, told[status])
        for status, bodies in sorted(by_status.items())
    }


def answered(failure: Exception) -> Any:
    """What the project's exception handler makes of a failure; None when it does not know it."""
    request = HttpRequest()
    request.path = "/api/v1/example"
    handler: Any = api_settings.EXCEPTION_HANDLER
    return handler(failure, {"request": request, "view": None})


def _response(
    schema: AutoSchema, status: str, bodies: dict[str, Any], headers: set[str]
) -> dict[str, Any]:
    problem = schema.resolve_serializer(ProblemSerializer, "response")
    examples = {code: _example(schema, body).ref for code, body in bodies.items()}
    phrase = HTTPStatus(int(status)).phrase
    lines = [f"- `{code}`: {body['detail']}" for code, body in bodies.items()]
    described: dict[str, Any] = {
        "description": "\n".join([f"{phrase}, by `code`:", "", *lines]),
        "content": {MEDIA_TYPE: {"schema": problem.ref, "examples": examples}},
        EXTENSION: sorted(bodies),
    }
    if headers:
        described["headers"] = {
            name: {"schema": {"type": "string"}, "description": _HEADERS[name]}
            for name in sorted(headers)
        }
    return described


def _example(schema: AutoSchema, body: dict[str, Any]) -> ResolvedComponent:
    content = {"summary": body["detail"], "value": body}
    found = component(body["code"], ResolvedComponent.EXAMPLE, content)
    schema.registry.register_on_missing(found)
    return found
