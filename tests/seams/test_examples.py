"""The examples of the API's description: sent one by one, and answered as they say.

``RECORD_EXAMPLES=1 python -m pytest tests/seams/test_examples.py`` writes the answers anew.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import RFC_4122

import pytest
import time_machine
from drf_spectacular.generators import SchemaGenerator
from pytest_django import Settings

from doorman.services import breaker
from shopman.api import examples
from shopman.api.examples import JSON, SECRETS, Example, Ref, made_up_key, of_package, resolved
from shopman.models import Tenant
from tests.doorman.standins import Outbox
from tests.seams.world import World, build, prove_mailbox

PACKAGES = (
    "doorman.api",
    "guestman.api",
    "guestman.contrib.identifiers.api",
    "guestman.contrib.duplicates.api",
    "guestman.contrib.insights.api",
    "guestman.contrib.merge.api",
    "omniman.api",
    "offerman.api",
)
RECORDING = "RECORD_EXAMPLES" in os.environ
NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
#: What is drawn or counted differently on every machine, by the name of its field.
DRAWN = {
    **{
        name: SECRETS[name]
        for name in (
            "challenge",
            "token",
            "digest",
            "ref",
            "csrf_token",
            "access_token",
            "refresh_token",
        )
    },
    "key": SECRETS["cart_key"],
    "data_digest": SECRETS["digest"],
    "actor_id": "1",
    "decided_by": "user:1",
    "request_id": str(made_up_key("request")),
}
KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

ALL: dict[str, tuple[str, Example]] = {
    name: (package, example)
    for package in PACKAGES
    for name, example in of_package(package)[0].items()
}


@pytest.fixture(scope="module")
def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Each operation with its method and path, by its name."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return {
        operation["operationId"]: (method, path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


@pytest.fixture
def world(tenant: Tenant, settings: Settings) -> Iterator[World]:
    settings.DOORMAN = {
        **settings.DOORMAN,
        "SMS_SENDER": "tests.doorman.standins.Outbox",
        "RESEND_AFTER_SECONDS": [0],
    }
    breaker.forget()
    Outbox.reset()
    with time_machine.travel(NOW, tick=False):
        yield build(tenant)
    Outbox.reset()


@pytest.fixture(scope="module", autouse=True)
def recorded() -> Iterator[dict[str, dict[str, Any]]]:
    """What was answered, by package; written to the files when recording."""
    answers: dict[str, dict[str, Any]] = {package: {} for package in PACKAGES}
    yield answers
    for package, found in answers.items() if RECORDING else ():
        path = of_package(package)[2]
        assert path is not None
        kept = json.loads(path.read_text()) if path.exists() else {}
        text = json.dumps(dict(sorted((kept | found).items())), indent=1, ensure_ascii=False)
        path.write_text(text + "\n")


def test_every_operation_has_an_example(operations: Mapping[str, Any]) -> None:
    assert set(ALL) == set(operations)


def test_every_answer_belongs_to_an_example() -> None:
    for package in PACKAGES:
        asked, answers, _ = of_package(package)
        assert set(answers) == set(asked), f"{package}: record the examples anew"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ALL))
def test_the_example_is_answered_as_it_says(
    name: str,
    world: World,
    tenant: Tenant,
    operations: Mapping[str, Any],
    recorded: dict[str, dict[str, Any]],
) -> None:
    package, example = ALL[name]
    method, path, described = operations[name]
    if name == "consumeLink":
        prove_mailbox(tenant)
    given = send(world, example, method, path)
    assert given.status_code < 300, given.content
    body = json.loads(given.content) if given.content else None
    found = {"status": given.status_code, "body": shown(body, world)}
    recorded[package][name] = found
    if RECORDING:
        return
    expected = of_package(package)[1][name]
    assert found == expected, "the answer changed: is that meant? then record the examples anew"
    response = described["responses"][str(found["status"])]
    if body is not None:
        assert response["content"][JSON]["example"] == expected["body"]


def test_the_requests_are_in_the_description(operations: Mapping[str, Any]) -> None:
    for name, (_, example) in ALL.items():
        described = operations[name][2]
        parameters = {each["name"]: each for each in described.get("parameters", ())}
        for part in (example.path, example.query, example.headers):
            for parameter in part:
                assert "example" in parameters[parameter], f"{name}: {parameter}"
        if example.body:
            assert described["requestBody"]["content"][JSON]["example"], name
        required = {each for each, found in parameters.items() if found.get("required")}
        assert required <= {*example.path, *example.query, *example.headers}, name


def send(world: World, example: Example, method: str, path: str) -> Any:
    """Send an example as whoever it says, with the rows of the world in it."""
    own = resolved([example.path, example.query, example.headers, example.body], real_in(world))
    parts, query, headers, body = own
    client = world.client(example.caller or "owner")
    url = path.format(**parts)
    if method == "get":
        return client.get(url, query, headers=headers)
    sent = {} if body is None else body
    return getattr(client, method)(url, sent, content_type=JSON, headers=headers)


def real_in(world: World) -> Any:
    return lambda name: world.names[name]


def shown(value: Any, world: World, name: str = "") -> Any:
    """An answer as readers see it: what differs between machines is replaced."""
    if isinstance(value, dict):
        return {key: shown(each, world, key) for key, each in value.items()}
    if isinstance(value, list):
        return [shown(each, world, name) for each in value]
    if not isinstance(value, str) or not value:
        return value
    if name in DRAWN:
        return DRAWN[name]
    known = {real: Ref(name=each).shown for each, real in world.names.items()}
    return known.get(value) or KEY.sub(
        lambda found: known.get(found[0], str(made_up_key(name or "row"))), value
    )


def test_made_up_keys_look_real() -> None:
    key = made_up_key("customer")
    assert (key.version, key.variant) == (7, RFC_4122)
    assert made_up_key("customer") == key != made_up_key("order")
    assert examples.SECRETS["code"].isdigit()
