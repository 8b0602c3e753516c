"""A Python client is generated from the schema without a warning, and shops with it."""

from __future__ import annotations

import hashlib
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection
from pytest_django import Settings

from config.documentation import rendered
from doorman.services import breaker
from shopman.models import Tenant
from tests.doorman.standins import Outbox
from tests.journeys import shop
from tests.wsgi import connection_kept

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="once is enough: on SQLite")

CACHE = Path(__file__).resolve().parents[2] / "var" / "clients"


@pytest.fixture(scope="module")
def client_package() -> str:
    """The generated package, importable; made anew when the schema has changed."""
    schema = rendered("json")
    name = f"shopman_client_{hashlib.sha256(schema).hexdigest()[:12]}"
    if not (CACHE / name / "client.py").exists():
        generate(schema, name)
    sys.path.append(str(CACHE))
    return name


def generate(schema: bytes, name: str) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / "schema.json").write_bytes(schema)
    (CACHE / "config.json").write_text(json.dumps({"post_hooks": []}))
    options = ["--path", "schema.json", "--config", "config.json", "--output-path", name]
    options += ["--meta", "none", "--overwrite", "--fail-on-warning"]
    done = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", *options],
        cwd=CACHE,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "arning" not in said, said


@pytest.fixture
def one_connection() -> Iterator[None]:
    with connection_kept():
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
def test_a_shopper_orders_with_the_generated_client(
    client_package: str, tenant: Tenant, settings: Settings
) -> None:
    # Plain cookie names: no TLS here.
    settings.DEBUG, settings.ALLOWED_HOSTS = True, ["127.0.0.1"]
    settings.DOORMAN = {**settings.DOORMAN, "SMS_SENDER": "tests.doorman.standins.Outbox"}
    breaker.forget()
    Outbox.reset()
    shop.open_shop(tenant)

    def part(path: str) -> Any:
        return importlib.import_module(f"{client_package}.{path}")

    models = part("models")
    transport = httpx.WSGITransport(app=get_wsgi_application())
    caller = part("client").Client(
        base_url="http://127.0.0.1",
        raise_on_unexpected_status=True,
        httpx_args={"transport": transport},
    )
    products = part("api.store.list_store_products").sync(client=caller)
    assert {each.sku for each in products.results} == set(shop.PRICES)

    line = models.CartLineInputRequest(sku="TEA", quantity="2")
    cart = part("api.store.add_cart_line").sync(client=caller, body=line)
    assert (cart.total_amount, cart.lines[0].quantity) == (1000, "2")

    asked = models.ChallengeInputRequest(
        channel=models.ChallengeInputRequestChannel.SMS, identifier="+5511961230001"
    )
    challenge = part("api.door.start_challenge").sync(client=caller, body=asked)
    login = part("api.door.verify_challenge").sync(
        challenge.challenge,
        client=caller,
        body=models.CodeInputRequest(code=Outbox.sent[-1].code),
    )
    assert login.created

    # One client, so that it keeps the cookies of the session.
    caller.get_httpx_client().headers["X-CSRFToken"] = login.csrf_token
    claim = models.ClaimInputRequest(key=cart.key)
    part("api.store.claim_cart").sync(client=caller, body=claim)
    placed = part("api.store.place_order").sync(client=caller, idempotency_key="first")
    assert (placed.status.value, placed.total_amount) == ("placed", 1000)

    nobody = part("api.store.track_order").sync("no-such-token", client=caller)
    assert (nobody.status, nobody.code) == (404, "order_not_found")
    Outbox.reset()
