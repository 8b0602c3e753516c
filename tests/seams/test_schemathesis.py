"""Made-up input for every operation, by everybody: answered as described, and never a 5xx.

Each example is sent by whom the operation is for and, in turn, by one of the others: staff of every
role, a shopper, a visitor. All meet the same shop, whose database is put back after each. The input
is the same in every run. ``--schema-examples N`` tries harder; the gate tries 20. On SQLite only:
what the engines differ in has tests of its own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from django.conf import settings as project
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.test import override_settings
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.core import NOT_SET
from schemathesis.specs.openapi import checks

from doorman import web
from doorman.services import breaker
from shopman.api.examples import of_package, resolved
from shopman.models import Tenant
from tests.doorman.standins import Outbox
from tests.seams.test_examples import PACKAGES
from tests.seams.world import ROLES, World, build
from tests.wsgi import connection_kept

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="once is enough: on SQLite"),
]

SCHEMA = checks.response_schema_conformance
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    SCHEMA,
]
CSRF = "c" * 32
#: Nobody: without a session, and with cookies that are none.
NOBODY = ("visitor", "stranger")
CALLERS = (*ROLES, "shopper", *NOBODY)
#: The examples of the description, by operation: their rows exist.
PARTS = {name: example for package in PACKAGES for name, example in of_package(package)[0].items()}


#: Whether an operation is for whoever is signed in only.
guarded: dict[str, bool] = {}


@cache
def schema() -> Any:
    """The project's schema, bound to its WSGI application."""
    described = SchemaGenerator().get_schema(request=None, public=True)
    for methods in described["paths"].values():
        for operation in methods.values():
            # The cookies of a session are the caller's, below, and not made up.
            guarded[operation["operationId"]] = {} not in operation["security"]
            guarded[operation["operationId"]] &= bool(operation.pop("security"))
    del described["components"]["securitySchemes"]
    loaded = schemathesis.openapi.from_dict(described)
    loaded.app = get_wsgi_application()
    return loaded


@cache
def operations() -> dict[str, Any]:
    found = (result.ok() for result in schema().get_all_operations())
    return {each.definition.raw["operationId"]: each for each in found}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One shop for all of them, undone at the end."""
    doorman = {
        **project.DOORMAN,
        "SMS_SENDER": "tests.doorman.standins.Outbox",
        "EMAIL_SENDER": "tests.doorman.standins.Outbox",
        "RESEND_AFTER_SECONDS": [0],
    }
    breaker.forget()
    with (
        django_db_blocker.unblock(),
        override_settings(DOORMAN=doorman, ALLOWED_HOSTS=["*"]),
        connection_kept(),
        undone(),
    ):
        yield build(Tenant.objects.get(slug=project.SHOPMAN_DEFAULT_TENANT["slug"]))
    Outbox.reset()


@pytest.fixture(scope="module")
def cookies(world: World) -> dict[str, dict[str, str]]:
    """What each caller's browser brings along."""
    found = {}
    for caller in CALLERS:
        client = world.client(caller)
        found[caller] = {name: morsel.value for name, morsel in client.cookies.items()}
        if caller != "visitor":
            found[caller][project.CSRF_COOKIE_NAME] = CSRF
    for name in (project.SESSION_COOKIE_NAME, web.session_cookie()):
        found["stranger"][name] = "m" * 43
    return found


@pytest.mark.parametrize("name", sorted(operations()))
def test_made_up_input_is_answered_as_described(
    name: str, world: World, cookies: dict[str, dict[str, str]], request: pytest.FixtureRequest
) -> None:
    others = cycle(each for each in CALLERS if each != meant_for(name))

    @settings(
        max_examples=request.config.getoption("--schema-examples"),
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(name, world))
    def send(case: Any) -> None:
        for caller in (meant_for(name), next(others)):
            own = cookies[caller]
            case_headers = {"X-CSRFToken": CSRF} if own else None
            # Whoever asks for some fields does not get the others, required or not.
            wanted = [each for each in CHECKS if each is not SCHEMA or not partial(case)]
            with undone():
                answer = case.call_and_validate(
                    checks=wanted, cookies=own or None, headers=case_headers
                )
            let_in = answer.status_code < 300
            assert not (let_in and guarded[name] and caller in NOBODY), f"{caller} was let in"

    send()


def partial(case: Any) -> bool:
    """Whether a request asks for some fields only."""
    return bool((case.query or {}).get("fields"))


def meant_for(name: str) -> str:
    """Who an operation is for, of whoever may call it."""
    tag = operations()[name].definition.raw["tags"][0]
    caller = PARTS[name].caller
    return caller or ("shopper" if tag in ("store", "door") else "owner")


def cases(name: str, world: World) -> st.SearchStrategy[Any]:
    """Input for an operation: rows that exist and good values, anything good, anything bad."""
    operation = operations()[name]
    example = next(found[name] for package in PACKAGES if name in (found := of_package(package)[0]))
    path = resolved(example.path, lambda each: world.names[each])
    headers = resolved(
        {key: value for key, value in example.headers.items() if key != "Idempotency-Key"},
        lambda each: world.names[each],
    )
    good, bad = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
    body = resolved(example.body, lambda each: world.names[each])
    return st.one_of(
        operation.as_strategy(
            good,
            path_parameters=path or None,
            headers=headers or None,
            body=NOT_SET if example.body is None else body,
        ),
        operation.as_strategy(good, path_parameters=path or None, headers=headers or None),
        operation.as_strategy(good),
        operation.as_strategy(bad, path_parameters=path or None),
    )


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside never happened."""
    block: Any = transaction.atomic()
    # As in Django's own TestCase: a durable block may begin in here.
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)
