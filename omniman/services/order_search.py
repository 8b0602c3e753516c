"""Orders by what staff type: a reference, a customer's code or name, a name in another system.

Every way is an index's own look-up, bounded, so that a word nobody has does not read every order.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from omniman.models import ImportRun
from omniman.models.order import OrderQuerySet
from omniman.protocols.customer import CustomerFinder
from omniman.rules import refs
from omniman.services.neighbours import customers

#: Orders that one way of looking finds at most, the newest first.
FOUND_LIMIT: Final = 500
#: Customers with such a name whose orders are looked up.
CUSTOMER_LIMIT: Final = 20


def find(text: str, *, among: OrderQuerySet) -> OrderQuerySet:
    """The orders among ``among`` that the text may mean; all of them for no text.

    A reference in any writing, a customer's whole code, a registered customer's name as the
    directory finds it (also by its contacts), a guest's whole name, and the whole reference in the
    system an order was imported from.
    """
    term = text.strip()
    if not term:
        return among
    keys: set[UUID] = set()
    for way in _ways(term, among):
        keys.update(way.order_by("-placed_at", "-uuid").values_list("pk", flat=True)[:FOUND_LIMIT])
    return among.filter(pk__in=keys)


def _ways(term: str, among: OrderQuerySet) -> list[OrderQuerySet]:
    ways = [
        among.filter(ref__in={term, refs.normalise(term)}),
        among.filter(customer_code__in={term, term.upper()}),
        among.of_guest(term),
    ]
    sources = list(ImportRun.objects.values_list("source", flat=True).distinct())
    if sources:
        ways.append(among.filter(source__in=sources, external_ref=term))
    directory = customers.get()
    if isinstance(directory, CustomerFinder):
        found = directory.find(term, limit=CUSTOMER_LIMIT)
        ways.append(among.filter(customer_uuid__in=found))
    return ways
