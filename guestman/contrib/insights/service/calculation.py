"""The insights of one batch of customers: read, score, write what changed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from django.db.models import F, TextField
from django.db.models.functions import Cast

from guestman.contrib.insights.models import CustomerInsight, InsightMeasure, SegmentChange
from guestman.contrib.insights.rules.numbers import Numbers, Reading
from guestman.contrib.insights.service import storage
from guestman.contrib.insights.signals import segment_changed
from guestman.models import Customer
from guestman.protocols.orders import OrderStats
from guestman.services.ports import order_history
from shopman import clock, outbox
from shopman.events import announce
from shopman.models import Moment
from shopman.outbox import Fact

_BESIDES = ("as_of", "calculated_at", "is_stale")
_WRITTEN = (*Numbers._fields, *_BESIDES)


@dataclass(slots=True)
class Tally:
    """What calculating did, in numbers of customers unless the name says otherwise.

    ``written``: rows with new numbers. ``confirmed``: equal numbers, a new ``as_of``. ``kept``:
    rows somebody refreshed after the run began. ``future_orders``: orders at or after ``as_of``,
    which are left out.
    """

    customers: int = 0
    written: int = 0
    confirmed: int = 0
    kept: int = 0
    segment_changes: int = 0
    future_orders: int = 0
    with_other_currencies: int = 0
    segments: Counter[str] = field(default_factory=Counter)

    def add(self, other: Mapping[str, Any]) -> None:
        """Count what ``as_json`` of another tally says."""
        for name, count in other.items():
            if name == "segments":
                self.segments.update(count)
            else:
                setattr(self, name, getattr(self, name) + count)

    def as_json(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in self.__slots__ if name != "segments"}
        return {**counts, "segments": dict(sorted(self.segments.items()))}


@dataclass(frozen=True, slots=True)
class _Stored:
    """A row as it stands."""

    is_stale: bool
    as_of: dt.datetime
    calculated_at: dt.datetime
    numbers: tuple[Any, ...]

    @property
    def segment(self) -> str:
        return str(self.numbers[_SEGMENT])

    @property
    def was_calculated(self) -> bool:
        """Whether the numbers were ever read from orders; a row made by a mark has no version."""
        return bool(self.numbers[_VERSION])


_SEGMENT = Numbers._fields.index("segment")
_VERSION = Numbers._fields.index("policy_version")
_DOCUMENTS = frozenset(
    Numbers._fields.index(name)
    for name in ("channels", "favourite_products", "other_currencies", "reasons")
)
_MOMENTS = frozenset(["first_order_at", "last_order_at"])
#: Thousands of documents and moments are read faster as text and as numbers.
_READ = tuple(
    Cast(name, TextField())
    if place in _DOCUMENTS
    else Moment(name)
    if name in _MOMENTS
    else F(name)
    for place, name in enumerate(Numbers._fields)
)


def calculate(
    customers: Sequence[UUID], reading: Reading, *, began_at: dt.datetime | None = None
) -> Tally:
    """Bring the insights of these customers (survivors of the tenant) to ``reading.as_of``.

    Must run in a transaction. The rows are locked before the orders are read, so an order
    committed meanwhile marks its customer out of date after this, not before. With ``began_at``, a
    row that was refreshed since then for a later moment is left as it is.
    """
    stored = _lock(customers)
    found = _statistics(customers, reading)
    tally, now = Tally(customers=len(customers)), clock.now()
    rows: list[tuple[Any, ...]] = []
    confirmed: dict[bool, list[UUID]] = {True: [], False: []}
    moved: list[tuple[UUID, str, str]] = []
    for customer in customers:
        stats, row = found.get(customer), stored.get(customer)
        numbers = reading.numbers(stats)
        if stats is not None:
            tally.future_orders += stats.future_count
            tally.with_other_currencies += bool(numbers.other_currencies)
        if row is not None and _is_fresher(row, reading, began_at):
            tally.kept += 1
            tally.segments[row.segment] += 1
            continue
        tally.segments[numbers.segment] += 1
        is_stale = row is not None and began_at is not None and _stays_stale(row, stats)
        if row is None or row.numbers != numbers:
            rows.append((customer, *numbers, reading.as_of, now, is_stale))
            if row is not None and row.was_calculated and row.segment != numbers.segment:
                moved.append((customer, row.segment, numbers.segment))
        elif row.as_of != reading.as_of or row.is_stale != is_stale:
            confirmed[is_stale].append(customer)
    tally.written, tally.segment_changes = len(rows), len(moved)
    tally.confirmed = sum(map(len, confirmed.values()))
    _write(rows)
    _confirm(confirmed, reading.as_of, now)
    _record(moved, reading, now)
    return tally


def measure(customers: Sequence[UUID], reading: Reading, *, run_uuid: UUID) -> Tally:
    """Keep what quintiles rank these customers by. Must run in a transaction; repeatable."""
    measured = (
        (run_uuid, customer, *measures)
        for customer, stats in _statistics(customers, reading).items()
        if (measures := reading.measures(stats)) is not None
    )
    names = ("run", "customer_uuid", "recency", "frequency", "monetary")
    storage.upsert(
        InsightMeasure,
        names,
        measured,
        unique=("tenant", "run", "customer_uuid"),
        update=names[2:],
    )
    return Tally(customers=len(customers))


def _lock(customers: Sequence[UUID]) -> dict[UUID, _Stored]:
    rows = (
        CustomerInsight.objects.filter(customer_id__among=customers)
        .order_by("uuid")
        .select_for_update()
        .values_list("customer_id", "is_stale", Moment("as_of"), Moment("calculated_at"), *_READ)
    )
    return {row[0]: _Stored(row[1], row[2], row[3], _read(row[4:])) for row in rows}


def _read(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        orjson.loads(value) if place in _DOCUMENTS else value for place, value in enumerate(values)
    )


def _statistics(customers: Sequence[UUID], reading: Reading) -> dict[UUID, OrderStats]:
    if not customers:
        return {}
    aliases = dict(
        Customer.objects.filter(merged_into__among=customers).values_list("uuid", "merged_into_id")
    )
    statistics = order_history.get().iter_order_stats(
        as_of=reading.as_of,
        limit=len(customers),
        customers=customers,
        time_zone=reading.time_zone,
        aliases=aliases,
    )
    return {stats.customer_uuid: stats for stats in statistics}


def _is_fresher(row: _Stored, reading: Reading, began_at: dt.datetime | None) -> bool:
    return began_at is not None and row.calculated_at > began_at and row.as_of > reading.as_of


def _stays_stale(row: _Stored, stats: OrderStats | None) -> bool:
    """An order after the run's ``as_of`` is left for the next refresh, which reads up to now."""
    return row.is_stale and stats is not None and stats.future_count > 0


def _write(rows: Iterable[tuple[Any, ...]]) -> None:
    if rows:
        storage.upsert(
            CustomerInsight,
            ("customer", *_WRITTEN),
            rows,
            unique=("customer",),
            update=_WRITTEN,
        )


def _confirm(
    customers: Mapping[bool, Sequence[UUID]], as_of: dt.datetime, now: dt.datetime
) -> None:
    for is_stale, keys in customers.items():
        if keys:
            CustomerInsight.objects.filter(customer_id__among=keys).update(
                as_of=as_of, calculated_at=now, is_stale=is_stale
            )


def _record(moved: Sequence[tuple[UUID, str, str]], reading: Reading, now: dt.datetime) -> None:
    if not moved:
        return
    policy, version = reading.parameters.policy, reading.version
    SegmentChange.objects.bulk_create(
        SegmentChange(
            customer_id=customer,
            from_segment=before,
            to_segment=after,
            policy=policy,
            policy_version=version,
            as_of=reading.as_of,
            changed_at=now,
        )
        for customer, before, after in moved
    )
    outbox.record_many(
        Fact(
            name="guestman.segment_changed",
            subject=f"customer:{customer}",
            payload={
                "customer_uuid": str(customer),
                "from_segment": before,
                "to_segment": after,
                "policy": policy,
            },
        )
        for customer, before, after in moved
    )
    for customer, before, after in moved:
        announce(
            segment_changed,
            sender=CustomerInsight,
            customer_uuid=customer,
            from_segment=before,
            to_segment=after,
        )
