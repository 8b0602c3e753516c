"""How the statistics of a page of customers are gathered: a few set-based queries."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from heapq import nsmallest
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from omniman.history.rows import CurrencyStats, OrderStats
from omniman.models import Channel, Order
from omniman.models.expressions import CodePoints, LocalHours, QuantitySum
from omniman.rules.status import Kind
from shopman.models import Moment

TOP_PRODUCT_COUNT: Final = 5

Aliases = Mapping[UUID, UUID]

#: Sales, but for those that are refunded in full.
SALE: Final = Q(kind=Kind.SALE) & (Q(total_amount=0) | Q(refunded_amount__lt=F("total_amount")))
REFUNDED: Final = Q(kind=Kind.SALE, total_amount__gt=0, refunded_amount=F("total_amount"))


def page(
    after: UUID | None, limit: int, customers: Sequence[UUID] | None, owners: Aliases
) -> list[UUID]:
    """The survivors this call is about, in key order; some that were asked for may lack orders."""
    wanted = None if customers is None else set(customers)
    if wanted is not None and len(wanted) <= limit:
        return sorted(key for key in wanted if after is None or key > after)
    orders = Order.objects.filter(customer_uuid__isnull=False)
    keys = orders.exclude(customer_uuid__among=owners) if owners else orders
    if wanted is not None:
        keys = keys.filter(customer_uuid__among=wanted)
    if after is not None:
        keys = keys.filter(customer_uuid__gt=after)
    distinct = keys.order_by("customer_uuid").values_list("customer_uuid", flat=True).distinct()
    found = set(distinct[:limit])
    merged = [key for key, owner in owners.items() if wanted is None or owner in wanted]
    if merged:
        present = orders.filter(customer_uuid__among=merged).order_by().distinct()
        for key in present.values_list("customer_uuid", flat=True):
            if after is None or owners[key] > after:
                found.add(owners[key])
    return sorted(found)[:limit]


def members(page: list[UUID], owners: Aliases) -> dict[UUID, list[UUID]]:
    """The merged customers of each survivor of the page that has any."""
    members: dict[UUID, list[UUID]] = defaultdict(list)
    on_page = set(page)
    for key, owner in owners.items():
        if owner in on_page:
            members[owner].append(key)
    return members


def narrowed(
    orders: QuerySet[Order],
    page: list[UUID],
    members: Mapping[UUID, list[UUID]],
    customers: Sequence[UUID] | None,
) -> QuerySet[Order]:
    """The orders of the page: those in its range of keys, which one stretch of the index holds."""
    chosen = Q(customer_uuid__range=(page[0], page[-1]))
    if customers is not None:
        chosen &= Q(customer_uuid__among=page)
    merged = [key for keys in members.values() for key in keys]
    return orders.filter(chosen | Q(customer_uuid__among=merged) if merged else chosen)


def orders_of(
    page: list[UUID],
    orders: QuerySet[Order],
    counted: Q,
    owners: Aliases,
    as_of: dt.datetime,
    time_zone: zoneinfo.ZoneInfo,
) -> dict[UUID, OrderStats]:
    """Statistics but for products, in key order, of those of the page who have any order.

    Only what is ``counted`` adds up.
    """
    past, sale = counted & Q(placed_at__lt=as_of), counted & SALE & Q(placed_at__lt=as_of)
    rows = (
        orders.order_by("customer_uuid")
        .values_list("customer_uuid", "currency", "channel_id")
        .annotate(
            order_count=Count("uuid", filter=sale),
            # A refund in full leaves nothing, so only the other sales and the returns add up.
            net=Sum(F("total_amount") - F("refunded_amount"), filter=past),
            return_count=Count("uuid", filter=past & Q(kind=Kind.RETURN)),
            refund_count=Count("uuid", filter=past & REFUNDED),
            future_count=Count("uuid", filter=counted & SALE & Q(placed_at__gte=as_of)),
            first=Moment(Min("placed_at", filter=sale)),
            last=Moment(Max("placed_at", filter=sale)),
            hours=LocalHours("placed_at", time_zone=time_zone, filter=sale),
        )
    )
    codes = dict(Channel.objects.values_list("uuid", "code"))
    on_page, found = set(page), dict[UUID, OrderStats]()
    hours: dict[UUID, list[int]] = defaultdict(list)
    for customer, of_customer in groupby(rows, key=itemgetter(0)):
        owner = owners.get(customer, customer)
        if owner not in on_page:
            # In the range of keys, but of another page.
            continue
        entry = found.setdefault(owner, OrderStats(customer_uuid=owner))
        for row in of_customer:
            _add(entry, row, codes, hours[owner])
    for key, some in hours.items():
        _add_hours(found[key], some)
    return {key: found[key] for key in page if key in found}


def _add(
    entry: OrderStats, row: Sequence[Any], codes: Mapping[UUID, str], hours: list[int]
) -> None:
    _, currency, channel, count, net, returns, refunds, future, first, last, local = row
    entry.refund_count += refunds
    entry.future_count += future
    if count:
        entry.order_count += count
        code = codes[channel]
        entry.channel_counts[code] = entry.channel_counts.get(code, 0) + count
        hours += local
        _widen(entry, first, last)
    if count or returns:
        money = entry.currencies.setdefault(currency, CurrencyStats())
        money.order_count += count
        money.net_total_amount += net
        if count:
            _widen(money, first, last)


def _widen(entry: OrderStats | CurrencyStats, first: dt.datetime, last: dt.datetime) -> None:
    if entry.first_order_at is None or first < entry.first_order_at:
        entry.first_order_at = first
    if entry.last_order_at is None or last > entry.last_order_at:
        entry.last_order_at = last


def _add_hours(entry: OrderStats, hours: Iterable[int]) -> None:
    """``hours`` count local hours since 1970, a Thursday: day, weekday and hour follow from one."""
    # Plain dicts: a Counter costs more than all the rest here.
    by_hour: dict[int, int] = {}
    by_day: dict[int, int] = {}
    by_weekday: dict[int, int] = {}
    for number in hours:
        day, hour = divmod(number, 24)
        by_hour[hour] = by_hour.get(hour, 0) + 1
        by_day[day] = by_day.get(day, 0) + 1
    for day, count in by_day.items():
        weekday = (day + 3) % 7 + 1
        by_weekday[weekday] = by_weekday.get(weekday, 0) + count
    entry.order_day_count = len(by_day)
    entry.hour_counts = dict(sorted(by_hour.items()))
    entry.weekday_counts = dict(sorted(by_weekday.items()))


def add_products(
    stats: Mapping[UUID, OrderStats],
    orders: QuerySet[Order],
    members: Mapping[UUID, list[UUID]],
    customers: Sequence[UUID] | None,
    owners: Aliases,
) -> None:
    """The database ranks the products of each customer; those of merged ones are ranked here."""
    alone = _sums(narrowed(orders, list(stats), {}, customers)).annotate(
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
    for key, of_customer in groupby(rows, key=itemgetter(0)):
        if key in stats:
            top[key] = [(sku, quantity) for _, sku, quantity, _ in of_customer]
    if members:
        keys = [key for owner, merged in members.items() for key in (owner, *merged)]
        sums: dict[UUID, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for key, sku, quantity in _sums(orders.filter(customer_uuid__among=keys)):
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
