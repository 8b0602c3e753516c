"""What an insight should be, order by order, without any code of the project.

Exact fractions, one customer at a time, written from the description of the numbers.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

from tests.guestman.insights.memory import PlacedOrder


def expected(
    orders: Iterable[PlacedOrder],
    *,
    as_of: dt.datetime,
    zone: zoneinfo.ZoneInfo,
    currency: str,
) -> dict[str, Any]:
    """The stored numbers of a customer with these orders, by the threshold policy."""
    past = [o for o in orders if o.placed_at < as_of and o.status != "cancelled"]
    own = [o for o in past if o.currency == currency]
    sales = [o for o in past if o.kind == "sale" and not 0 < o.total_amount <= o.refunded_amount]
    counted = sorted((o for o in sales if o.currency == currency), key=lambda o: o.placed_at)
    net = sum(o.total_amount - o.refunded_amount for o in own)
    count = len(counted)
    answer: dict[str, Any] = {
        "order_count": count,
        "refund_count": len([o for o in past if o.kind == "sale" and o not in sales]),
        "net_total_amount": net,
        "segment": "prospect",
        "churn_risk": None,
        "predicted_value_amount": None,
    }
    if not count:
        return answer
    first, last = (o.placed_at.astimezone(zone).date() for o in (counted[0], counted[-1]))
    days = (as_of.astimezone(zone).date() - last).days
    gap = None
    if count > 1:
        gap = (Decimal((last - first).days) / (count - 1)).quantize(
            Decimal("0.01"), ROUND_HALF_EVEN
        )
    r = next((s for bound, s in ((7, 5), (30, 4), (90, 3), (180, 2)) if days <= bound), 1)
    f = next((s for bound, s in ((20, 5), (10, 4), (5, 3), (2, 2)) if count >= bound), 1)
    m = next(
        (
            s
            for bound, s in ((1_000_000, 5), (500_000, 4), (200_000, 3), (50_000, 2))
            if net >= bound
        ),
        1,
    )
    local = [o.placed_at.astimezone(zone) for o in sales]
    answer |= {
        "average_order_amount": round(Fraction(net, count)),
        "first_order_at": counted[0].placed_at,
        "last_order_at": counted[-1].placed_at,
        "days_since_last_order": days,
        "average_gap_days": gap,
        "preferred_weekday": _mode(o.isoweekday() for o in local),
        "preferred_hour": _mode(o.hour for o in local),
        "channels": sorted({o.channel for o in sales}),
        "favourite_products": _favourites(sales),
        "recency_score": r,
        "frequency_score": f,
        "monetary_score": m,
        "segment": _segment(r, f, m),
        "churn_risk": _churn(days, gap),
    }
    if gap is not None:
        pace = max(Fraction(gap), Fraction(7))
        answer["predicted_value_amount"] = round(Fraction(net, count) * 365 / pace)
        answer["total_value_amount"] = net + answer["predicted_value_amount"]
    return answer


def _mode(values: Iterable[int]) -> int:
    counts = Counter(values)
    return min(counts, key=lambda key: (-counts[key], key))


def _favourites(sales: Sequence[PlacedOrder]) -> list[dict[str, Any]]:
    quantities: Counter[str] = Counter()
    for order in sales:
        quantities.update(order.quantities)
    ranked = sorted(quantities.items(), key=lambda item: (-item[1], item[0]))[:5]
    return [{"sku": sku, "quantity": quantity} for sku, quantity in ranked]


def _segment(r: int, f: int, m: int) -> str:
    if r + f + m >= 13:
        return "champion"
    if r >= 4:
        return "loyal" if f >= 3 else "recent"
    if r <= 2:
        return "at_risk" if f >= 3 else "lost"
    return "regular"


def _churn(days: int, gap: Decimal | None) -> float:
    if gap:
        ratio = Fraction(days) / Fraction(gap)
        return 0.9 if ratio > 3 else 0.7 if ratio > 2 else 0.4 if ratio > Fraction(3, 2) else 0.1
    return 0.8 if days > 90 else 0.5 if days > 60 else 0.3 if days > 30 else 0.1
