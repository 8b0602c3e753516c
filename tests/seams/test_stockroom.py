"""An app with no customer relationship lives beside the four without knowing guestman."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
import sys

import django
from django.conf import settings
from config import settings as suite

names = [name for name in dir(suite) if name.isupper()]
configured = {name: getattr(suite, name) for name in names}
configured["INSTALLED_APPS"] = [*suite.INSTALLED_APPS, "tests.seams.stockroom"]
consumers = [*suite.SHOPMAN["OUTBOX_CONSUMERS"], "tests.seams.stockroom.consumers.consume"]
configured["SHOPMAN"] = {**suite.SHOPMAN, "OUTBOX_CONSUMERS": consumers}
settings.configure(**configured)
django.setup()

from django.core.management import call_command

call_command("migrate", run_syncdb=True, verbosity=0)

import uuid

from shopman import outbox, tenancy
from shopman.outbox import relay
from tests.seams.stockroom.models import StockMove

order = uuid.uuid4()
with tenancy.use(suite.SHOPMAN_DEFAULT_TENANT["slug"]):
    outbox.record("omniman.order_committed", subject=f"order:{order}", payload={})
    relay.relay()
    relay.relay()
    assert StockMove.objects.get().order_uuid == order
print("one move")
"""


def test_it_hears_of_an_order_through_the_outbox_alone(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path}/stock.sqlite3",
        "REDIS_URL": "",
    }
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-4000:]
    assert "one move" in found.stdout


def test_nothing_it_imports_leads_to_another_app() -> None:
    graph = grimp.build_graph(
        "tests.seams.stockroom",
        "shopman",
        "guestman",
        "doorman",
        "omniman",
        "offerman",
        cache_dir=None,
    )
    reached = set()
    for module in graph.find_descendants("tests.seams.stockroom"):
        reached |= graph.find_upstream_modules(module)
    assert "shopman.models.base" in reached
    apps = {"guestman", "doorman", "omniman", "offerman"}
    assert not {module for module in reached if module.split(".")[0] in apps}
