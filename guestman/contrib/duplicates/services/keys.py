"""The stored keys by which customers meet."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction

from guestman.contrib.duplicates.models import BlockingKey
from guestman.contrib.duplicates.rules import blocking
from guestman.contrib.duplicates.rules.people import Person

_BATCH = 5000


def hashed(key: str) -> int:
    """Eight bytes of a key, signed. Two keys of one hash cost a comparison and nothing else."""
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def refresh(customers: Collection[UUID], people: Mapping[UUID, Person]) -> int:
    """Bring the keys of ``customers`` in line; returns how many rows changed.

    Whoever is not among ``people`` is not compared any more and has no keys. Two statements where
    nothing changed.
    """
    stored: dict[UUID, dict[int, UUID]] = defaultdict(dict)
    rows = BlockingKey.objects.filter(customer__among=customers)
    for customer, key, row in rows.values_list("customer", "key", "uuid"):
        stored[customer][key] = row
    new: list[BlockingKey] = []
    old: list[UUID] = []
    for customer in customers:
        person, known = people.get(customer), stored[customer]
        wanted = set(map(hashed, blocking.keys(person))) if person else set()
        new += [BlockingKey(customer_id=customer, key=key) for key in sorted(wanted - known.keys())]
        old += [known[key] for key in known.keys() - wanted]
    with transaction.atomic():
        BlockingKey.objects.filter(uuid__among=old).delete()
        BlockingKey.objects.bulk_create(new, batch_size=_BATCH)
    return len(new) + len(old)
