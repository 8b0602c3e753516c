"""The adapters of the how-to guides pass the conformance suites that come with the apps."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.db import connection
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from doorman.errors import DeliveryFailed
from doorman.protocols.sender import Message
from guestman.models import Customer
from shopman.keys import uuid7
from shopman.models import Tenant
from tests.docs import pages

FOLDER = Path(tempfile.mkdtemp(prefix="shopman-docs-"))
resolver = pages.load("howto/customer-resolver.md", FOLDER)
history = pages.load("howto/order-history.md", FOLDER)
sender = pages.load("howto/sender.md", FOLDER)
bringing = pages.load("howto/import-from-another-system.md", FOLDER)

# pytest runs what these pages call tests.
TestMemberResolver = resolver["loyalty.tests"].TestMemberResolver
TestErpHistory = history["erp.tests"].TestErpHistory


@pytest.fixture(scope="module")
def members_table(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    member = resolver["loyalty.models"].Member
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(member)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(member)


class Provider(BaseHTTPRequestHandler):
    """Keeps what it is sent; refuses numbers that end in 0."""

    kept: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.kept.append({**body, "key": self.headers["Idempotency-Key"]})
        self.send_response(400 if body["to"].endswith("0") else 200)
        self.end_headers()
        self.wfile.write(b'{"id": "m-1"}')

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Provider]]:
    server = HTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SMS_URL", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setenv("SMS_KEY", "only-for-tests")
    Provider.kept.clear()
    yield Provider
    server.shutdown()
    server.server_close()


def message(to: str) -> Message:
    return Message(
        channel="sms",
        to=to,
        code="123456",
        subject="",
        text="Shop: 123456 is your code.",
        idempotency_key=uuid7(),
    )


def test_the_sender_hands_over_and_says_when_it_was_refused(provider: type[Provider]) -> None:
    ours = sender["shop.sms"].HttpSender()
    good = message("+5511987654321")
    assert ours.send(good).reference == "m-1"
    assert provider.kept == [{"to": good.to, "text": good.text, "key": str(good.idempotency_key)}]
    with pytest.raises(DeliveryFailed):
        ours.send(message("+5511987654320"))


def test_the_script_brings_each_customer_once(
    in_tenant: Tenant, tmp_path: Path, settings: Settings
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(
        "code,first_name,last_name,phone,email\n"
        "OLD-1,Ana,Souza,(11) 98765-4321,ana@example.com\n"
        "OLD-2,Rui,,,\n"
    )
    bring = bringing["shop.bring_customers"].bring
    assert bring(str(file), in_tenant.slug) == 2
    assert bring(str(file), in_tenant.slug) == 0
    assert Customer.objects.get(code="OLD-1").phone == "+5511987654321"
