"""``find_duplicates`` on a town of known people: time, memory, and how right the bands are."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import chain

import psycopg

from benchmarks.generate import TENANT
from benchmarks.harness import Bench, Figure
from benchmarks.townsfolk import Record, Town
from shopman.keys import uuid7

_CUSTOMER = (
    "uuid tenant_id code first_name last_name customer_type document document_kind"
    " document_country email phone status is_active source locale birth_date notes metadata"
    " search_text version created_at updated_at created_by"
).split()
_CONTACT = (
    "uuid tenant_id customer_id kind family value canonical match_key variant_key evidence source"
    " is_primary is_shared verification_method created_at"
).split()
#: Changed by hand for the incremental comparison.
CHANGED = 1000
MARK = """
INSERT INTO guestman_duplicates_changedcustomer (uuid, tenant_id, customer_id, changed_at)
SELECT gen_random_uuid(), tenant_id, uuid, now() FROM guestman_customer ORDER BY md5(uuid::text)
LIMIT %s ON CONFLICT DO NOTHING
"""


def run(bench: Bench) -> list[Figure]:
    count = bench.sized(20_000, 100_000)
    with psycopg.connect(bench.database_url, autocommit=True) as connection:
        truth = _write(connection, list(Town().records(count)))
        full = bench.manage("find_duplicates", "--no-progress")
        connection.execute(MARK, [CHANGED])
        changes = bench.manage("find_duplicates", "--no-progress", "--changed-only")
        figures = [
            _figure(f"full search of {len(truth)}", full.wall, "s"),
            _figure("CPU of the process", full.cpu, "s"),
            _figure("peak memory", full.peak_mb, "MB"),
            _figure(f"{CHANGED} changed customers", changes.wall, "s"),
        ]
        return [*figures, *_bands(connection, truth)]


def _write(connection: psycopg.Connection, records: list[Record]) -> dict[str, int]:
    """Records as customers and contacts; who each customer is, by his key."""
    found = connection.execute(f"SELECT {TENANT}").fetchone()
    assert found is not None
    tenant, now = found[0], dt.datetime.now(dt.UTC)
    keys = [uuid7() for _ in records]
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY guestman_customer ({', '.join(_CUSTOMER)}) FROM STDIN") as copy:
            for number, (key, each) in enumerate(zip(keys, records, strict=True)):
                # Without documents, which one live customer has: no second record of it is.
                copy.write_row(
                    (key, tenant, f"T{number}", each.given.title(), each.family.title(), "person",
                     "", "", "", each.email, each.phone, "active", True, "bench", "",
                     each.birth_date, "", "{}", "", 1, now, now, "bench")
                )  # fmt: skip
        with cursor.copy(f"COPY guestman_contactpoint ({', '.join(_CONTACT)}) FROM STDIN") as copy:
            for kind, value, key in chain.from_iterable(
                (("phone", each.phone, key), ("email", each.email, key))
                for key, each in zip(keys, records, strict=True)
            ):
                if value:
                    copy.write_row(
                        (uuid7(), tenant, key, kind, kind, value, value, value, value, "A", "bench",
                         True, False, "unverified", now)
                    )  # fmt: skip
    connection.execute("VACUUM ANALYZE")
    return {str(key): each.who for key, each in zip(keys, records, strict=True)}


def _bands(connection: psycopg.Connection, truth: dict[str, int]) -> list[Figure]:
    rows = connection.execute("SELECT band, low_id, high_id FROM guestman_duplicates_duplicatepair")
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for band, low, high in rows:
        (right if truth[str(low)] == truth[str(high)] else wrong)[band] += 1
    there = sum(size * (size - 1) // 2 for size in Counter(truth.values()).values())
    figures, hits, misses = [], 0, 0
    for band in ("certain", "likely", "possible"):
        hits, misses = hits + right[band], misses + wrong[band]
        precision, recall = hits / max(hits + misses, 1), hits / there
        figures += [
            _figure(f"{band} and above: precision", precision, ""),
            _figure(f"{band} and above: recall", recall, ""),
        ]
    return figures


def _figure(what: str, value: float, unit: str) -> Figure:
    return Figure(benchmark="duplicates", what=what, value=value, unit=unit)
