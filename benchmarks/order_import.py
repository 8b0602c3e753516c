"""``omniman_import_orders`` on Online Retail beside COPY and executemany of the same rows."""

from __future__ import annotations

import csv
import gzip
import itertools
import os
import tempfile
import time
from pathlib import Path

import psycopg

from benchmarks.harness import ROOT, Bench, Figure

TABLE = """
CREATE TABLE bench_line (invoice text, sku text, name text, quantity int, at timestamp,
    price numeric, customer text, country text)
"""


def run(bench: Bench) -> list[Figure]:
    folder = Path(os.environ.get("SHOPMAN_DATA") or ROOT.parent / "shared" / "data")
    source = folder / "online_retail" / "online_retail.csv.gz"
    if not source.exists():
        raise SystemExit(f"{source} is missing: set SHOPMAN_DATA to the shared data folder")
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "lines.csv"
        lines = _slice(source, file, bench.sized(100_000, 10_000_000))
        bench.manage(
            "tenant_create", "--slug=retail", "--name=Retail", "--currency=GBP",
            "--time-zone=Europe/London", "--region=GB", "--locale=en",
        )  # fmt: skip
        command = ["omniman_import_orders", str(file), "--mapping=online-retail"]
        command += ["--tenant=retail", "--no-progress"]
        first = bench.manage(*command)
        again = bench.manage(*command)
        copied, inserted = _bare(bench.database_url, file)
    size = f"{lines:,} lines"
    return [
        Figure(benchmark="import", what=f"COPY of {size}", value=lines / copied, unit="lines/s"),
        Figure(
            benchmark="import", what="executemany of the same", value=lines / inserted,
            unit="lines/s", ratio=inserted / copied, beside="COPY",
        ),
        Figure(
            benchmark="import", what="omniman_import_orders", value=lines / first.wall,
            unit="lines/s", ratio=first.wall / copied, beside="COPY",
        ),
        Figure(
            benchmark="import", what="omniman_import_orders, seconds", value=first.wall,
            unit="s", ratio=first.wall / inserted, beside="executemany",
        ),
        Figure(benchmark="import", what="second run, changes nothing", value=again.wall, unit="s"),
        Figure(benchmark="import", what="peak memory", value=first.peak_mb, unit="MB"),
    ]  # fmt: skip


def _slice(source: Path, target: Path, limit: int) -> int:
    """The header and the first ``limit`` lines; returns how many lines there were."""
    count = 0
    with gzip.open(source, "rt", newline="") as lines, target.open("w", newline="") as out:
        for count, line in enumerate(itertools.islice(lines, limit + 1)):  # noqa: B007
            out.write(line)
    return count


def _bare(url: str, file: Path) -> tuple[float, float]:
    """Seconds to read the file and store its rows raw: with COPY, with executemany."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(TABLE)
        started = time.perf_counter()
        with file.open(newline="") as text, cursor.copy("COPY bench_line FROM STDIN") as copy:
            for row in itertools.islice(csv.reader(text), 1, None):
                copy.write_row(row)
        connection.commit()
        copied = time.perf_counter() - started
        started = time.perf_counter()
        with file.open(newline="") as text:
            cursor.executemany(
                "INSERT INTO bench_line VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                itertools.islice(csv.reader(text), 1, None),
            )
        connection.commit()
        return copied, time.perf_counter() - started
