"""A merge of a customer with 10,000 rows, and the merge taken back, beside the bare UPDATE."""

from __future__ import annotations

import json

from benchmarks.harness import Bench, Figure

ROWS = 10_000


def run(bench: Bench) -> list[Figure]:
    done = bench.python("-m", "benchmarks.merging_work", str(ROWS))
    seconds: dict[str, float] = json.loads(done.output.splitlines()[-1])
    bare = seconds.pop("bare")
    return [
        Figure(benchmark="merge", what=f"bare UPDATE of {ROWS:,} rows", value=bare, unit="s"),
        *(
            Figure(
                benchmark="merge",
                what=f"{name} with {ROWS:,} rows",
                value=value,
                unit="s",
                ratio=value / bare,
                beside="the bare UPDATE",
            )
            for name, value in seconds.items()
        ),
    ]
