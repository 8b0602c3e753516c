"""Finding customers by what staff remember of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_

from django.db.models import Q

from guestman.models import Customer
from guestman.rules import searching
from guestman.services.lookup import survivor
from shopman import tenancy


def search(text: str, *, limit: int = 20) -> list[Customer]:
    """Active customers that match, most recently changed first; at most ``limit``.

    Every word must be part of a name, the code, the document or a contact, case and accents
    aside; a phone number may be written in any way, a document with any punctuation. Who was
    merged is found as the survivor. Nothing is found for a text without a letter or digit.
    """
    matching = matches(text)
    if matching is None or limit < 1:
        return []
    found: dict[object, Customer] = {}
    visible = Q(is_active=True) | Q(merged_into__isnull=False)
    rows = Customer.objects.filter(matching & visible).in_reading_order()
    # Some may turn out to be the same customer, or a closed one's alias.
    for row in rows.select_related("merged_into")[: limit * 2]:
        customer = survivor(row)
        if customer.is_active:
            found.setdefault(customer.pk, customer)
    return list(found.values())[:limit]


def matches(text: str) -> Q | None:
    """The condition a search text stands for, also for filters of lists; None matches nothing."""
    query = searching.read(text, tenancy.current().default_region)
    if query is None:
        return None
    words = reduce(and_, (_any(spellings) for spellings in query.words))
    return words | _any(query.numbers) if query.numbers else words


def _any(texts: Sequence[str]) -> Q:
    return reduce(or_, (Q(search_text__contains=each) for each in texts))
