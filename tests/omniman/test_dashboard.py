"""What orders say on the dashboard."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from omniman.admin import dashboard
from shopman.dashboard import Scope
from shopman.keys import uuid7
from shopman.models import Tenant
from tests.omniman.factories import ChannelFactory, order_row
from tests.shopman.factories import member

pytestmark = pytest.mark.django_db
#: 24 November 2026, 09:30 in the shop.
NOW = dt.datetime(2026, 11, 24, 12, 30, tzinfo=dt.UTC)
SCOPE = Scope(as_of=NOW)


@pytest.fixture(autouse=True)
def _no_kept_numbers() -> None:
    cache.clear()


def sell(tenant: Tenant, local: str, amount: int = 1000, **facts: object) -> None:
    moment = dt.datetime.fromisoformat(local).replace(tzinfo=tenant.zone)
    row = order_row(placed_at=moment.astimezone(dt.UTC), total_amount=amount, **facts)
    row.save()


def test_revenue_has_this_year_beside_last_year_and_other_currencies_apart(
    in_tenant: Tenant,
) -> None:
    sell(in_tenant, "2026-01-01T00:00", 5000, refunded_amount=1000)
    sell(in_tenant, "2025-12-31T23:59", 700)
    sell(in_tenant, "2025-01-15T12:00", 300, status="cancelled")
    sell(in_tenant, "2024-12-31T23:59", 900)
    sell(in_tenant, "2026-11-24T10:00", 90)
    sell(in_tenant, "2026-06-01T12:00", 2500, currency="EUR")
    picture = dashboard.revenue(dashboard.SALES.take(SCOPE), SCOPE)
    assert picture.chart is not None
    now, before = picture.chart.series
    assert (now.name, before.name) == ("2026", "2025")
    assert now.values == [4000, *[0] * 10, None]
    assert before.values == [*[0] * 11, 700]
    assert picture.notes == ["Not counted: €25.00 in 1 order in another currency."]


def test_channels_count_twelve_months_the_busiest_first(in_tenant: Tenant) -> None:
    counter = ChannelFactory(code="counter", name="Counter")
    sell(in_tenant, "2026-11-01T12:00", channel=counter)
    for day in ("2025-12-01", "2026-03-04"):
        sell(in_tenant, f"{day}T00:00")
    sell(in_tenant, "2025-11-30T23:59", channel=counter)
    sell(in_tenant, "2026-05-05T12:00", channel=counter, status="cancelled")
    picture = dashboard.channels(dashboard.SALES.take(SCOPE), SCOPE)
    assert picture.chart is not None
    named = [each.label for each in picture.chart.categories]
    assert named == ["Web", "Counter"]
    assert picture.chart.series[0].values == [2, 1]


def test_this_month_is_compared_up_to_the_same_day_and_time(in_tenant: Tenant) -> None:
    for local, amount in (
        ("2026-11-01T00:00", 3000),
        ("2026-10-24T09:29", 2000),
        ("2026-10-24T09:31", 9000),
        ("2026-09-30T23:59", 9000),
    ):
        sell(in_tenant, local, amount)
    sell(in_tenant, "2026-11-02T12:00", 500, currency="EUR")
    facts = dashboard.MONTH.take(SCOPE)
    told = dashboard.revenue_this_month(facts, SCOPE)
    assert told.value == "R$30.00"
    assert told.note == "50% more than to the same day last month"
    assert dashboard.orders_this_month(facts, SCOPE).value == "2"


def test_a_bar_leads_to_the_orders_it_counts(in_tenant: Tenant) -> None:
    sell(in_tenant, "2026-10-31T23:59", customer_code="LATE")
    sell(in_tenant, "2026-11-01T00:00", customer_code="EARLY")
    client = Client()
    client.force_login(member(in_tenant, "clerk"))
    with time_machine.travel(NOW, tick=False):
        picture = dashboard.revenue(dashboard.SALES.take(SCOPE), SCOPE)
        assert picture.chart is not None
        href = picture.chart.series[0].hrefs[9]
        rows = client.get(href).context["cl"].queryset
    assert [row.customer_code for row in rows] == ["LATE"]


def test_new_and_returning_are_told_with_guests_apart(in_tenant: Tenant) -> None:
    somebody = uuid7()
    sell(in_tenant, "2026-09-10T12:00", customer_uuid=somebody)
    sell(in_tenant, "2026-10-10T12:00", customer_uuid=somebody)
    sell(in_tenant, "2026-10-11T12:00", customer_uuid=somebody)
    sell(in_tenant, "2026-10-12T12:00")
    picture = dashboard.customers(dashboard.CUSTOMERS.take(SCOPE), SCOPE)
    assert picture.chart is not None
    new, returning, guests = (list(each.values) for each in picture.chart.series)
    assert new[-3:] == [1, 0, 0]
    assert returning[-3:] == [0, 1, 0]
    assert guests[-3:] == [0, 1, 0]


def test_constant_number_of_queries(in_tenant: Tenant) -> None:
    for day in (10, 11):
        for hour in range(12):
            sell(in_tenant, f"2026-11-{day}T{hour:02}:00", customer_uuid=uuid7())
        with CaptureQueriesContext(connection) as queries:
            for measure in (dashboard.SALES, dashboard.MONTH, dashboard.CUSTOMERS):
                measure.take(SCOPE)
        # Sales and the channels' names; both stretches; customers and guests.
        assert len(queries) == 6


def test_without_orders_there_are_sentences_and_no_axes(in_tenant: Tenant) -> None:
    for measure, show in (
        (dashboard.SALES, dashboard.revenue),
        (dashboard.SALES, dashboard.channels),
        (dashboard.CUSTOMERS, dashboard.customers),
    ):
        picture = show(measure.take(SCOPE), SCOPE)
        assert picture.empty
        assert picture.chart is None
    assert dashboard.revenue_this_month(dashboard.MONTH.take(SCOPE), SCOPE).value == "R$0.00"
