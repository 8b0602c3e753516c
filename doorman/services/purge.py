"""What is over is deleted, in chunks. Nothing depends on it: every use checks the time itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from doorman.models import (
    Challenge,
    CustomerSession,
    ProofTicket,
    RateCounter,
    Token,
    TokenFamily,
)
from shopman import clock

#: How long rows are kept after their end, for staff who look into a complaint.
KEPT = dt.timedelta(days=1)
SESSIONS_KEPT = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """Deleted rows of one kind."""

    kind: str
    count: int


def purge(*, chunk_size: int = 1000) -> Iterator[Purged]:
    """Delete what is over in every tenant; yields after each chunk. May run at any time, twice."""
    yield from _erase_contacts(chunk_size)
    now = clock.now()
    for kind, rows in (
        ("challenge", Challenge.all_tenants.filter(expires_at__lt=now - KEPT)),
        ("proof_ticket", ProofTicket.all_tenants.filter(expires_at__lt=now - KEPT)),
        ("rate_counter", _idle_counters(now)),
        ("customer_session", _over(CustomerSession, now)),
        ("token", _old_tokens(now)),
        ("token_family", _over(TokenFamily, now)),
    ):
        yield from _delete(kind, rows, chunk_size)


def _over(kind: type[CustomerSession | TokenFamily], now: dt.datetime) -> QuerySet[Any]:
    rows: QuerySet[Any] = kind.all_tenants.filter(
        Q(ended_at__lt=now - SESSIONS_KEPT)
        | Q(expires_at__lt=now - SESSIONS_KEPT)
        | Q(last_seen_at__lt=now - kind.idle_time() - SESSIONS_KEPT)
    )
    return rows


def _old_tokens(now: dt.datetime) -> QuerySet[Token]:
    """Those that nobody could exchange any more, and those of families that are over."""
    ended = Q(family__in=_over(TokenFamily, now).order_by().values("pk"))
    rows: QuerySet[Token] = Token.all_tenants.filter(
        ended | Q(created_at__lt=now - TokenFamily.idle_time())
    )
    return rows


def _idle_counters(now: dt.datetime) -> QuerySet[RateCounter]:
    may_act = Q(not_before__isnull=True) | Q(not_before__lt=now)
    return RateCounter.all_tenants.filter(may_act, closes_at__lt=now)


def _erase_contacts(chunk_size: int) -> Iterator[Purged]:
    """Sealed contacts go as soon as the time is over, long before their rows."""
    now = clock.now()
    challenges = Challenge.all_tenants.filter(status="open", expires_at__lte=now)
    tickets = ProofTicket.all_tenants.filter(used_at__isnull=True, expires_at__lte=now)
    for keys in _chunks(challenges, chunk_size):
        with transaction.atomic():
            count = Challenge.all_tenants.filter(pk__in=keys, status="open").update(
                status=Challenge.Status.EXPIRED, sealed_identifier=b""
            )
        yield Purged(kind="sealed_contact", count=count)
    for keys in _chunks(tickets, chunk_size):
        with transaction.atomic():
            count = ProofTicket.all_tenants.filter(pk__in=keys).update(
                used_at=now, sealed_identifier=b""
            )
        yield Purged(kind="sealed_contact", count=count)


def _delete(kind: str, rows: QuerySet[Any], chunk_size: int) -> Iterator[Purged]:
    for keys in _chunks(rows, chunk_size):
        with transaction.atomic():
            count, _ = rows.model.all_tenants.filter(pk__in=keys).delete()
        yield Purged(kind=kind, count=count)


def _chunks(rows: QuerySet[Any], size: int) -> Iterator[list[Any]]:
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:size]):
        yield keys
