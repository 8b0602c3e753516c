"""The storefront tutorial is run as it stands: its bash blocks, then its Python."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from config.demo import doubts
from doorman.services import breaker
from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.identifiers.models import ReviewItem
from guestman.contrib.imports.models import ImportRun
from guestman.contrib.merge.models import Merge
from omniman.models import Order
from shopman import tenancy
from shopman.models import Tenant
from tests.docs import pages
from tests.doorman.standins import Outbox

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "tutorials/storefront.md"
PHONE = "+5511961234567"
SECONDS = 120


def blocks(language: str) -> str:
    """All code of the page in a language, in order."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", pages.text(PAGE), re.MULTILINE | re.DOTALL)
    assert found
    return "\n".join(found)


@pytest.fixture
def address(live_server: LiveServer, settings: Settings, tenant: Tenant) -> Iterator[str]:
    """The demo's shop; messages are kept instead of printed."""
    # As in the demo: plain cookie names, for the server speaks no TLS.
    settings.DEBUG = True
    settings.SECURE_SSL_REDIRECT = settings.CSRF_COOKIE_SECURE = False
    settings.DOORMAN = {**settings.DOORMAN, "SMS_SENDER": "tests.doorman.standins.Outbox"}
    breaker.forget()
    Outbox.reset()
    call_command("seed_demo", verbosity=0)
    Outbox.reset()
    yield live_server.url
    Outbox.reset()


def walk(command: list[str], address: str, folder: Path) -> str:
    """Run a script that asks for the code, and type it when the message is there."""
    environment = {"PATH": os.environ["PATH"], "SHOP": address, "PHONE": PHONE, "NO_PROXY": "*"}
    script = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    deadline = time.monotonic() + SECONDS
    while not Outbox.sent and script.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    code = Outbox.sent[-1].code if Outbox.sent else ""
    said, _ = script.communicate(f"{code}\n", timeout=SECONDS)
    assert script.returncode == 0, said
    return said


def only_order() -> Order:
    with tenancy.use(Tenant.objects.get()):
        return Order.objects.select_related("channel").get(
            data__customer__phone=PHONE, channel__code="web"
        )


def test_the_curl_way_is_true(address: str, tmp_path: Path) -> None:
    bash, curl = shutil.which("bash"), shutil.which("curl")
    if not (bash and curl):
        pytest.skip("needs bash and curl")
    said = walk(
        [bash, "-euo", "pipefail", "-c", blocks("bash")],
        address,
        tmp_path,
    )
    assert "11480" in said.splitlines()
    assert "placed" in said.splitlines()
    placed = only_order()
    assert placed.ref in said
    assert placed.data["delivery_address"]["street"] == "Rua das Flores"
    assert (placed.total_amount, len(placed.data["lines"])) == (11480, 2)


def test_the_python_way_is_true(address: str, tmp_path: Path) -> None:
    said = walk([sys.executable, "-c", blocks("python")], address, tmp_path)
    assert "in the cart: 6980 BRL" in said
    assert f"order {only_order().ref} is placed" in said


@pytest.mark.usefixtures("address")
def test_the_demo_has_doubts_to_decide(tenant: Tenant) -> None:
    call_command("seed_demo", verbosity=0)
    with tenancy.use(tenant):
        assert DuplicatePair.objects.waiting().count() >= len(doubts.TWICE)
        assert Merge.objects.count() == 1
        assert set(ReviewItem.objects.values_list("source", flat=True)) >= {"checkout"}
        run = ImportRun.objects.get()
        assert run.counts["created"] == 2
        assert run.counts["rejected"] == 2
        assert run.counts["conflict"] == 1
