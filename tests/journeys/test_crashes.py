"""``kill -9`` at any moment loses nothing and doubles nothing. Real processes, both databases."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Processes:
    """Starts child processes on one database."""

    environment: dict[str, str]

    def manage(self, *arguments: str) -> list[str]:
        return self.run("manage.py", *arguments)

    def run(self, *arguments: str) -> list[str]:
        found = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0, found.stderr[-4000:]
        return found.stdout.splitlines()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    """On PostgreSQL the test database, on SQLite a file: one in memory is nobody else's."""
    environment = {**os.environ, "REDIS_URL": "", "LOG_LEVEL": "ERROR", "DETECT_N_PLUS_ONE": ""}
    if connection.vendor == "postgresql":
        facts = connection.settings_dict
        password = f":{quote(facts['PASSWORD'])}" if facts["PASSWORD"] else ""
        who = f"{quote(facts['USER'])}{password}@{facts['HOST']}:{facts['PORT'] or 5432}"
        return Processes(
            environment={**environment, "DATABASE_URL": f"postgres://{who}/{facts['NAME']}"}
        )
    found = Processes(environment={**environment, "DATABASE_URL": f"sqlite:///{tmp_path}/shop.db"})
    found.manage("migrate", "--verbosity", "0")
    return found


def kill(child: subprocess.Popen[str]) -> list[str]:
    """Kill a process as the kernel would; what it had said until then."""
    child.send_signal(signal.SIGKILL)
    said, _ = child.communicate()
    return said.splitlines()


def test_orders_are_whole_or_not_there_and_every_key_still_leads_to_its_order(
    processes: Processes,
) -> None:
    draw, count, kills = random.Random(20), 120, 3
    told: dict[str, str] = {}
    for turn in range(kills):
        child = processes.start("-m", "tests.journeys.steps", *([] if turn else [str(count)]))
        assert child.stdout is not None
        seen = json.loads(child.stdout.readline())
        check(seen, told)
        # The carts before this one are asked for again, so that new ones are under way now.
        said = [child.stdout.readline() for _ in range(len(seen["orders"]) + 2)]
        time.sleep(draw.uniform(0.02, 0.3))
        assert child.poll() is None, "it ended before it was killed"
        for line in [*said, *kill(child)]:
            if line.rstrip().endswith("]"):
                cart, placed = json.loads(line)
                assert told.setdefault(cart, placed) == placed
    first, *again, last = processes.run("-m", "tests.journeys.steps")
    check(json.loads(first), told)
    seen = json.loads(last)
    check(seen, told)
    assert seen["orders"] == dict(map(json.loads, again))
    assert seen["order_count"] == count


def check(seen: dict[str, Any], told: dict[str, str]) -> None:
    """Every order is whole, and every promised one is there."""
    assert seen["broken"] == []
    assert seen["order_count"] == len(seen["orders"]) == seen["cart_count"]
    assert seen["order_count"] == seen["line_orders"] == seen["outbox_count"]
    assert told.items() <= seen["orders"].items()
