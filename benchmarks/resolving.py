"""Claims resolved on some connections, ours and in bare SQL: ``resolving CONNECTIONS COUNT``.

Prints JSON: of each way and of new and known claims those per second, and milliseconds of the
client's CPU for one. Each connection is a process of its own and resolves ``COUNT`` people; each
claim is a request of its own.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402

from guestman.contrib.identifiers.resolver import IdentityResolver  # noqa: E402
from shopman import memory, tenancy  # noqa: E402
from shopman.contact import canonical_email, canonical_phone  # noqa: E402
from shopman.keys import uuid7  # noqa: E402

WARM = 20

SCHEMA = """
CREATE TABLE IF NOT EXISTS bare_customer (
    uuid uuid PRIMARY KEY, tenant uuid NOT NULL, name text NOT NULL);
CREATE TABLE IF NOT EXISTS bare_identifier (
    tenant uuid NOT NULL, family text NOT NULL, key text NOT NULL, customer uuid NOT NULL,
    PRIMARY KEY (tenant, family, key));
CREATE TABLE IF NOT EXISTS bare_trail (
    uuid uuid PRIMARY KEY, tenant uuid NOT NULL, subject text NOT NULL, facts jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now());
"""
LOOK_UP = """
SELECT customer FROM bare_identifier
 WHERE tenant = %s AND ((family = 'email' AND key = %s) OR (family = 'phone' AND key = %s))"""
TRAIL = "INSERT INTO bare_trail (uuid, tenant, subject, facts) VALUES (%s, %s, %s, %s)"
FACTS = '{"source": "bench", "claims": {"email": "p***@l***.br", "phone": "+55*******8888"}}'


def email(number: int) -> str:
    return f"person{number}@loja{number % 997}.com.br"


def phone(number: int) -> str:
    return f"+55119{60_000_000 + number * 7 % 39_999_983:08d}"


def ours(number: int) -> None:
    IdentityResolver().resolve_identity(
        email=email(number), phone=phone(number), name="Ana Souza", source="bench"
    )


def bare(number: int) -> None:
    """The same look-up, and insert where there is nobody, in as few statements as it takes."""
    _bare(number, trail=False)


def bare_with_trail(number: int) -> None:
    """And the row that says so, as durable as ours: with the customer, or not waited for."""
    _bare(number, trail=True)


def _bare(number: int, *, trail: bool) -> None:
    tenant = tenancy.current().pk
    keys = canonical_email(email(number)), canonical_phone(phone(number), "BR")
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP, [tenant, *keys])
        if found := cursor.fetchone():
            if trail:
                unsynced = " RETURNING set_config('synchronous_commit', 'off', true)"
                cursor.execute(TRAIL + unsynced, [uuid7(), tenant, str(found[0]), FACTS])
            return
        with transaction.atomic():
            customer = uuid7()
            cursor.execute(
                "INSERT INTO bare_customer VALUES (%s, %s, %s)", [customer, tenant, "Ana Souza"]
            )
            cursor.execute(
                "INSERT INTO bare_identifier VALUES (%s, 'email', %s, %s), (%s, 'phone', %s, %s)"
                " ON CONFLICT DO NOTHING",
                [tenant, keys[0], customer, tenant, keys[1], customer],
            )
            if trail:
                cursor.execute(TRAIL, [uuid7(), tenant, str(customer), FACTS])


WAYS: dict[str, Callable[[int], None]] = {"ours": ours, "bare": bare, "traced": bare_with_trail}


def stretch(way: str, first: int, count: int) -> tuple[float, float, float]:
    """Resolve the claims of ``count`` people on an own connection.

    When it began and ended, and the seconds of CPU it took.
    """
    connection.close()
    resolve = WAYS[way]
    with tenancy.use(tenancy.by_slug("shop")):
        for number in range(first, first + WARM):
            resolve(number)
        began, used = time.time(), time.process_time()
        for number in range(first + WARM, first + count):
            with memory.remembering():
                resolve(number)
        return began, time.time(), time.process_time() - used


def measured(way: str, connections: int, count: int) -> dict[str, float]:
    """What all connections do together in a second; each has people of its own."""
    first = list(WAYS).index(way) * 10_000_000 + connections * 1_000_000
    starts = range(first, first + connections * count, count)
    connection.close()
    with ProcessPoolExecutor(connections, mp_context=get_context("fork")) as pool:
        runs = [pool.submit(stretch, way, start, count) for start in starts]
        done = [run.result() for run in runs]
    seconds = max(end for _, end, _ in done) - min(begin for begin, _, _ in done)
    claims = connections * (count - WARM)
    return {
        "rate": claims / seconds,
        "cpu_ms": 1000 * sum(used for _, _, used in done) / claims,
    }


def main() -> None:
    connections, count = int(sys.argv[1]), int(sys.argv[2])
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
    # The second time everybody is known.
    found = {
        f"{what} {way}": measured(way, connections, count)
        for way in WAYS
        for what in ("new", "known")
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
