"""Whose are these claims? New ones and known ones, on one connection and on eight, beside bare SQL.

The bare way looks two keys up and inserts a customer with two keys: no junk, no locks, no events,
no rules. With a trail it also writes the row that says so, as durable as ours: a match leaves one
too. All normalise the claims.
"""

from __future__ import annotations

import json

from benchmarks.harness import Bench, Figure

BESIDE = {"bare": "bare SQL", "traced": "bare SQL with a trail"}


def run(bench: Bench) -> list[Figure]:
    figures: list[Figure] = []
    for connections in (1, 8):
        count = bench.sized(small=800, full=8000) // connections
        output = bench.python("-m", "benchmarks.resolving", str(connections), str(count)).output
        found: dict[str, dict[str, float]] = json.loads(output.splitlines()[-1])
        for what in ("new", "known"):
            ours = found[f"{what} ours"]
            figures += [
                Figure(
                    benchmark="resolve",
                    what=f"{what} claims, connections: {connections}",
                    value=ours["rate"],
                    unit="claims/s",
                    ratio=ours["rate"] / found[f"{what} {way}"]["rate"],
                    beside=beside,
                    aim=">= 0.33x",
                )
                for way, beside in BESIDE.items()
            ]
            figures.append(
                Figure(
                    benchmark="resolve",
                    what=f"{what}, connections: {connections}, client's CPU",
                    value=ours["cpu_ms"],
                    unit="ms",
                    ratio=ours["cpu_ms"] / found[f"{what} traced"]["cpu_ms"],
                    beside=BESIDE["traced"],
                )
            )
    return figures
