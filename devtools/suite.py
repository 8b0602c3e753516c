"""The test suite: a pass on SQLite, and a pass on PostgreSQL and Redis where they answer.

The last line printed is pytest's own closing line of the last pass; the section ``engines`` above
it lists every pass. A pass that fails ends the run, so that the closing line says so.

Each pass runs on two processors where there are two, with a database and a Redis database per
worker. ``-n 0`` keeps it in one process, for a debugger.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from devtools import ROOT, engines

NO_TESTS_COLLECTED = 5
#: More would need as many Redis databases, and the races of the suite want processors of their own.
MOST_WORKERS = 2
SQLITE = f"SQLite {sqlite3.sqlite_version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One run of pytest: its engines in words, and their URLs, of Redis one a worker."""

    name: str
    database_url: str = ""
    redis_urls: tuple[str, ...] = ()


def run(arguments: list[str], *, require_pg: bool = False, require_redis: bool = False) -> int:
    """Run the suite; ``arguments`` go to pytest. Returns the exit code of the worst pass.

    A server that is named by TEST_DATABASE_URL or TEST_REDIS_URL is required, too.
    """
    with ExitStack() as stack:
        postgres = engines.find_postgres()
        cache, redis_urls = claim_redis(stack)
        for engine, required in (
            (postgres, require_pg or "TEST_DATABASE_URL" in os.environ),
            (cache, require_redis or "TEST_REDIS_URL" in os.environ),
        ):
            if required and not engine.url:
                print(f"dev.py test: required, but {engine.note}", file=sys.stderr)
                return 2
        if postgres.url:
            engines.drop_leftovers(postgres.url)
        ledger = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "passes"
        ledger.touch()
        notes = [engine.note for engine in (postgres, cache) if engine.note]
        passes = plan(postgres, cache, redis_urls)
        return run_passes(passes, arguments, notes=notes, ledger=ledger)


def claim_redis(stack: ExitStack) -> tuple[engines.Engine, tuple[str, ...]]:
    """The Redis that answers, and a database of it for each worker, of this run's own."""
    server = engines.find_redis()
    if not server.url:
        return server, ()
    try:
        urls = [stack.enter_context(engines.claimed(server.url)) for _ in range(MOST_WORKERS)]
    except LookupError as error:
        return engines.Engine(note=f"Redis not used, fakeredis instead: {error}"), ()
    # A database that TEST_REDIS_URL names is one for all, and so for one worker.
    return server, tuple(dict.fromkeys(urls))


def run_passes(passes: list[Pass], arguments: list[str], *, notes: list[str], ledger: Path) -> int:
    """One pass after the other, until one fails. Returns an exit code."""
    codes = []
    for number, each in enumerate(passes, start=1):
        print(f"\ndev.py test: pass {number} of {len(passes)}, {each.name}", flush=True)
        to_come = "; ".join(later.name for later in passes[number:])
        environment = environment_of(each, notes=notes, ledger=ledger, to_come=to_come)
        workers = min(len(each.redis_urls) or MOST_WORKERS, os.cpu_count() or 1)
        spread = ["-n", str(workers), "--dist", "worksteal"] if workers > 1 else []
        command = [sys.executable, "-m", "pytest", *spread, *arguments]
        codes.append(subprocess.call(command, cwd=ROOT, env=environment))
        if codes[-1] not in (0, NO_TESTS_COLLECTED):
            return codes[-1]
    # A selection may be empty on one engine, but not on all of them.
    return min(codes)


def plan(
    postgres: engines.Engine, cache: engines.Engine, redis_urls: tuple[str, ...]
) -> list[Pass]:
    """SQLite alone first; then everything that answers."""
    passes = [Pass(name=f"{SQLITE} + fakeredis")]
    if postgres.url or cache.url:
        name = f"{postgres.name or SQLITE} + {cache.name or 'fakeredis'}"
        passes.append(Pass(name=name, database_url=postgres.url or "", redis_urls=redis_urls))
    return passes


def environment_of(each: Pass, *, notes: list[str], ledger: Path, to_come: str) -> dict[str, str]:
    """What pytest is told about its pass."""
    return {
        **os.environ,
        "DATABASE_URL": each.database_url,
        "REDIS_URL": next(iter(each.redis_urls), ""),
        "SHOPMAN_TEST_REDIS_URLS": " ".join(each.redis_urls),
        # Test databases need not survive a power cut.
        "PGOPTIONS": f"{os.environ.get('PGOPTIONS', '')} -c synchronous_commit=off".strip(),
        "SHOPMAN_TEST_ENGINES": each.name,
        "SHOPMAN_TEST_LEDGER": str(ledger),
        "SHOPMAN_TEST_NOTES": "\n".join(notes),
        "SHOPMAN_TEST_TO_COME": to_come,
    }
