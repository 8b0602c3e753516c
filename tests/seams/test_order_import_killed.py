"""An import that is killed with ``kill -9`` in the middle loses and doubles nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from tests.conftest import ROOT

ORDERS = 1500
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
LINE = "{0},A,TEA,2,2011-07-01 08:26:00,1.00,{1},\n{0},B,CUP,1,2011-07-01 08:26:00,2.50,{1},\n"
IMPORT = ("omniman_import_orders", "orders.csv", "--mapping=online-retail", "--tenant=other")


class Shop:
    """The tenant ``other`` in a database that other processes work on: a SQLite file, or the
    PostgreSQL test database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "shop.sqlite3"
        self.environment = os.environ | {
            "DATABASE_URL": self._address(),
            "SHOPMAN_DEFAULT_SLUG": "other",
            "SHOPMAN_DEFAULT_CURRENCY": "GBP",
            "REDIS_URL": "",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), *arguments, "--skip-checks"],
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

    def asked(self, sql: str) -> tuple[Any, ...]:
        """The only row of a query, from the database as it is now."""
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(self.file, timeout=20)) as file:
                row: tuple[Any, ...] = file.execute(sql).fetchone()
            return row
        with connection.cursor() as cursor:
            cursor.execute(sql)
            found: tuple[Any, ...] = cursor.fetchone()
        return found

    def run_of_import(self) -> tuple[str, int]:
        status, position = self.asked("SELECT max(status), max(position) FROM omniman_importrun")
        return status, position or 0

    def counts(self) -> list[int]:
        """Orders, different orders, their sum, lines, events."""
        orders = "count(*), count(DISTINCT external_ref), sum(total_amount) FROM omniman_order"
        found = self.asked(f"SELECT {orders}")
        lines = self.asked("SELECT count(*) FROM omniman_orderline")
        events = self.asked("SELECT count(*) FROM omniman_orderevent")
        return [int(each) for each in (*found, *lines, *events)]

    def _address(self) -> str:
        if connection.vendor == "sqlite":
            return f"sqlite:///{self.file}"
        facts = connection.settings_dict
        login = ":".join(
            quote(facts[name], safe="") for name in ("USER", "PASSWORD") if facts[name]
        )
        return f"postgres://{login}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_goes_on_and_doubles_nothing(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shop = Shop(tmp_path)
    if connection.vendor == "sqlite":
        shop.run("migrate", "-v0")
    else:
        request.getfixturevalue("other_tenant")
    rows = "".join(LINE.format(number, number % 300 or "") for number in range(ORDERS))
    (tmp_path / "orders.csv").write_text(HEADER + rows)

    victim = shop.start(*IMPORT, "--batch-size=5")
    _wait_for_orders(shop, victim)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()

    status, position = shop.run_of_import()
    assert status == "running"
    assert 0 < position < ORDERS
    assert shop.counts() == _counts_of(position)

    assert f"Went on after {position} orders" in shop.run(*IMPORT)
    assert shop.run_of_import() == ("finished", ORDERS)
    assert shop.counts() == _counts_of(ORDERS)


def _counts_of(orders: int) -> list[int]:
    return [orders, orders, orders * 450, orders * 2, orders]


def _wait_for_orders(shop: Shop, victim: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert victim.poll() is None, "it ended before it could be killed"
        if shop.run_of_import()[1] > 20:
            return
        time.sleep(0.01)
    pytest.fail("nothing was written")
