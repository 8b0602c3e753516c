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

    def step(self, *arguments: str) -> list[Any]:
        """What a step says, one JSON value a line."""
        return [json.loads(line) for line in self.run("-m", "tests.journeys.steps", *arguments)]

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
    draw, count = random.Random(20), 400
    processes.step("fill", str(count))
    told: dict[str, str] = {}
    for turn in range(4):
        child = processes.start("-m", "tests.journeys.steps", "commit", str(turn * 60))
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(draw.uniform(0.05, 0.4))
        assert child.poll() is None, "it ended before it was killed"
        for line in [first, *kill(child)]:
            if line.endswith("]") or line.endswith("]\n"):
                cart, placed = json.loads(line)
                assert told.setdefault(cart, placed) == placed
        [seen] = processes.step("look")
        assert seen["broken"] == []
        assert seen["order_count"] == len(seen["orders"]) == seen["cart_count"]
        assert seen["order_count"] == seen["line_orders"] == seen["outbox_count"]
        # Whatever was promised is there; at most the order under way was not promised yet.
        assert told.items() <= seen["orders"].items()
        assert len(seen["orders"]) - len(told) <= turn + 1
    again = dict(processes.step("commit", "0"))
    assert told.items() <= again.items()
    [seen] = processes.step("look")
    assert (seen["order_count"], seen["broken"]) == (count, [])
    assert seen["orders"] == again
    assert seen["outbox_count"] == count
