"""Claims resolved on some connections, ours and in bare SQL: ``resolving CONNECTIONS COUNT``.

Prints claims per second as JSON: ``{"new ours": ..., "known ours": ..., "new bare": ...}``. Each
connection is a process of its own and resolves ``COUNT`` people.
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
from guestman.contrib.identifiers.services import recall  # noqa: E402
from shopman import tenancy  # noqa: E402
from shopman.contact import canonical_email, canonical_phone  # noqa: E402
from shopman.keys import uuid7  # noqa: E402

WARM = 20

SCHEMA = """
CREATE TABLE IF NOT EXISTS bare_customer (
    uuid uuid PRIMARY KEY, tenant uuid NOT NULL, name text NOT NULL);
CREATE TABLE IF NOT EXISTS bare_identifier (
    tenant uuid NOT NULL, family text NOT NULL, key text NOT NULL, customer uuid NOT NULL,
    PRIMARY KEY (tenant, family, key));
"""
LOOK_UP = """
SELECT customer FROM bare_identifier
 WHERE tenant = %s AND ((family = 'email' AND key = %s) OR (family = 'phone' AND key = %s))"""


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
    tenant = tenancy.current().pk
    keys = canonical_email(email(number)), canonical_phone(phone(number), "BR")
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP, [tenant, *keys])
        if cursor.fetchone():
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


WAYS: dict[str, Callable[[int], None]] = {"ours": ours, "bare": bare}


def stretch(way: str, first: int, count: int) -> tuple[float, float]:
    """Resolve the claims of ``count`` people on an own connection; when it began and ended."""
    connection.close()
    resolve = WAYS[way]
    with tenancy.use(tenancy.by_slug("shop")):
        for number in range(first, first + WARM):
            resolve(number)
        began = time.time()
        with recall.remembering():
            for number in range(first + WARM, first + count):
                resolve(number)
        return began, time.time()


def rate(way: str, connections: int, count: int) -> float:
    """Claims resolved in a second by all connections together; each has people of its own."""
    first = connections * 1_000_000
    starts = range(first, first + connections * count, count)
    connection.close()
    with ProcessPoolExecutor(connections, mp_context=get_context("fork")) as pool:
        runs = [pool.submit(stretch, way, start, count) for start in starts]
        moments = [run.result() for run in runs]
    seconds = max(end for _, end in moments) - min(begin for begin, _ in moments)
    return connections * (count - WARM) / seconds


def main() -> None:
    connections, count = int(sys.argv[1]), int(sys.argv[2])
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
    # The second time everybody is known.
    rates = {
        f"{what} {way}": rate(way, connections, count) for way in WAYS for what in ("new", "known")
    }
    print(json.dumps(rates))


if __name__ == "__main__":
    main()
