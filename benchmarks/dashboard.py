"""The dashboard's measures beside hand-written SQL of the same figures, first and kept."""

from __future__ import annotations

import json
import re
import time

import psycopg

from benchmarks import generate
from benchmarks.harness import Bench, Figure

ZONE = "America/Sao_Paulo"
#: What a person with SQL would write, for the measures that ask about orders.
BY_HAND = {
    "omniman.sales": f"""
        SELECT date_trunc('month', placed_at AT TIME ZONE '{ZONE}'), currency, channel_id,
            count(*) FILTER (WHERE kind = 'sale'
                AND (total_amount = 0 OR refunded_amount < total_amount)),
            sum(total_amount - refunded_amount)
        FROM omniman_order
        WHERE status <> 'cancelled'
            AND placed_at >= date_trunc('year', now() - interval '1 year') AND placed_at < now()
        GROUP BY 1, 2, 3""",
    "omniman.customers": f"""
        WITH sales AS (
            SELECT customer_uuid, date_trunc('month', placed_at AT TIME ZONE '{ZONE}') AS month
            FROM omniman_order
            WHERE status <> 'cancelled' AND kind = 'sale' AND customer_uuid IS NOT NULL
                AND (total_amount = 0 OR refunded_amount < total_amount)),
        firsts AS (SELECT customer_uuid, min(month) AS month FROM sales GROUP BY 1)
        SELECT s.month, count(DISTINCT s.customer_uuid) FILTER (WHERE s.month = f.month),
            count(DISTINCT s.customer_uuid) FILTER (WHERE s.month > f.month)
        FROM sales s JOIN firsts f USING (customer_uuid)
        WHERE s.month >= date_trunc('month', now() - interval '11 months') GROUP BY 1""",
    "omniman.month": """
        SELECT currency, count(*), sum(total_amount - refunded_amount) FROM omniman_order
        WHERE status <> 'cancelled' AND placed_at >= date_trunc('month', now()) GROUP BY 1""",
}
#: Takes every measure twice and tells milliseconds and queries of each.
MEASURE = """
import json, time
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext
from shopman import clock, dashboard, tenancy
from shopman.dashboard import Scope, measuring
from shopman.models import Tenant
import config.urls

measures = {part.measure.key: part.measure for part in [*dashboard.numbers(), *dashboard.figures()]}
found = {}
with tenancy.use(Tenant.objects.order_by("uuid").first()):
    for key, measure in measures.items():
        scope = Scope(as_of=clock.now())
        measure.take(scope)
        times = []
        with CaptureQueriesContext(connection) as queries:
            started = time.perf_counter()
            measuring.take(measure, scope)
            times.append(time.perf_counter() - started)
        started = time.perf_counter()
        measuring.take(measure, scope)
        times.append(time.perf_counter() - started)
        found[key] = [*times, len(queries)]
print("MEASURED", json.dumps(found))
"""


def run(bench: Bench) -> list[Figure]:
    customers, orders = bench.sized(20_000, 100_000), bench.sized(200_000, 1_000_000)
    with psycopg.connect(bench.database_url, autocommit=True) as connection:
        generate.customers(connection, customers)
        generate.orders(connection, customers=customers, count=orders)
        connection.execute("VACUUM ANALYZE")
        bare = {name: _timed(connection, sql) for name, sql in BY_HAND.items()}
    bench.manage("recalculate_insights", "--no-progress")
    output = bench.manage("shell", "-v", "0", "-c", MEASURE).output
    told = re.search(r"MEASURED (.*)", output)
    assert told, output
    found: dict[str, tuple[float, float, int]] = json.loads(told[1])
    figures = []
    for name, (first, kept, queries) in found.items():
        limit = bare.get(name)
        figures += [
            _figure(f"{name}, first", first * 1000, "ms", first / limit if limit else None),
            _figure(f"{name}, kept", kept * 1000, "ms"),
            _figure(f"{name}, queries", queries, "queries"),
        ]
    return figures


def _figure(what: str, value: float, unit: str, ratio: float | None = None) -> Figure:
    beside = "SQL by hand" if ratio is not None else ""
    return Figure(
        benchmark="dashboard", what=what, value=value, unit=unit, ratio=ratio, beside=beside
    )


def _timed(connection: psycopg.Connection, sql: str) -> float:
    """The better of two runs, in seconds."""
    times = []
    for _ in range(2):
        started = time.perf_counter()
        connection.execute(sql).fetchall()
        times.append(time.perf_counter() - started)
    return min(times)
