from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offerman.errors import InvalidPeriod
from offerman.rules import choice
from offerman.rules.choice import Choice, Offer, Tier
from offerman.rules.validity import Period, any_overlap

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def tier(minimum: str, amount: int, period: Period | None = None) -> Tier:
    return Tier(
        minimum_quantity=Decimal(minimum), unit_price_amount=amount, period=period or Period()
    )


def chosen(*offers: Offer, quantity: str = "1", at: dt.datetime = NOW) -> Choice:
    return choice.choose(
        offers, base_price_amount=1000, currency="BRL", quantity=Decimal(quantity), at=at
    )


def own(*tiers: Tier, **facts: Any) -> Offer:
    return Offer(
        rule=choice.CUSTOMER_LIST, price_list_code="vip", currency="BRL", tiers=tiers, **facts
    )


def of_channel(*tiers: Tier, **facts: Any) -> Offer:
    return Offer(
        rule=choice.CHANNEL_LIST, price_list_code="web", currency="BRL", tiers=tiers, **facts
    )


def test_the_customers_list_wins_even_when_it_is_dearer() -> None:
    found = chosen(own(tier("0", 1200)), of_channel(tier("0", 500)))
    assert (found.rule, found.price_list_code, found.unit_price_amount) == (
        "customer_price_list",
        "vip",
        1200,
    )
    assert [each["outcome"] for each in found.explain["considered"]] == [
        "won",
        "outranked",
        "outranked",
    ]


def test_the_channels_list_wins_over_the_base_price() -> None:
    found = chosen(
        Offer(rule=choice.CUSTOMER_LIST, obstacle="no_customer"), of_channel(tier("0", 2))
    )
    assert (found.rule, found.unit_price_amount) == ("channel_price_list", 2)
    assert [each["outcome"] for each in found.explain["considered"]] == [
        "no_customer",
        "won",
        "outranked",
    ]


def test_without_a_list_the_base_price_holds() -> None:
    found = chosen(own(), of_channel(tier("10", 5)))
    assert (found.rule, found.price_list_code, found.unit_price_amount) == (
        "base_price",
        None,
        1000,
    )
    assert [each["outcome"] for each in found.explain["considered"]] == [
        "not_in_list",
        "no_tier_applies",
        "won",
    ]


@pytest.mark.parametrize(
    ("quantity", "amount"), [("0.5", 1000), ("1", 900), ("9.999", 900), ("10", 800), ("99", 700)]
)
def test_the_largest_reached_tier_wins(quantity: str, amount: int) -> None:
    tiers = (tier("50", 700), tier("1", 900), tier("10", 800))
    assert chosen(own(*tiers), quantity=quantity).unit_price_amount == amount


def test_a_period_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    month = Period(valid_from=NOW, valid_until=NOW + DAY)
    prices = own(tier("0", 5, month))
    moment = dt.timedelta(microseconds=1)
    assert chosen(prices, at=NOW - moment).rule == "base_price"
    assert chosen(prices, at=NOW).rule == "customer_price_list"
    assert chosen(prices, at=NOW + DAY - moment).rule == "customer_price_list"
    assert chosen(prices, at=NOW + DAY).rule == "base_price"


def test_explains_every_tier() -> None:
    found = chosen(
        own(
            tier("0", 950),
            tier("5", 900, Period(valid_from=NOW, valid_until=NOW + DAY)),
            tier("5", 1, Period(valid_until=NOW)),
            tier("5", 2, Period(valid_from=NOW + DAY)),
            tier("50", 700),
        ),
        quantity="7",
    )
    (considered, *_) = found.explain["considered"]
    assert [(each["unit_price_amount"], each["outcome"]) for each in considered["tiers"]] == [
        (950, "larger_tier_won"),
        (1, "no_longer_valid"),
        (900, "won"),
        (2, "not_yet_valid"),
        (700, "quantity_below_minimum"),
    ]
    assert found.explain["quantity"] == "7"


@pytest.mark.parametrize("days", [0, -1])
def test_a_period_ends_after_it_begins(days: int) -> None:
    with pytest.raises(InvalidPeriod):
        Period(valid_from=NOW, valid_until=NOW + days * DAY)


hours = st.none() | st.integers(-50, 50).map(lambda hour: NOW + dt.timedelta(hours=hour))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first, end = draw(hours), draw(hours)
    if first and end:
        first, end = min(first, end), max(first, end) + dt.timedelta(hours=1)
    return Period(valid_from=first, valid_until=end)


@given(st.lists(periods(), max_size=6))
def test_overlap_is_what_looking_at_every_hour_says(found: list[Period]) -> None:
    moments = [NOW + dt.timedelta(hours=hour) for hour in range(-60, 60)]
    shared = any(
        sum(period.standing(moment) == "in_force" for period in found) > 1 for moment in moments
    )
    assert any_overlap(found) == shared
