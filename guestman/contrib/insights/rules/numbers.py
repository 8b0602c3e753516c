"""One customer's insight from one customer's order statistics."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from guestman.contrib.insights.rules import value
from guestman.contrib.insights.rules.arithmetic import average_gap, divide, hundredths
from guestman.contrib.insights.rules.parameters import Parameters, Scorer
from guestman.contrib.insights.rules.scores import FEWEST_FOR_QUINTILES
from guestman.contrib.insights.rules.segments import INSUFFICIENT_DATA, PROSPECT
from guestman.protocols.orders import CurrencyStats, OrderStats

Reasons = Mapping[str, str]


class Numbers(NamedTuple):
    """What is stored of a customer and compared to see whether it changed, in column order.

    Amounts in minor units of ``currency``. ``reasons`` says why a field is None: field to code.
    """

    currency: str
    order_count: int
    refund_count: int
    net_total_amount: int
    average_order_amount: int | None
    first_order_at: dt.datetime | None
    last_order_at: dt.datetime | None
    days_since_last_order: int | None
    average_gap_days: Decimal | None
    preferred_weekday: int | None
    preferred_hour: int | None
    channels: list[str]
    favourite_products: list[dict[str, Any]]
    recency_score: int | None
    frequency_score: int | None
    monetary_score: int | None
    segment: str
    churn_risk: float | None
    churn_horizon_days: int | None
    predicted_value_amount: int | None
    value_horizon_days: int | None
    total_value_amount: int | None
    other_currencies: dict[str, dict[str, int]]
    reasons: Reasons
    policy: str
    policy_version: str


#: What an order-less customer lacks.
_LACKING: Final = (
    "recency_score",
    "frequency_score",
    "monetary_score",
    "average_gap_days",
    "churn_risk",
    "predicted_value_amount",
)
_NO_ORDERS: Final = {
    code: dict.fromkeys(_LACKING, code)
    for code in ("no_orders", "only_refunded", "only_returns", "only_other_currencies")
}
_ONE_ORDER: Final = {"average_gap_days": "one_order", "predicted_value_amount": "one_order"}
_NOTHING: Final[dict[str, str]] = {}


class Reading:
    """How statistics are read: for one shop, at one moment, with frozen parameters."""

    def __init__(
        self,
        *,
        parameters: Parameters,
        currency: str,
        as_of: dt.datetime,
        time_zone: zoneinfo.ZoneInfo,
    ) -> None:
        self.parameters = parameters
        self.currency = currency
        self.time_zone = time_zone
        self.as_of = as_of
        self.as_of_on = as_of.astimezone(time_zone).date()
        self._scorer = Scorer.of(parameters)
        #: Of the parameters; costs a digest, so it is taken once.
        self.version = parameters.version
        self._policy = (parameters.policy, self.version)
        self._unranked = _unranked(parameters, self._scorer)
        self._empty = {code: self._prospect(code) for code in _NO_ORDERS}

    def numbers(self, stats: OrderStats | None) -> Numbers:
        """The insight of a customer; ``stats`` is None for one whom the history does not know."""
        if stats is None:
            return self._empty["no_orders"]
        own = stats.currencies.get(self.currency)
        if own is None or not own.order_count or own.last_order_at is None:
            return self._without_orders(stats, own)
        return self._with_orders(stats, own)

    def measures(self, stats: OrderStats) -> tuple[int, int, int] | None:
        """Days since the last order, orders and net spend; None when there is nothing to rank."""
        own = stats.currencies.get(self.currency)
        if own is None or not own.order_count or own.last_order_at is None:
            return None
        last_on = own.last_order_at.astimezone(self.time_zone).date()
        return (self.as_of_on - last_on).days, own.order_count, own.net_total_amount

    def _with_orders(self, stats: OrderStats, own: CurrencyStats) -> Numbers:
        assert own.first_order_at is not None
        assert own.last_order_at is not None
        zone, scorer = self.time_zone, self._scorer
        count, net = own.order_count, own.net_total_amount
        last_on = own.last_order_at.astimezone(zone).date()
        gap = average_gap(own.first_order_at.astimezone(zone).date(), last_on, count)
        days = (self.as_of_on - last_on).days
        recency = scorer.recency(days) if scorer.recency else None
        frequency = scorer.frequency(count) if scorer.frequency else None
        monetary = scorer.monetary(net) if scorer.monetary else None
        predicted = value.projected(
            net_amount=net,
            order_count=count,
            gap=gap,
            horizon_days=scorer.horizon_days,
            floor_days=scorer.floor_days,
        )
        return Numbers(
            self.currency,
            count,
            stats.refund_count,
            net,
            divide(net, count),
            own.first_order_at,
            own.last_order_at,
            days,
            None if gap is None else hundredths(gap),
            _most_frequent(stats.weekday_counts),
            _most_frequent(stats.hour_counts),
            sorted(stats.channel_counts),
            _products(stats),
            recency,
            frequency,
            monetary,
            INSUFFICIENT_DATA
            if recency is None or frequency is None or monetary is None
            else scorer.grid[recency, frequency, monetary],
            scorer.churn(days, gap),
            None,
            predicted,
            scorer.horizon_days,
            None if predicted is None else net + predicted,
            self._others(stats) if len(stats.currencies) > 1 else {},
            self._reasons(count),
            *self._policy,
        )

    def _reasons(self, count: int) -> Reasons:
        if count > 1:
            return self._unranked
        return {**self._unranked, **_ONE_ORDER} if self._unranked else _ONE_ORDER

    def _without_orders(self, stats: OrderStats, own: CurrencyStats | None) -> Numbers:
        others = self._others(stats)
        if any(other["order_count"] for other in others.values()):
            code = "only_other_currencies"
        elif own is not None and own.net_total_amount:
            code = "only_returns"
        else:
            code = "only_refunded" if stats.refund_count else "no_orders"
        return self._empty[code]._replace(
            refund_count=stats.refund_count,
            net_total_amount=own.net_total_amount if own else 0,
            other_currencies=others,
        )

    def _others(self, stats: OrderStats) -> dict[str, dict[str, int]]:
        return {
            currency: {
                "order_count": found.order_count,
                "net_total_amount": found.net_total_amount,
            }
            for currency, found in sorted(stats.currencies.items())
            if currency != self.currency
        }

    def _prospect(self, code: str) -> Numbers:
        return Numbers(
            currency=self.currency,
            order_count=0,
            refund_count=0,
            net_total_amount=0,
            average_order_amount=None,
            first_order_at=None,
            last_order_at=None,
            days_since_last_order=None,
            average_gap_days=None,
            preferred_weekday=None,
            preferred_hour=None,
            channels=[],
            favourite_products=[],
            recency_score=None,
            frequency_score=None,
            monetary_score=None,
            segment=PROSPECT,
            churn_risk=None,
            churn_horizon_days=None,
            predicted_value_amount=None,
            value_horizon_days=self._scorer.horizon_days,
            total_value_amount=None,
            other_currencies={},
            reasons=_NO_ORDERS[code],
            policy=self._policy[0],
            policy_version=self._policy[1],
        )


def _unranked(parameters: Parameters, scorer: Scorer) -> dict[str, str]:
    """Why some scores cannot be given to anybody."""
    missing = [
        f"{name}_score"
        for name in ("recency", "frequency", "monetary")
        if getattr(scorer, name) is None
    ]
    if not missing:
        return _NOTHING
    found = parameters.breakpoints
    if found is None:
        code = "no_breakpoints"
    else:
        few = found.customer_count < FEWEST_FOR_QUINTILES
        code = "too_few_customers" if few else "all_equal"
    return dict.fromkeys(missing, code)


def _most_frequent(counts: Mapping[int, int]) -> int | None:
    """The key with the largest count; of equal ones the smallest key."""
    best, most = None, 0
    for key, count in counts.items():
        if count > most or (count == most and best is not None and key < best):
            best, most = key, count
    return best


def _products(stats: OrderStats) -> list[dict[str, Any]]:
    return [
        {"sku": found.sku, "quantity": _plain(found.quantity)} for found in stats.top_products[:5]
    ]


def _plain(quantity: Decimal) -> int | str:
    """A JSON number when whole, else a decimal string: never a binary fraction."""
    whole = int(quantity)
    return whole if whole == quantity else format(quantity.normalize(), "f")
