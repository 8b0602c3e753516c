"""Whose are these claims? New ones and known ones, on one connection and on eight, beside bare SQL.

The bare way looks two keys up and inserts a customer with two keys: no junk, no locks, no trail, no
events, no rules. Both normalise the claims.
"""

from __future__ import annotations

import json

from benchmarks.harness import Bench, Figure


def run(bench: Bench) -> list[Figure]:
    figures: list[Figure] = []
    for connections in (1, 8):
        count = bench.sized(small=800, full=8000) // connections
        output = bench.python("-m", "benchmarks.resolving", str(connections), str(count)).output
        rates: dict[str, float] = json.loads(output.splitlines()[-1])
        figures += [
            Figure(
                benchmark="resolve",
                what=f"{what} claims, connections: {connections}",
                value=rates[f"{what} ours"],
                unit="claims/s",
                ratio=rates[f"{what} ours"] / rates[f"{what} bare"],
                beside="bare SQL",
                aim=">= 0.33x",
            )
            for what in ("new", "known")
        ]
    return figures
