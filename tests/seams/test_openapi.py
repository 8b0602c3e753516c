"""The API's description is complete: what it does, how it fails, what everything means."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from shopman.api.schema_problems import EXTENSION, MEDIA_TYPE

Operation = dict[str, Any]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


@pytest.fixture(scope="module")
def operations(schema: dict[str, Any]) -> dict[str, Operation]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def test_operations_have_names_that_read_well_in_clients(operations: dict[str, Operation]) -> None:
    names = [each["operationId"] for each in operations.values()]
    assert [name for name in names if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", name)] == []
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_operations_say_what_they_do_and_more(operations: dict[str, Operation]) -> None:
    for name, each in operations.items():
        assert each.get("summary"), name
        assert len(each["summary"]) < 80, name
        assert each["description"] != each["summary"] + ".", name


def test_changes_say_what_sending_them_again_does(operations: dict[str, Operation]) -> None:
    # These cannot be sent again, and their descriptions say why.
    once = {
        "verifyChallenge", "redeemTicket", "consumeLink", "claimCart", "unlinkIdentity",
        "releaseContactPoint", "refreshTokens",
    }  # fmt: skip
    for name, each in operations.items():
        if name.startswith(("POST", "PUT", "PATCH")) and each["operationId"] not in once:
            assert "**Repeating.**" in each["description"], name


def test_operations_stand_in_a_group_that_is_described(
    schema: dict[str, Any], operations: dict[str, Operation]
) -> None:
    described = {each["name"] for each in schema["tags"] if each["description"]}
    grouped = {tag for group in schema["x-tagGroups"] for tag in group["tags"]}
    used = {tag for each in operations.values() for tag in each["tags"]}
    assert used == described == grouped


def test_every_parameter_and_header_is_described(operations: dict[str, Operation]) -> None:
    missing = [
        f"{name} {each['name']}"
        for name, operation in operations.items()
        for each in operation.get("parameters", ())
        if not each.get("description")
    ]
    missing += [
        f"{name} {status} {header}"
        for name, operation in operations.items()
        for status, response in operation["responses"].items()
        for header, each in response.get("headers", {}).items()
        if not each.get("description")
    ]
    assert missing == []


def test_every_body_and_every_field_is_described(schema: dict[str, Any]) -> None:
    missing = []
    for name, each in schema["components"]["schemas"].items():
        missing += [] if each.get("description") else [name]
        # A class without a docstring shows its base's.
        missing += [name] if "Names the columns" in each.get("description", "") else []
        missing += [name] if "serializer for input only" in each.get("description", "") else []
        missing += [
            f"{name}.{field}"
            for field, found in each.get("properties", {}).items()
            if not found.get("description")
        ]
    assert missing == []


def test_failures_name_their_codes(operations: dict[str, Operation]) -> None:
    for name, operation in operations.items():
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert set(response["content"]) == {MEDIA_TYPE}, name
                assert response[EXTENSION], name
                assert all(f"`{code}`" in response["description"] for code in response[EXTENSION])
                assert set(response["content"][MEDIA_TYPE]["examples"]) == set(response[EXTENSION])
        waits = {"429", "503"} & operation["responses"].keys()
        assert all("Retry-After" in operation["responses"][status]["headers"] for status in waits)


def test_what_is_made_says_where_it_is(operations: dict[str, Operation]) -> None:
    for name, operation in operations.items():
        if "201" in operation["responses"]:
            assert "Location" in operation["responses"]["201"]["headers"], name


def test_who_may_call_is_said(schema: dict[str, Any], operations: dict[str, Operation]) -> None:
    schemes = schema["components"]["securitySchemes"]
    assert set(schemes) == {"staffSession", "customerSession", "customerToken", "csrfToken"}
    assert all(each["description"] for each in schemes.values())
    assert schemes["staffSession"]["name"] == settings.SESSION_COOKIE_NAME
    assert operations["GET /api/v1/customers"]["security"] == [{"staffSession": []}]
    assert operations["POST /api/v1/customers"]["security"] == [
        {"staffSession": [], "csrfToken": []}
    ]
    assert operations["GET /api/v1/store/cart"]["security"] == [
        {},
        {"customerToken": []},
        {"customerSession": []},
    ]
    assert operations["POST /api/v1/store/orders"]["security"] == [
        {},
        {"customerToken": []},
        {"customerSession": [], "csrfToken": []},
    ]
    assert operations["POST /api/auth/v1/challenges"]["security"] == []


def test_the_shop_is_the_host_that_is_asked(schema: dict[str, Any]) -> None:
    assert [server["url"] for server in schema["servers"]] == ["/"]
    assert "## Failures" in schema["info"]["description"]
