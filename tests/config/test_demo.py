"""The past of the sample shop: the same in every seed, whole, and never in the future."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

from config.demo import orders, shop

TODAY = dt.datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("America/Sao_Paulo"))


def test_every_seed_tells_the_same_past_moved_along_with_today() -> None:
    later = TODAY + dt.timedelta(days=40)
    first, again = orders.past(today=TODAY), orders.past(today=later)
    assert [each.ref for each in first] == [each.ref for each in again]
    assert {b.placed - a.placed for a, b in zip(first, again, strict=True)} == {
        dt.timedelta(days=40)
    }


def test_it_holds_what_a_shop_sees() -> None:
    past = orders.past(today=TODAY)
    assert len({each.ref for each in past}) == len(past)
    assert all(TODAY - dt.timedelta(days=732) < each.placed < TODAY for each in past)
    channels = Counter(each.origin.code for each in past)
    assert set(channels) == {"till", "web-2024", "phone", orders.FAIR}
    assert any(each.refunded_percent == 100 for each in past)
    assert any(each.ref.startswith("R") for each in past)
    assert any(not each.customer for each in past)
    months = {each.placed.strftime("%Y-%m") for each in past}
    assert len(months) == 25


def test_nobody_buys_before_becoming_a_customer() -> None:
    past = orders.past(today=TODAY)
    since = orders.joined(past, today=TODAY)
    assert set(since) == {each.code for each in shop.customers()}
    for order in past:
        if order.customer:
            assert since[order.customer] < order.placed
