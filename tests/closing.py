"""What a test run says at its end: on which engines it ran, and what each pass gave.

``python3 dev.py test`` runs several passes, each a pytest of its own. It names the engines of a
pass in ``SHOPMAN_TEST_ENGINES``, gives a file in ``SHOPMAN_TEST_LEDGER`` to which each pass adds a
line (JSON), and in ``SHOPMAN_TEST_NOTES`` what could not run and why (one note per line).
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

COUNTED = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
started_at = time.monotonic()
# Taken out of the environment: a pytest that a test starts is no pass of the suite.
ENGINES = os.environ.pop("SHOPMAN_TEST_ENGINES", "")
LEDGER = os.environ.pop("SHOPMAN_TEST_LEDGER", "")
NOTES = os.environ.pop("SHOPMAN_TEST_NOTES", "")
TO_COME = os.environ.pop("SHOPMAN_TEST_TO_COME", "")


def engines() -> str:
    """The engines of this pass in words."""
    if ENGINES:
        return ENGINES
    database = os.environ.get("DATABASE_URL", "").partition(":")[0]
    cache = "Redis" if os.environ.get("REDIS_URL") else "fakeredis"
    return f"{database or f'SQLite {sqlite3.sqlite_version}'} + {cache}"


def line_of(entry: dict[str, Any]) -> str:
    """One pass in words: engines, outcome counts, seconds."""
    counts = ", ".join(f"{entry[name]} {name}" for name in COUNTED if entry[name]) or "no tests"
    return f"{entry['engines']}: {counts} in {entry['seconds']:.0f} s"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: pytest.ExitCode
) -> None:
    entry: dict[str, Any] = {name: len(terminalreporter.stats.get(name, ())) for name in COUNTED}
    entry |= {"engines": engines(), "seconds": time.monotonic() - started_at}
    entry["exit"] = int(exitstatus)
    earlier = []
    if LEDGER:
        file = Path(LEDGER)
        earlier = [json.loads(line) for line in file.read_text().splitlines()]
        file.write_text("".join(json.dumps(each) + "\n" for each in [*earlier, entry]))
    terminalreporter.section("engines")
    for number, each in enumerate([*earlier, entry], start=1):
        good = each["exit"] in (0, 5)
        verdict = "" if good else "FAILED  "
        terminalreporter.write_line(
            f"pass {number}: {verdict}{line_of(each)}", green=good, red=not good
        )
    for note in NOTES.splitlines():
        terminalreporter.write_line(f"note: {note}", yellow=True)
    if TO_COME:
        stopped = entry["exit"] not in (0, 5)
        word = "not run, because this pass failed" if stopped else "runs next"
        terminalreporter.write_line(f"{TO_COME}: {word}", red=stopped)
