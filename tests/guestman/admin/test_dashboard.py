"""What customers say on the dashboard, against plain loops over the same rows."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guestman.admin import dashboard
from guestman.models import Customer
from shopman import clock
from shopman.dashboard import Scope
from shopman.models import Tenant
from tests.guestman.factories import CustomerFactory
from tests.shopman.factories import OrganizationFactory

pytestmark = pytest.mark.django_db
#: A Monday evening in the shop, already Tuesday in UTC.
NOW = dt.datetime(2026, 6, 2, 1, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _no_kept_numbers() -> None:
    cache.clear()


def people(count: int, *organizations: object) -> list[Customer]:
    draw = random.Random(count)
    rows = []
    for _ in range(count):
        status = draw.choice(list(Customer.Status))
        rows.append(
            CustomerFactory(
                status=status,
                is_active=status != "inactive",
                created_at=NOW - dt.timedelta(minutes=draw.randrange(60 * 24 * 45)),
                organization=draw.choice([None, *organizations]),
            )
        )
    return rows


def test_customers_are_counted_by_local_day_and_status_within_the_scope(
    in_tenant: Tenant,
) -> None:
    branch, elsewhere = OrganizationFactory(), OrganizationFactory()
    rows = people(80, branch, elsewhere)
    merged = CustomerFactory(created_at=NOW - dt.timedelta(hours=1), merged_into=rows[0])
    days = [dt.date(2026, 6, 1) - dt.timedelta(days=ago) for ago in reversed(range(30))]
    for keys in (frozenset[object](), frozenset([branch.pk])):
        scope = Scope(as_of=NOW, organizations=keys)  # type: ignore[arg-type]
        mine = [r for r in rows if not keys or r.organization_id in {None, *keys}]
        by_day = Counter(r.created_at.astimezone(in_tenant.zone).date() for r in mine)
        facts = dashboard.SIGN_UPS.take(scope)
        assert facts["counts"] == [by_day[day] for day in days]
        newest = sorted(mine, key=lambda r: (r.created_at, r.pk), reverse=True)[:10]
        assert [row[0] for row in facts["latest"]] == [r.pk for r in newest]
        assert merged.pk not in {row[0] for row in facts["latest"]}
        assert dashboard.STATUSES.take(scope) == Counter(r.status for r in mine)


def test_measures_ask_a_constant_number_of_queries(in_tenant: Tenant) -> None:
    for count in (3, 30):
        people(count)
        with CaptureQueriesContext(connection) as queries:
            dashboard.SIGN_UPS.take(Scope(as_of=clock.now()))
            dashboard.STATUSES.take(Scope(as_of=clock.now()))
        assert len(queries) == 3


def test_a_bar_leads_to_the_customers_it_counts(desk: Client, in_tenant: Tenant) -> None:
    """The last minute of a local day is within, the first of the next is not."""
    zone = in_tenant.zone
    for name, text in (("Late", "2026-05-30T23:59:59"), ("Early", "2026-05-31T00:00:00")):
        local = dt.datetime.fromisoformat(text).replace(tzinfo=zone)
        CustomerFactory(first_name=name, created_at=local.astimezone(dt.UTC))
    with time_machine.travel(NOW, tick=False):
        picture = dashboard.sign_ups(dashboard.SIGN_UPS.take(Scope(as_of=NOW)), Scope(as_of=NOW))
        assert picture.chart is not None
        series = picture.chart.series[0]
        hrefs = [href for href in series.hrefs if href]
        assert len(hrefs) == 2
        page = desk.get(hrefs[0]).content.decode()
    assert "Late" in page
    assert "Early" not in page


def test_a_shop_without_customers_says_so(in_tenant: Tenant) -> None:
    scope = Scope(as_of=NOW)
    for measure, show in (
        (dashboard.SIGN_UPS, dashboard.sign_ups),
        (dashboard.SIGN_UPS, dashboard.latest),
        (dashboard.STATUSES, dashboard.statuses),
    ):
        picture = show(measure.take(scope), scope)
        assert picture.empty
        assert picture.chart is None
