"""The description of guestman's addresses."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import include, path
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from guestman.api.urls import staff_urlpatterns

#: These ask for nothing.
BODYLESS = ("reactivate", "make-primary", "release", "set-default", "unlink")
#: Operations that the contract of the suite names, by their path under ``/api/v1``.
EXPECTED = {
    "/customers": {"get", "post"},
    "/customers/{uuid}": {"get", "patch"},
    "/customers/{uuid}/contact-points": {"get", "post"},
    "/customers/{uuid}/addresses": {"get", "post"},
    "/customers/{uuid}/identities": {"get", "post"},
    "/customers/{uuid}/audit": {"get"},
    "/customer-groups": {"get", "post"},
}


@pytest.fixture(scope="module")
def paths() -> dict[str, dict[str, Any]]:
    GENERATOR_STATS.reset()
    patterns = [path("api/v1/", include(staff_urlpatterns))]
    schema = SchemaGenerator(patterns=patterns).get_schema(request=None, public=True)
    # Names of enumerations depend on what the other apps have, so they are looked at for all.
    told = [text for text in GENERATOR_STATS._warn_cache if "enum" not in text.lower()]
    assert told == []
    return dict(schema["paths"])


def operations(paths: dict[str, dict[str, Any]]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (address, method, operation)
        for address, methods in paths.items()
        for method, operation in methods.items()
    ]


def test_the_contracts_addresses_are_described(paths: dict[str, dict[str, Any]]) -> None:
    for address, methods in EXPECTED.items():
        assert methods <= paths[f"/api/v1{address}"].keys()


def test_every_operation_says_what_it_does_and_how_it_fails(
    paths: dict[str, dict[str, Any]],
) -> None:
    for address, method, operation in operations(paths):
        name = f"{method} {address}"
        assert operation["summary"], name
        assert operation["description"], name
        assert {"401", "403", "404"} <= operation["responses"].keys(), name
        if method in ("post", "patch"):
            assert ("requestBody" in operation) is not address.endswith(BODYLESS), name
            assert {"413", "415", "422"} <= operation["responses"].keys(), name


def test_changes_ask_for_the_version(paths: dict[str, dict[str, Any]]) -> None:
    for name in ("/customers/{uuid}", "/customer-groups/{uuid}"):
        operation = paths[f"/api/v1{name}"]["patch"]
        assert "If-Match" in {each["name"] for each in operation["parameters"]}
        assert {"412", "428"} <= operation["responses"].keys()
