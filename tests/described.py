"""No answer of the API may differ from its description, in the whole run.

Every answer that any test gets from an address of ``config.urls`` is looked up: a status, a code or
a media type that its operation does not declare ends the request with an AssertionError.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, cast

import pytest
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponseBase
from drf_spectacular.generators import SchemaGenerator

from shopman.api.schema_problems import EXTENSION

#: What no operation declares: a method that an address lacks, and our own mistakes.
EVERYWHERE = {405, 500}
#: Addresses that are no operations.
PAGES = {"/api/schema/", "/api/docs/"}


@pytest.fixture(autouse=True, scope="session")
def described_answers() -> Iterator[None]:
    """Watches every request of the run."""
    with pytest.MonkeyPatch.context() as patch:
        plain = BaseHandler.get_response

        def watched(self: BaseHandler, request: HttpRequest) -> HttpResponseBase:
            response = plain(self, request)
            look(request, response)
            return response

        patch.setattr(BaseHandler, "get_response", watched)
        yield


def look(request: HttpRequest, response: HttpResponseBase) -> None:
    """Compare an answer with what the schema says about it."""
    match = request.resolver_match
    is_ours = settings.ROOT_URLCONF == "config.urls" and match is not None
    if not is_ours or not request.path.startswith("/api/") or request.path in PAGES:
        return
    assert match is not None
    if request.method in ("HEAD", "OPTIONS") or response.status_code in EVERYWHERE:
        return
    operation = operations().get((template(match.route), request.method or ""))
    if operation is None:
        # A method that the address lacks: whether 401 or 405 depends on who asks.
        assert response.status_code >= 400, f"{request.method} {request.path} is not in the schema"
        return
    where = f"{operation['operationId']} {response.status_code}"
    described = operation["responses"].get(str(response.status_code))
    assert described is not None, f"{where} is not in the schema"
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    content: dict[str, Any] = described.get("content", {})
    assert kind in content or not content, f"{where}: {kind} is not in the schema"
    if EXTENSION in described:
        code = json.loads(cast("Any", response).content)["code"]
        assert code in described[EXTENSION], f"{where}: {code} is not in the schema"


def template(route: str) -> str:
    """A Django route as OpenAPI writes it."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


@cache
def operations() -> dict[tuple[str, str], dict[str, Any]]:
    """Every operation of the project, by path and method."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return {
        (path, method.upper()): operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }
