"""A login by code, request and verify, on two worker processes; every number is a newcomer's."""

from __future__ import annotations

import tempfile
from pathlib import Path

import orjson

from benchmarks.harness import Bench, Figure, Request, server

COUNT = 600
JSON = {"Content-Type": "application/json"}


def run(bench: Bench) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        env = {**bench.environment, "BENCH_CODES": folder}
        env["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        codes, challenges = Path(folder), dict[int, str]()

        def ask(number: int) -> Request:
            facts = {"channel": "sms", "identifier": _phone(number)}
            return Request(
                method="POST",
                path="/api/auth/v1/challenges",
                headers=JSON,
                body=orjson.dumps(facts),
            )

        def prove(number: int) -> Request:
            code = (codes / _phone(number)).read_text()
            path = f"/api/auth/v1/challenges/{challenges[number]}/verify"
            return Request(
                method="POST", path=path, headers=JSON, body=orjson.dumps({"code": code})
            )

        def remember(number: int, body: bytes) -> None:
            challenges[number] = orjson.loads(body)["challenge"]

        with server("config.wsgi:application", env=env) as ours:
            # The warm-up asks and proves too: both run over the same numbers.
            asked = ours.load(ask, count=COUNT, keep=remember)
            proved = ours.load(prove, count=COUNT)
    flow = asked.cpu_ms + proved.cpu_ms
    return [
        Figure(
            benchmark="login", what="flows, request and verify", unit="flows/s",
            value=1 / (1 / asked.per_second + 1 / proved.per_second),
        ),
        Figure(benchmark="login", what="CPU of a flow", value=flow, unit="ms"),
        Figure(benchmark="login", what="request: p50", value=asked.p50_ms, unit="ms"),
        Figure(benchmark="login", what="request: p99", value=asked.p99_ms, unit="ms"),
        Figure(benchmark="login", what="verify: p50", value=proved.p50_ms, unit="ms"),
        Figure(benchmark="login", what="verify: p99", value=proved.p99_ms, unit="ms"),
    ]  # fmt: skip


def _phone(number: int) -> str:
    return f"+55119{80_000_000 + number:08d}"
