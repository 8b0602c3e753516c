"""Budgets: SQL rows, counted in single atomic statements. There is no other place to count in.

An act is admitted by all of its windows or by none. The rows of an act are locked in one order
(``rules.budgets.in_lock_order``) and stay locked until the transaction ends, so of any number of
simultaneous acts no more than the limit is admitted.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection
from django.utils.dateparse import parse_datetime

from doorman.conf import conf
from doorman.errors import BudgetUnavailable, TooManyAttempts
from doorman.models import RateCounter
from doorman.rules import macs
from doorman.rules.budgets import Window, in_lock_order
from doorman.services import keys
from shopman import clock, tenancy
from shopman.keys import uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """One window's word after it admitted an act: how many so far, and from when another may be."""

    window: Window
    hits: int
    free_at: dt.datetime

    @property
    def is_last(self) -> bool:
        """Whether the budget is spent now."""
        return self.hits >= self.window.limit


@contextmanager
def answering() -> Iterator[None]:
    """Turns a database that cannot write budgets in time into BudgetUnavailable (503)."""
    try:
        yield
    except OperationalError as error:
        raise BudgetUnavailable from error


def take(windows: Sequence[Window]) -> list[Admission]:
    """Count one act in every window, inside the caller's transaction.

    Raises TooManyAttempts, on which the caller's transaction must be rolled back, when one of the
    windows is spent or the act comes too soon after the last one.
    """
    ordered = in_lock_order(windows)
    by_key = {_key(window): window for window in ordered}
    now = clock.now()
    if any(window.limit <= 0 for window in ordered):
        raise TooManyAttempts(retry_after_seconds=max(window.seconds for window in ordered))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET LOCAL lock_timeout = {int(conf.BUDGET_LOCK_TIMEOUT_MS)}")
        cursor.execute(*_statement(by_key, now))
        rows = {row[0]: row for row in cursor.fetchall()}
    refused = {key: window for key, window in by_key.items() if key not in rows}
    if refused:
        raise TooManyAttempts(retry_after_seconds=_seconds_to_wait(refused, now))
    return [_admission(by_key[key], now, *row[1:]) for key, row in rows.items()]


def give_back(windows: Sequence[Window]) -> None:
    """Take one act back that was counted in this transaction: it was no failure after all."""
    names = [_key(window) for window in windows]
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(RateCounter._meta.db_table)
        marks = ", ".join(["%s"] * len(names))
        cursor.execute(
            f"UPDATE {table} SET hits = hits - 1 WHERE tenant_id = %s AND key IN ({marks})",  # noqa: S608
            [_uuid(tenancy.current().pk), *names],
        )


def _key(window: Window) -> str:
    return macs.counter_key(keys.hmac_key(), scope=window.scope, subject=window.subject)


def _statement(by_key: dict[str, Window], now: dt.datetime) -> tuple[str, list[Any]]:
    """The upsert. A window that is over starts again; a spent or waiting one is left alone."""
    t = connection.ops.quote_name(RateCounter._meta.db_table)
    values: list[Any] = []
    for key, window in by_key.items():
        values += [
            _uuid(uuid7()), _uuid(tenancy.current().pk), key, window.scope, window.limit,
            _moment(now), _moment(now, window.seconds), _wait(window, now, 0),
        ]  # fmt: skip
    # One spaced window at most is among them.
    spaced = next((window for window in by_key.values() if window.spacing), None)
    second, later = (_wait(spaced, now, 1), _wait(spaced, now, -1)) if spaced else (None, None)
    # Only identifiers and constants are put into the text; every value is a parameter.
    rows = ", ".join(["(%s, %s, %s, %s, 1, %s, %s, %s, %s)"] * len(by_key))
    over = f"{t}.closes_at <= excluded.opened_at"
    sql = f"""
        INSERT INTO {t}
            (uuid, tenant_id, key, scope, hits, hit_limit, opened_at, closes_at, not_before)
        VALUES {rows}
        ON CONFLICT (tenant_id, key) DO UPDATE SET
            hits = CASE WHEN {over} THEN 1 ELSE {t}.hits + 1 END,
            hit_limit = excluded.hit_limit,
            opened_at = CASE WHEN {over} THEN excluded.opened_at ELSE {t}.opened_at END,
            closes_at = CASE WHEN {over} THEN excluded.closes_at ELSE {t}.closes_at END,
            not_before = CASE
                WHEN {over} OR excluded.not_before IS NULL THEN excluded.not_before
                WHEN {t}.hits = 1 THEN %s ELSE %s END
        WHERE ({over} OR {t}.hits < excluded.hit_limit)
            AND ({t}.not_before IS NULL OR {t}.not_before <= excluded.opened_at)
        RETURNING key, hits, closes_at, not_before
    """  # noqa: S608
    return sql, [*values, second, later]


def _wait(window: Window, now: dt.datetime, position: int) -> Any:
    """From when the act after this one may come; None at once.

    None, not now: acts that come at the same moment read their clocks before they wait for the row.
    """
    gaps = window.spacing
    gap = gaps[min(position, len(gaps) - 1)] if gaps else 0
    return _moment(now, gap) if gap else None


def _admission(
    window: Window, now: dt.datetime, hits: int, closes_at: Any, not_before: Any
) -> Admission:
    spent = hits >= window.limit
    free_at = _aware(closes_at) if spent else _aware(not_before) if not_before else now
    return Admission(window=window, hits=hits, free_at=free_at)


def _seconds_to_wait(refused: Mapping[str, Window], now: dt.datetime) -> int:
    waits = [now]
    for key, hits, closes_at, not_before in RateCounter.objects.filter(key__in=refused).values_list(
        "key", "hits", "closes_at", "not_before"
    ):
        waits.append(closes_at if hits >= refused[key].limit else now)
        waits.append(not_before or now)
    return max(1, math.ceil((max(waits) - now).total_seconds()))


def _uuid(value: Any) -> Any:
    return RateCounter._meta.pk.get_db_prep_value(value, connection)


def _moment(now: dt.datetime, seconds: int = 0) -> Any:
    field = RateCounter._meta.get_field("opened_at")
    return field.get_db_prep_value(now + dt.timedelta(seconds=seconds), connection)


def _aware(value: Any) -> dt.datetime:
    """SQLite gives raw columns as text or without their zone."""
    parsed = value if isinstance(value, dt.datetime) else parse_datetime(value)
    assert parsed is not None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)
