"""``recalculate_all`` beside one hand-written statement and beside a loop over customers."""

from __future__ import annotations

import time

import psycopg

from benchmarks import generate
from benchmarks.harness import Bench, Figure

#: What a person with SQL would write for the same facts, upserted into a table of its own.
BY_HAND = """
INSERT INTO bench_insight
SELECT o.customer_uuid, o.orders, o.net, o.first_at, o.last_at, o.days, w.weekday, h.hour,
    c.channels, p.products
FROM (
    SELECT customer_uuid, count(*) AS orders, sum(total_amount - refunded_amount) AS net,
        min(placed_at) AS first_at, max(placed_at) AS last_at,
        count(DISTINCT (placed_at AT TIME ZONE 'America/Sao_Paulo')::date) AS days
    FROM omniman_order WHERE status <> 'cancelled' AND customer_uuid IS NOT NULL GROUP BY 1
) AS o
JOIN (
    SELECT DISTINCT ON (customer_uuid) customer_uuid, weekday FROM (
        SELECT customer_uuid, extract(isodow FROM placed_at AT TIME ZONE 'America/Sao_Paulo')::int
            AS weekday, count(*) AS n
        FROM omniman_order WHERE status <> 'cancelled' GROUP BY 1, 2) AS d
    ORDER BY customer_uuid, n DESC, weekday
) AS w USING (customer_uuid)
JOIN (
    SELECT DISTINCT ON (customer_uuid) customer_uuid, hour FROM (
        SELECT customer_uuid, extract(hour FROM placed_at AT TIME ZONE 'America/Sao_Paulo')::int
            AS hour, count(*) AS n
        FROM omniman_order WHERE status <> 'cancelled' GROUP BY 1, 2) AS d
    ORDER BY customer_uuid, n DESC, hour
) AS h USING (customer_uuid)
JOIN (
    SELECT customer_uuid, array_agg(DISTINCT channel_id) AS channels
    FROM omniman_order WHERE status <> 'cancelled' GROUP BY 1
) AS c USING (customer_uuid)
JOIN (
    SELECT customer_uuid, jsonb_agg(jsonb_build_array(sku, quantity) ORDER BY quantity DESC, sku)
        AS products
    FROM (
        SELECT customer_uuid, sku, sum(quantity) AS quantity,
            row_number() OVER (PARTITION BY customer_uuid ORDER BY sum(quantity) DESC, sku) AS place
        FROM omniman_order JOIN omniman_orderline ON order_id = omniman_order.uuid
        WHERE status <> 'cancelled' GROUP BY 1, 2) AS s
    WHERE place <= 5 GROUP BY 1
) AS p USING (customer_uuid)
ON CONFLICT (customer_uuid) DO UPDATE SET orders = excluded.orders, net = excluded.net,
    first_at = excluded.first_at, last_at = excluded.last_at, days = excluded.days,
    weekday = excluded.weekday, hour = excluded.hour, channels = excluded.channels,
    products = excluded.products
"""
TABLE = """
CREATE TABLE bench_insight (customer_uuid uuid PRIMARY KEY, orders int, net bigint,
    first_at timestamptz, last_at timestamptz, days int, weekday int, hour int, channels uuid[],
    products jsonb)
"""
LOOPED = 300


def run(bench: Bench) -> list[Figure]:
    customers, orders = bench.sized(20_000, 100_000), bench.sized(200_000, 1_000_000)
    with psycopg.connect(bench.database_url, autocommit=True) as connection:
        generate.customers(connection, customers)
        generate.orders(connection, customers=customers, count=orders)
        connection.execute(TABLE)
        by_hand = min(_timed(connection) for _ in range(2))
        looped = _loop(connection, customers)
        first = bench.manage("recalculate_insights", "--no-progress")
        again = bench.manage("recalculate_insights", "--no-progress")
    size = f"{customers // 1000} k customers, {orders // 1000} k orders"
    return [
        Figure(benchmark="insights", what=f"one SQL statement, {size}", value=by_hand, unit="s"),
        Figure(
            benchmark="insights",
            what="loop over customers, extrapolated",
            value=looped,
            unit="s",
            ratio=looped / by_hand,
            beside="SQL",
        ),
        Figure(
            benchmark="insights",
            what="recalculate_insights, first run",
            value=first.wall,
            unit="s",
            ratio=first.wall / by_hand,
            beside="SQL",
        ),
        Figure(
            benchmark="insights",
            what="recalculate_insights, nothing changed",
            value=again.wall,
            unit="s",
            ratio=again.wall / by_hand,
            beside="SQL",
        ),
        Figure(benchmark="insights", what="CPU of the process", value=first.cpu, unit="s"),
        Figure(benchmark="insights", what="peak memory", value=first.peak_mb, unit="MB"),
    ]


def _timed(connection: psycopg.Connection) -> float:
    started = time.perf_counter()
    connection.execute(BY_HAND)
    return time.perf_counter() - started


def _loop(connection: psycopg.Connection, customers: int) -> float:
    """Three queries and an upsert for each of a sample, as a straightforward service would."""
    keys = connection.execute(
        "SELECT uuid FROM guestman_customer ORDER BY md5(uuid::text) LIMIT %s", [LOOPED]
    ).fetchall()
    started = time.perf_counter()
    for (customer,) in keys:
        stats = connection.execute(
            "SELECT count(*), coalesce(sum(total_amount - refunded_amount), 0), min(placed_at),"
            " max(placed_at) FROM omniman_order WHERE customer_uuid = %s AND status <> 'cancelled'",
            [customer],
        ).fetchone()
        assert stats is not None
        times = connection.execute(
            "SELECT placed_at, channel_id FROM omniman_order WHERE customer_uuid = %s", [customer]
        ).fetchall()
        connection.execute(
            "SELECT sku, sum(quantity) FROM omniman_orderline JOIN omniman_order"
            " ON order_id = omniman_order.uuid WHERE customer_uuid = %s GROUP BY 1",
            [customer],
        ).fetchall()
        connection.execute(
            "INSERT INTO bench_insight (customer_uuid, orders, net, first_at, last_at, days) VALUES"
            " (%s, %s, %s, %s, %s, %s) ON CONFLICT (customer_uuid) DO UPDATE SET"
            " orders = excluded.orders",
            [customer, *stats, len({at.date() for at, _ in times})],
        )
    return (time.perf_counter() - started) / LOOPED * customers
