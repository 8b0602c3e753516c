"""The numbers that the algorithm pages tell in prose come out of the code."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest

from doorman.conf import DoormanSettings
from doorman.rules import codes
from guestman.contrib.insights.rules import scores
from guestman.contrib.insights.service import InsightService
from guestman.services import customer, group
from offerman.services import price_list, product, quote
from shopman.conf import ShopmanSettings
from shopman.models import Tenant
from shopman.outbox import relay
from tests.docs import pages
from tests.omniman import factories


@pytest.mark.django_db
def test_the_customer_of_the_insights_page(in_tenant: Tenant) -> None:
    page = pages.text("algorithms/insights.md")
    rows = re.findall(r"^\| (\d+) February \| ([\d.]+) \| ?([\d.]*) \| ([\d.]+) \|$", page, re.M)
    assert len(rows) == 3
    buyer = customer.create(first_name="Ana")
    for day, total, refunded, net in rows:
        assert Decimal(total) - Decimal(refunded or 0) == Decimal(net)
        factories.order(
            customer_uuid=buyer.pk,
            placed_at=dt.datetime(2026, 2, int(day), 10, tzinfo=in_tenant.zone),
            total_amount=int(Decimal(total) * 100),
            refunded_amount=int(Decimal(refunded or 0) * 100),
        )
    as_of = dt.datetime(2026, 3, 10, 12, tzinfo=in_tenant.zone)
    found = InsightService.recalculate(buyer.code, as_of=as_of)
    assert found.predicted_value_amount is not None
    assert found.total_value_amount is not None
    told = {
        f"Orders {found.order_count}, net spend {found.net_total_amount / 100:.2f}",
        f"= {found.average_order_amount / 100:.2f}.",
        f"= **{found.days_since_last_order}** local days",
        f"= **{found.average_gap_days:.2f}** days",
        f"R {found.recency_score} (12 days), F {found.frequency_score} (3 orders)",
        f"M {found.monetary_score} (60,000)",
        f"**`{found.segment}`**",
        f"so **{found.churn_risk}**",
        f"**{found.predicted_value_amount:,}**",
        f"{found.total_value_amount:,}. One order",
    }
    joined = " ".join(page.split())
    assert {each for each in told if each not in joined} == set()


def test_the_fifths_of_the_insights_page() -> None:
    spent = range(1, 11)
    by_rank = scores.by_rank([2, 4, 6, 8])
    for amount in spent:
        worse = sum(other < amount for other in spent)
        assert by_rank(amount) == 1 + 5 * worse // len(spent)
    assert (by_rank(3), by_rank(2)) == (2, 1)


@pytest.mark.django_db
def test_the_coffee_of_the_prices_page(in_tenant: Tenant) -> None:
    currency = in_tenant.default_currency
    club = price_list.create(code="club", name="Club", currency=currency)
    coffee = product.create(
        sku="COFFEE", name="Coffee", base_price_amount=3490, currency=currency
    ).uuid
    price_list.add_item(price_list=club.uuid, product=coffee, amount=2990)
    price_list.add_item(
        price_list=club.uuid, product=coffee, amount=2840, minimum_quantity=Decimal(10)
    )
    group.create(code="club", name="Club", price_list_code="club")
    member = customer.create(first_name="Ana", group_code="club").code
    for code, quantities in ((None, [2]), (member, [2]), (member, [10]), (member, [5, 5])):
        asked = [{"sku": "COFFEE", "quantity": Decimal(each)} for each in quantities]
        for line in quote.lines(asked, customer_code=code).lines:
            unit, total = line.unit_price_amount / 100, line.total_amount / 100
            assert f"| {unit:.2f} | {total:.2f}" in pages.text("algorithms/prices.md")


def test_the_waits_of_the_outbox_page() -> None:
    page = pages.text("algorithms/outbox.md")
    last = ShopmanSettings.OUTBOX_MAX_ATTEMPTS
    waits = [int(relay._back_off(attempt).total_seconds()) for attempt in range(1, last)]
    assert f"| seconds until the next | {' | '.join(map(str, waits))} |" in page
    assert f"{sum(waits):,} seconds" in page


def test_the_budgets_of_the_logins_page() -> None:
    page, door = pages.text("algorithms/logins.md"), DoormanSettings
    quarter = door.SENDS_PER_IDENTIFIER_QUARTER_HOUR
    told = [
        f"| one phone number | {quarter} in 15 minutes, {door.SENDS_PER_PHONE_DAY} a day |",
        f"| one e-mail address | {quarter} in 15 minutes, {door.SENDS_PER_EMAIL_DAY} a day |",
        f"| {door.SENDS_PER_ADDRESS_QUARTER_HOUR} in 15 minutes, {door.SENDS_PER_ADDRESS_DAY} a",
        f"| one dial region | {door.SENDS_PER_REGION_DAY} a day |",
        f"| everybody | {door.SENDS_PER_MINUTE} a minute, {door.SENDS_PER_DAY:,} a day |",
        f"| one code | {door.CODE_ATTEMPTS}, then it is closed |",
        f"| {door.FAILURES_PER_IDENTIFIER_HOUR} an hour, {door.FAILURES_PER_IDENTIFIER_DAY} a day",
        f"| {door.FAILURES_PER_ADDRESS_5_MINUTES} in 5 minutes, {door.FAILURES_PER_ADDRESS_DAY} a",
        "in {} seconds, then {}, then {}".format(*door.RESEND_AFTER_SECONDS),
        f"out of {len(codes.UNAMBIGUOUS)} that are not misread",
    ]
    assert [each for each in told if each not in page] == []
    chance = door.FAILURES_PER_IDENTIFIER_DAY / 10**door.SMS_CODE_LENGTH
    assert f"1 in {1 / chance:,.0f} a day, and 1 in {1 / (1 - (1 - chance) ** 365):.0f}" in page
