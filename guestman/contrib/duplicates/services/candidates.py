"""Who is worth comparing with whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from django.db import connection

from guestman.contrib.duplicates.models import BlockingKey
from shopman import tenancy

#: Customers of one key beyond which it says too little; no more are read of any key.
MOST_OF_A_KEY = 60
#: Pairs of less common ground are not compared: keys count 1 ÷ (their customers − 1). A key of two
#: counts 1; thirteen customers with nothing else in common than their key are left alone.
LEAST = 1 / 12
#: Customers compared with one; those with the most in common.
MOST_OF_A_CUSTOMER = 100

#: Two customers' keys as texts, the smaller one first: texts have the order of UUIDs and are far
#: cheaper to look up.
Pair = tuple[str, str]

_GROUPS = """
SELECT array_agg(holder.customer_id::text)
FROM (
    SELECT DISTINCT key FROM guestman_duplicates_blockingkey WHERE customer_id = ANY(%s)
) AS mine
CROSS JOIN LATERAL (
    SELECT customer_id FROM guestman_duplicates_blockingkey AS other
    WHERE other.tenant_id = %s AND other.key = mine.key LIMIT %s
) AS holder
GROUP BY mine.key
HAVING count(*) BETWEEN 2 AND %s
"""


def candidates(customers: Collection[UUID], *, upwards: bool = False) -> set[Pair]:
    """Pairs with one of these customers, smaller key first.

    ``upwards``: only those whose smaller key is one of these, so that a walk through everybody
    meets each pair once. Bounded work for each key and customer, however many share a key.
    """
    mine = set(map(str, customers))
    ground: dict[str, dict[str, float]] = defaultdict(dict)
    for holders in _groups(customers):
        weight = 1 / (len(holders) - 1)
        for one in mine.intersection(holders):
            others = ground[one]
            for other in holders:
                if other > one or (not upwards and other != one):
                    others[other] = others.get(other, 0.0) + weight
    return {
        (one, other) if one < other else (other, one)
        for one, others in ground.items()
        for other in _best(others)
    }


def _best(others: dict[str, float]) -> list[str]:
    enough = [(weight, other) for other, weight in others.items() if weight >= LEAST]
    if len(enough) > MOST_OF_A_CUSTOMER:
        enough = sorted(enough, reverse=True)[:MOST_OF_A_CUSTOMER]
    return [other for _weight, other in enough]


def _groups(customers: Collection[UUID]) -> Iterator[Sequence[str]]:
    """The customers of each key that any of these has, where they are not too many."""
    if connection.vendor == "postgresql":
        limits = [MOST_OF_A_KEY + 1, MOST_OF_A_KEY]
        with connection.cursor() as cursor:
            cursor.execute(_GROUPS, [list(customers), tenancy.current().pk, *limits])
            for (holders,) in cursor:
                yield holders
        return
    rows = BlockingKey.objects.filter(customer__among=customers)
    for key in set(rows.values_list("key", flat=True)):
        holders = BlockingKey.objects.filter(key=key).values_list("customer", flat=True)
        found = list(map(str, holders[: MOST_OF_A_KEY + 1]))
        if 2 <= len(found) <= MOST_OF_A_KEY:
            yield found
