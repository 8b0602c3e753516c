"""What orders say about customers: omniman's public read module.

Reads only, of the current tenant, without order objects. Every call makes a constant number of
queries, however many customers it is about. Amounts are minor units, currencies never meet.

What counts: a sale whose status is in ``statuses`` (``OMNIMAN["REVENUE_STATUSES"]`` unless given)
counts once, net of its refunds; one that is refunded in full counts only in ``refund_count``. A
return, a credit note without a known sale, reduces the net total and nothing else. Products are
those of the sales that count, in the quantities sold: neither a partial refund nor a return says
which product came back. A zero-total sale counts.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import nsmallest
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from omniman.conf import conf
from omniman.models import Channel, Order
from omniman.models.expressions import CodePoints, LocalHours, Moment, QuantitySum
from omniman.rules.status import Kind
from shopman import clock, tenancy

TOP_PRODUCT_COUNT: Final = 5

Aliases = Mapping[UUID, UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """One order. ``channel`` is the channel's code."""

    uuid: UUID
    ref: str
    kind: str
    status: str
    channel: str
    currency: str
    total_amount: int
    refunded_amount: int
    placed_at: dt.datetime


@dataclass(slots=True, kw_only=True)
class CurrencyStats:
    """The orders of one currency; ``net_total_amount`` may be below zero."""

    order_count: int = 0
    net_total_amount: int = 0
    first_order_at: dt.datetime | None = None
    last_order_at: dt.datetime | None = None


@dataclass(slots=True, kw_only=True)
class OrderStats:
    """One customer's orders in the half-open time that was asked for.

    ``currencies`` holds those with a counted sale or a return. Days, hours (0-23) and weekdays
    (ISO, 1 is Monday) are those of the time zone. ``top_products`` are (SKU, quantity), the largest
    quantity first, then by SKU. ``future_count`` counts sales at or after ``as_of``, which are left
    out of all else.
    """

    customer_uuid: UUID
    order_count: int = 0
    refund_count: int = 0
    currencies: dict[str, CurrencyStats] = field(default_factory=dict)
    first_order_at: dt.datetime | None = None
    last_order_at: dt.datetime | None = None
    order_day_count: int = 0
    hour_counts: dict[int, int] = field(default_factory=dict)
    weekday_counts: dict[int, int] = field(default_factory=dict)
    channel_counts: dict[str, int] = field(default_factory=dict)
    top_products: Sequence[tuple[str, Decimal]] = ()
    future_count: int = 0


def customer_orders(
    customer_uuid: UUID,
    *,
    limit: int = 50,
    before: dt.datetime | None = None,
    as_of: dt.datetime | None = None,
    merged: Sequence[UUID] = (),
) -> list[OrderSummary]:
    """A customer's orders, cancelled ones and returns included, newest first. One query.

    ``before`` and ``as_of`` are exclusive bounds on ``placed_at``; ``merged`` are customers whose
    orders are this one's now.
    """
    orders = Order.objects.filter(customer_uuid__in=[customer_uuid, *merged])
    for bound in (before, as_of):
        if bound is not None:
            orders = orders.filter(placed_at__lt=bound)
    columns = ("uuid", "ref", "kind", "status", "channel__code", "currency", "total_amount")
    rows = orders.order_by("-placed_at", "-uuid").values_list(
        *columns, "refunded_amount", "placed_at"
    )
    return [
        OrderSummary(
            uuid=uuid,
            ref=ref,
            kind=kind,
            status=status,
            channel=channel,
            currency=currency,
            total_amount=total_amount,
            refunded_amount=refunded_amount,
            placed_at=placed_at,
        )
        for (
            uuid,
            ref,
            kind,
            status,
            channel,
            currency,
            total_amount,
            refunded_amount,
            placed_at,
        ) in rows[:limit]
    ]


def order_stats(
    customer_uuid: UUID,
    *,
    as_of: dt.datetime | None = None,
    time_zone: zoneinfo.ZoneInfo | None = None,
    merged: Sequence[UUID] = (),
) -> OrderStats:
    """One customer's statistics, now and in the tenant's zone unless told; zeros without orders."""
    found = iter_order_stats(
        as_of=as_of or clock.now(),
        limit=1,
        customers=[customer_uuid],
        time_zone=time_zone or tenancy.current().zone,
        aliases=dict.fromkeys(merged, customer_uuid),
    )
    return next(found, None) or OrderStats(customer_uuid=customer_uuid)


def iter_order_stats(
    *,
    as_of: dt.datetime,
    limit: int,
    time_zone: zoneinfo.ZoneInfo,
    after: UUID | None = None,
    customers: Sequence[UUID] | None = None,
    aliases: Aliases | None = None,
    since: dt.datetime | None = None,
    statuses: Collection[str] | None = None,
) -> Iterator[OrderStats]:
    """Statistics of customers who have any order, in key order: at most ``limit``, after ``after``.

    ``customers`` narrows to these (survivors). ``aliases`` maps a merged customer to its survivor,
    under whom its orders count; chains must be resolved. ``since`` is an inclusive, ``as_of`` an
    exclusive bound on ``placed_at``. At most six queries.
    """
    owners = {key: owner for key, owner in (aliases or {}).items() if key != owner}
    page = _page(after, limit, customers, owners)
    if not page:
        return
    members = _members(page, owners)
    counted = Order.objects.filter(
        status__in=conf.REVENUE_STATUSES if statuses is None else statuses
    )
    if since is not None:
        counted = counted.filter(placed_at__gte=since)
    stats = {key: OrderStats(customer_uuid=key) for key in page}
    _add_orders(stats, _narrowed(counted, page, members, customers), owners, as_of, time_zone)
    _add_products(stats, counted.filter(_SALE, placed_at__lt=as_of), members, customers, owners)
    yield from stats.values()


def changed_customers(*, since: dt.datetime) -> Iterator[UUID]:
    """Customers with an order, a refund or a status change recorded at or after ``since``.

    A change is dated when it is made and seen when its transaction commits, so let ``since`` lie a
    little before the last look.
    """
    changed = Order.objects.filter(updated_at__gte=since, customer_uuid__isnull=False)
    keys = changed.order_by("customer_uuid").values_list("customer_uuid", flat=True).distinct()
    yield from keys.iterator()


#: Sales, but for those that are refunded in full.
_SALE: Final = Q(kind=Kind.SALE) & (Q(total_amount=0) | Q(refunded_amount__lt=F("total_amount")))
_REFUNDED: Final = Q(kind=Kind.SALE, total_amount__gt=0, refunded_amount=F("total_amount"))


def _page(
    after: UUID | None, limit: int, customers: Sequence[UUID] | None, owners: Aliases
) -> list[UUID]:
    """The survivors with orders that this call is about, in key order."""
    orders = Order.objects.filter(customer_uuid__isnull=False)
    keys = orders.exclude(customer_uuid__in=owners) if owners else orders
    wanted = None if customers is None else set(customers)
    if wanted is not None:
        keys = keys.filter(customer_uuid__in=wanted)
    if after is not None:
        keys = keys.filter(customer_uuid__gt=after)
    distinct = keys.order_by("customer_uuid").values_list("customer_uuid", flat=True).distinct()
    found = set(distinct[:limit])
    merged = [key for key, owner in owners.items() if wanted is None or owner in wanted]
    if merged:
        present = orders.filter(customer_uuid__in=merged).order_by().distinct()
        for key in present.values_list("customer_uuid", flat=True):
            if after is None or owners[key] > after:
                found.add(owners[key])
    return sorted(found)[:limit]


def _members(page: list[UUID], owners: Aliases) -> dict[UUID, list[UUID]]:
    """The merged customers of each survivor of the page that has any."""
    members: dict[UUID, list[UUID]] = defaultdict(list)
    on_page = set(page)
    for key, owner in owners.items():
        if owner in on_page:
            members[owner].append(key)
    return members


def _narrowed(
    orders: QuerySet[Order],
    page: list[UUID],
    members: Mapping[UUID, list[UUID]],
    customers: Sequence[UUID] | None,
) -> QuerySet[Order]:
    """The orders of the page: a range of keys, which costs less than naming thousands."""
    chosen = (
        Q(customer_uuid__gte=page[0], customer_uuid__lte=page[-1])
        if customers is None
        else Q(customer_uuid__in=page)
    )
    merged = [key for keys in members.values() for key in keys]
    return orders.filter(chosen | Q(customer_uuid__in=merged) if merged else chosen)


def _add_orders(
    stats: Mapping[UUID, OrderStats],
    orders: QuerySet[Order],
    owners: Aliases,
    as_of: dt.datetime,
    time_zone: zoneinfo.ZoneInfo,
) -> None:
    past, sale = Q(placed_at__lt=as_of), _SALE & Q(placed_at__lt=as_of)
    rows = (
        orders.order_by()
        .values_list("customer_uuid", "currency", "channel_id")
        .annotate(
            order_count=Count("uuid", filter=sale),
            # A refund in full leaves nothing, so only the other sales and the returns add up.
            net=Sum(F("total_amount") - F("refunded_amount"), filter=past),
            return_count=Count("uuid", filter=past & Q(kind=Kind.RETURN)),
            refund_count=Count("uuid", filter=past & _REFUNDED),
            future_count=Count("uuid", filter=_SALE & Q(placed_at__gte=as_of)),
            first=Moment(Min("placed_at", filter=sale)),
            last=Moment(Max("placed_at", filter=sale)),
            hours=LocalHours("placed_at", time_zone=time_zone, filter=sale),
        )
    )
    codes = dict(Channel.objects.values_list("uuid", "code"))
    hours: dict[UUID, list[int]] = defaultdict(list)
    for key, currency, channel, count, net, returns, refunds, future, first, last, local in rows:
        entry = stats.get(owners.get(key, key))
        if entry is None:
            # In the range of keys, but merged into a customer of another page.
            continue
        entry.refund_count += refunds
        entry.future_count += future
        if count:
            entry.order_count += count
            code = codes[channel]
            entry.channel_counts[code] = entry.channel_counts.get(code, 0) + count
            hours[entry.customer_uuid] += local
            _widen(entry, first, last)
        if count or returns:
            money = entry.currencies.setdefault(currency, CurrencyStats())
            money.order_count += count
            money.net_total_amount += net
            if count:
                _widen(money, first, last)
    for key, found in hours.items():
        _add_hours(stats[key], found)


def _widen(entry: OrderStats | CurrencyStats, first: dt.datetime, last: dt.datetime) -> None:
    if entry.first_order_at is None or first < entry.first_order_at:
        entry.first_order_at = first
    if entry.last_order_at is None or last > entry.last_order_at:
        entry.last_order_at = last


def _add_hours(entry: OrderStats, hours: Iterable[int]) -> None:
    """``hours`` count local hours since 1970, a Thursday: day, weekday and hour follow from one."""
    by_hour, by_day = Counter(), Counter()  # type: Counter[int], Counter[int]
    for number in hours:
        day, hour = divmod(number, 24)
        by_hour[hour] += 1
        by_day[day] += 1
    by_weekday: Counter[int] = Counter()
    for day, count in by_day.items():
        by_weekday[(day + 3) % 7 + 1] += count
    entry.order_day_count = len(by_day)
    entry.hour_counts = dict(sorted(by_hour.items()))
    entry.weekday_counts = dict(sorted(by_weekday.items()))


def _add_products(
    stats: Mapping[UUID, OrderStats],
    orders: QuerySet[Order],
    members: Mapping[UUID, list[UUID]],
    customers: Sequence[UUID] | None,
    owners: Aliases,
) -> None:
    """The database ranks the products of each customer; those of merged ones are ranked here."""
    alone = _sums(_narrowed(orders, list(stats), {}, customers)).annotate(
        rank=Window(
            RowNumber(),
            partition_by=F("customer_uuid"),
            order_by=[F("quantity").desc(), F("sku")],
        )
    )
    top: dict[UUID, list[tuple[str, Decimal]]] = defaultdict(list)
    rows: Iterable[Any] = alone.filter(rank__lte=TOP_PRODUCT_COUNT).order_by(
        "customer_uuid", "rank"
    )
    for key, sku, quantity, _ in rows:
        if key in stats:
            top[key].append((sku, quantity))
    if members:
        keys = [key for owner, merged in members.items() for key in (owner, *merged)]
        sums: dict[UUID, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for key, sku, quantity in _sums(orders.filter(customer_uuid__in=keys)):
            sums[owners.get(key, key)][sku] += quantity
        for owner, products in sums.items():
            top[owner] = nsmallest(
                TOP_PRODUCT_COUNT,
                products.items(),
                key=lambda product: (-product[1], product[0]),
            )
    for key, ranked in top.items():
        stats[key].top_products = tuple(ranked)


def _sums(orders: QuerySet[Order]) -> QuerySet[Order, tuple[Any, ...]]:
    """Customer, SKU and quantity of each product in some orders."""
    lines = orders.filter(lines__sku__isnull=False).order_by()
    products = lines.annotate(sku=CodePoints("lines__sku")).values_list("customer_uuid", "sku")
    return products.annotate(quantity=QuantitySum("lines__quantity"))
