"""The stored keys by which customers meet."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db import connection, transaction

from guestman.contrib.duplicates.models import BlockingKey
from guestman.contrib.duplicates.rules import blocking
from guestman.contrib.duplicates.rules.people import Person
from shopman import tenancy
from shopman.keys import uuid7

_BATCH = 500
#: Three arrays as text: a dozen rows of every customer are too many for a parameter each.
_INSERT = f"""
INSERT INTO {BlockingKey._meta.db_table} (uuid, tenant_id, customer_id, key)
SELECT row, %s, customer, key
FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS new (row, customer, key)
ON CONFLICT (tenant_id, key, customer_id) DO NOTHING
"""  # noqa: S608 # names only


def hashed(key: str) -> int:
    """Eight bytes of a key, signed. Two keys of one hash cost a comparison and nothing else."""
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def refresh(customers: Collection[UUID], people: Mapping[UUID, Person]) -> int:
    """Bring the keys of ``customers`` in line; returns how many rows changed.

    Whoever is not among ``people`` is not compared any more and has no keys. One query where
    nothing changed.
    """
    stored: dict[UUID, dict[int, UUID]] = defaultdict(dict)
    rows = BlockingKey.objects.filter(customer__among=customers)
    for customer, key, row in rows.values_list("customer", "key", "uuid"):
        stored[customer][key] = row
    new: list[tuple[UUID, int]] = []
    old: list[UUID] = []
    for customer in customers:
        person, known = people.get(customer), stored[customer]
        wanted = set(map(hashed, blocking.keys(person))) if person else set()
        new += [(customer, key) for key in wanted - known.keys()]
        old += [known[key] for key in known.keys() - wanted]
    with transaction.atomic():
        if old:
            BlockingKey.objects.filter(uuid__among=old).delete()
        if new:
            _insert(new)
    return len(new) + len(old)


def _insert(rows: Sequence[tuple[UUID, int]]) -> None:
    """New keys; one that somebody else stored meanwhile is as good."""
    if connection.vendor != "postgresql":
        BlockingKey.objects.bulk_create(
            [BlockingKey(customer_id=customer, key=key) for customer, key in rows],
            batch_size=_BATCH,
            ignore_conflicts=True,
        )
        return
    arrays = (
        ",".join([uuid7().hex for _ in rows]),
        ",".join([customer.hex for customer, _key in rows]),
        ",".join([str(key) for _customer, key in rows]),
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [tenancy.current().pk, *(f"{{{each}}}" for each in arrays)])
