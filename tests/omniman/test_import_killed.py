"""An import that is killed with ``kill -9`` in the middle loses and doubles nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from tests.conftest import ROOT

ORDERS = 1500
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
LINE = "{0},A,TEA,2,2011-07-01 08:26:00,1.00,{1},\n{0},B,CUP,1,2011-07-01 08:26:00,2.50,{1},\n"
#: What the subprocesses count, printed as one line.
COUNT = """
from omniman.models import *
from shopman import tenancy
from shopman.models import OutboxEvent
with tenancy.use("shop"):
    run = ImportRun.objects.first()
    refs = Order.objects.values_list("external_ref", flat=True)
    print(run and run.status, run and run.position, Order.objects.count(), len(set(refs)),
          OrderLine.objects.count(), OrderEvent.objects.count(),
          sum(Order.objects.values_list("total_amount", flat=True)), sep=",")
"""


class Shop:
    """A database of its own, worked on by other processes alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder / 'shop.sqlite3'}",
            "SHOPMAN_DEFAULT_SLUG": "shop",
            "SHOPMAN_DEFAULT_CURRENCY": "GBP",
            "REDIS_URL": "",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self.environment,
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str) -> str:
        process = self.start(*arguments)
        out, error = process.communicate(timeout=240)
        assert process.returncode == 0, error
        return out

    def counted(self) -> list[str]:
        return self.run("shell", "--no-imports", "-c", COUNT).strip().splitlines()[-1].split(",")


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the killed process works on a SQLite file of its own"
)
def test_a_killed_import_goes_on_and_doubles_nothing(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.run("migrate", "-v0", "--skip-checks")
    rows = "".join(LINE.format(number, number % 300 or "") for number in range(ORDERS))
    (tmp_path / "orders.csv").write_text(HEADER + rows)
    command = ("omniman_import_orders", "orders.csv", "--mapping=online-retail", "--skip-checks")

    victim = shop.start(*command, "--batch-size", "5")
    _wait_for_first_orders(tmp_path / "shop.sqlite3", victim)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()

    status, position, count, different, lines, events, _ = shop.counted()
    assert status == "running"
    assert 0 < int(position) < ORDERS
    assert int(position) == int(count) == int(different) == int(events) == int(lines) // 2

    assert f"Went on after {position} orders" in shop.run(*command)
    whole = ["finished", *[str(ORDERS)] * 3, str(ORDERS * 2), str(ORDERS), str(ORDERS * 450)]
    assert shop.counted() == whole


def _wait_for_first_orders(database: Path, victim: subprocess.Popen[str]) -> None:
    """Until the write-ahead log shows that batches are being committed."""
    log = database.with_name(f"{database.name}-wal")
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert victim.poll() is None, "it ended before it could be killed"
        if log.exists() and log.stat().st_size > 200_000:
            return
        time.sleep(0.01)
    pytest.fail("nothing was written")
