"""Finding customers by what staff remember of them, also when they mistype it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from guestman.conf import conf
from guestman.models import Customer
from guestman.rules import searching, similarity
from guestman.services import guarded_search
from guestman.services.lookup import survivor
from shopman import masking, tenancy

#: People shown where nobody matches exactly.
MOST_SIMILAR = 20
#: Trigrams of a typed word that the text must share to be looked at (PostgreSQL).
_WORD_SIMILARITY = 0.4
_INDEX = "customer_search_trigrams"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Customers, best first. ``is_similar``: none matched exactly, these are like it.

    ``is_partial``: among similar ones not everybody was looked at
    (``GUESTMAN["SEARCH_CANDIDATES"]``).
    """

    customers: list[Customer] = field(default_factory=list)
    is_similar: bool = False
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Likes:
    """Keys of rows that are like a text, best first."""

    keys: list[UUID] = field(default_factory=list)
    is_partial: bool = False


def search(text: str, *, limit: int = 20) -> list[Customer]:
    """Active customers that match, most recently changed first; at most ``limit``.

    Every word must be part of a name, the code, the document or a contact, case and accents
    aside; a phone number may be written in any way, a document with any punctuation. Who was
    merged is found as the survivor. Where nobody matches, those whose name is like it; ``find``
    tells which it was. Nothing is found for a text without a letter or digit.
    """
    return find(text, limit=limit).customers


def find(text: str, *, limit: int = 20) -> Found:
    """The same, saying whether they match or are only similar."""
    matching = matches(text)
    if matching is None or limit < 1:
        return Found()
    visible = Customer.objects.filter(Q(is_active=True) | Q(merged_into__isnull=False))
    rows = visible.filter(matching).in_reading_order()
    # Some may turn out to be the same customer, or a closed one's alias.
    if exact := _active(rows.select_related("merged_into")[: limit * 2]):
        return Found(customers=exact[:limit])
    likes = similar(visible, text, limit=limit * 2)
    by_key = visible.select_related("merged_into").in_bulk(likes.keys)
    return Found(
        customers=_active(by_key[key] for key in likes.keys if key in by_key)[:limit],
        is_similar=True,
        is_partial=likes.is_partial,
    )


def matches(text: str) -> Q | None:
    """The condition a search text stands for, also for filters of lists; None matches nothing.

    A reader who may not see contacts finds them in full only (``guarded_search``).
    """
    if not masking.sees():
        return guarded_search.matches(text)
    query = searching.read(text, tenancy.current().default_region)
    if query is None:
        return None
    words = reduce(and_, (_any(spellings) for spellings in query.words))
    return words | _any(query.numbers) if query.numbers else words


def similar(rows: QuerySet[Customer], text: str, *, limit: int = MOST_SIMILAR) -> Likes:
    """Those of the rows whose name is like a mistyped one; nobody for what is no name.

    PostgreSQL looks up by trigrams in an index whom to compare. Where it has none, or they find
    nobody (as for swapped letters in a short name), the rows are streamed, the last changed first.
    No more than ``GUESTMAN["SEARCH_CANDIDATES"]`` are compared.
    """
    wanted = similarity.words(text)
    if not wanted or limit < 1:
        return Likes()
    if _has_trigrams():
        likes = _best(_by_trigrams(rows, wanted), wanted, limit)
        if likes.keys:
            return likes
    return _best(_last_changed(rows), wanted, limit)


def _best(candidates: Iterable[tuple[UUID, str]], wanted: Sequence[str], limit: int) -> Likes:
    """Of candidates (key and searched text) those most like the wanted words."""
    best: list[tuple[float, int, UUID]] = []
    number = 0
    for number, (key, searched) in enumerate(candidates, start=1):
        if number > conf.SEARCH_CANDIDATES:
            break
        score = similarity.likeness(wanted, searched.partition("\n")[0])
        if score:
            # Of equals the earlier one stays.
            heapq.heappush(best, (score, -number, key))
            if len(best) > limit:
                heapq.heappop(best)
    return Likes(
        keys=[key for _score, _number, key in sorted(best, reverse=True)],
        is_partial=number > conf.SEARCH_CANDIDATES,
    )


def _last_changed(rows: QuerySet[Any]) -> Iterator[tuple[UUID, str]]:
    rows = rows.order_by("-updated_at", "-uuid")[: conf.SEARCH_CANDIDATES + 1]
    yield from rows.values_list("uuid", "search_text").iterator(chunk_size=2000)


def _by_trigrams(rows: QuerySet[Any], wanted: Sequence[str]) -> list[tuple[UUID, str]]:
    for word in wanted:
        if len(word) >= similarity.SHORTEST_WORD:
            rows = rows.filter(search_text__word_like=word)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)",
                [str(_WORD_SIMILARITY)],
            )
        found = rows.order_by().values_list("uuid", "search_text")
        return sorted(found[: conf.SEARCH_CANDIDATES + 1], reverse=True)


def _has_trigrams() -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [_INDEX])
        row = cursor.fetchone()
    return bool(row and row[0])


def _active(rows: Any) -> list[Customer]:
    found: dict[object, Customer] = {}
    for row in rows:
        customer = survivor(row)
        if customer.is_active:
            found.setdefault(customer.pk, customer)
    return list(found.values())


def _any(texts: Sequence[str]) -> Q:
    return reduce(or_, (Q(search_text__contains=each) for each in texts))
