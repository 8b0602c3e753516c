"""Run the benchmarks and print their figures: ``python3 dev.py bench [NAME ...] [--scale full]``.

Everything happens in a throw-away PostgreSQL database on ``BENCH_DATABASE_URL``,
``TEST_DATABASE_URL`` or the local server. Times are of this machine and moment: read the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import (
    accuracy,
    customer_import,
    dashboard,
    duplicates,
    http_api,
    insights,
    listing,
    login,
    merging,
    order_import,
    resolve,
)
from benchmarks.harness import Bench, Figure, environment, throw_away_database

BENCHMARKS: dict[str, Callable[[Bench], list[Figure]]] = {
    "import": order_import.run,
    "customers": customer_import.run,
    "insights": insights.run,
    "http": http_api.run,
    "list": listing.run,
    "login": login.run,
    "dashboard": dashboard.run,
    "duplicates": duplicates.run,
    "accuracy": accuracy.run,
    "resolve": resolve.run,
    "merge": merging.run,
}
LOCAL_SERVER = "postgres://root@127.0.0.1:5432/postgres"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"some of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--scale", choices=["small", "full"], default="small")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    server = os.environ.get("BENCH_DATABASE_URL") or os.environ.get("TEST_DATABASE_URL")
    figures: list[Figure] = []
    for name in chosen.names or BENCHMARKS:
        with throw_away_database(server or LOCAL_SERVER) as url:
            bench = Bench(database_url=url, scale=chosen.scale, environment=environment(url))
            bench.manage("migrate", "--verbosity", "0")
            found = BENCHMARKS[name](bench)
        print_table(found)
        figures += found
    if chosen.json:
        report = {
            "scale": chosen.scale,
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "figures": [asdict(figure) for figure in figures],
        }
        chosen.json.write_text(json.dumps(report, indent=2) + "\n")


def print_table(figures: list[Figure]) -> None:
    for figure in figures:
        beside = f"{figure.ratio:7.2f}x of {figure.beside}" if figure.ratio is not None else ""
        aim = f"  (aim {figure.aim})" if figure.aim else ""
        print(
            f"{figure.benchmark:9} {figure.what:46} {figure.value:12,.2f} {figure.unit:12}"
            f" {beside}{aim}",
            flush=True,
        )


if __name__ == "__main__":
    main()
