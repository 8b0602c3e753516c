"""The customers' list: a deep page against the first, search against the same bare SQL.

Small is 100,000 customers, full a million, in one tenant.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg

from benchmarks.harness import Bench, Figure

SCRIPT = "benchmarks/listing_pages.py"
FILL = """
INSERT INTO guestman_customer (
    uuid, tenant_id, code, first_name, last_name, customer_type, document, document_kind,
    document_country, email, phone, status, is_active, source, locale, notes, metadata,
    search_text, version, created_at, updated_at, created_by)
SELECT gen_random_uuid(), tenant.uuid, 'B-' || n, initcap(first), initcap(last), 'person', '', '',
    '', '', '', 'active', true, '', '', '', '{{}}',
    first || ' ' || last || E'\\nb-' || n || E'\\n55119' || lpad(n::text, 8, '0'),
    1, now() - n * interval '1 second', now() - n * interval '1 second', ''
FROM shopman_tenant tenant, generate_series(1::bigint, {count}) n,
    LATERAL (SELECT (ARRAY['ana','joao','maria','jose','beatriz','carlos','luiza','pedro'])
                        [1 + n % 8] AS first,
                    'sobrenome' || (n * 7919 % 50021) AS last) names
WHERE tenant.slug = 'shop'
"""
#: The question of a search, as a person would ask the database.
BARE = """
SELECT uuid, first_name, last_name FROM guestman_customer
WHERE tenant_id = (SELECT uuid FROM shopman_tenant WHERE slug = 'shop')
  AND search_text LIKE '%sobrenome777%' AND search_text LIKE '%ana%'
ORDER BY updated_at DESC, uuid DESC LIMIT 26
"""


def run(bench: Bench) -> list[Figure]:
    """Times in milliseconds of the page's own query, medians of several."""
    count = bench.sized(100_000, 1_000_000)
    with psycopg.connect(bench.database_url, autocommit=True) as connection:
        connection.execute(FILL.format(count=count))
        connection.execute("VACUUM ANALYZE guestman_customer")
        bare = _median(lambda: connection.execute(BARE).fetchall())
    lines = bench.python(SCRIPT).output.strip().splitlines()[-4:]
    first, deep, search, similar = (float(line) for line in lines)
    return [
        Figure(benchmark="list", what=f"first page of {count:,}", value=first, unit="ms"),
        Figure(
            benchmark="list",
            what="page from the middle",
            value=deep,
            unit="ms",
            ratio=deep / first,
            beside="the first page",
            aim="at most 1.5",
        ),
        Figure(
            benchmark="list",
            what="search of two words",
            value=search,
            unit="ms",
            ratio=search / bare,
            beside="bare SQL",
            aim="at most 3",
        ),
        Figure(benchmark="list", what="a mistyped name", value=similar, unit="ms"),
    ]


def _median(call: Callable[[], Any], times: int = 9) -> float:
    took = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        took.append((time.perf_counter() - started) * 1000)
    return sorted(took)[times // 2]
