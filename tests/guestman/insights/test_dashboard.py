"""Segments and churn risk on the dashboard, and recalculating from there."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guestman.contrib.insights import tasks
from guestman.contrib.insights.admin import dashboard
from guestman.contrib.insights.errors import RunInProgress
from guestman.contrib.insights.models import CustomerInsight, InsightRun
from guestman.models import Customer
from shopman import clock
from shopman.dashboard import Scope
from shopman.models import Tenant
from tests.guestman.factories import CustomerFactory
from tests.shopman.factories import OrganizationFactory, member

pytestmark = pytest.mark.django_db
RECALCULATE = "admin:guestman_insights_insightrun_recalculate"


@pytest.fixture(autouse=True)
def _no_kept_numbers() -> None:
    cache.clear()


def insights(count: int, *organizations: object) -> list[CustomerInsight]:
    draw, now = random.Random(count), clock.now()
    rows = []
    for _ in range(count):
        active = draw.random() < 0.8
        owner = CustomerFactory(
            organization=draw.choice([None, *organizations]),
            is_active=active,
            status="active" if active else "inactive",
        )
        rows.append(
            CustomerInsight(
                customer=owner,
                currency="BRL",
                segment=draw.choice(["champion", "lost", "prospect"]),
                churn_risk=draw.choice([None, 0.0, 0.1, 0.3, 0.45, 0.7, 0.8, 0.9, 1.0]),
                policy="thresholds",
                policy_version="1",
                as_of=now,
                calculated_at=now,
                is_stale=draw.random() < 0.2,
            )
        )
    made: list[CustomerInsight] = CustomerInsight.objects.bulk_create(rows)
    return made


def test_counts_are_those_of_the_rows_within_the_scope(in_tenant: Tenant) -> None:
    branch, elsewhere = OrganizationFactory(), OrganizationFactory()
    rows = insights(90, branch, elsewhere)
    CustomerFactory(organization=branch)
    for keys in (frozenset[object](), frozenset([branch.pk])):
        scope = Scope(as_of=clock.now(), organizations=keys)  # type: ignore[arg-type]
        mine = [r for r in rows if not keys or r.customer.organization_id in {None, *keys}]
        facts = dashboard.OVERVIEW.take(scope)
        assert facts["segments"] == Counter(row.segment for row in mine)
        bars = Counter(
            min(round(row.churn_risk * 100) // 10, 9) for row in mine if row.churn_risk is not None
        )
        assert facts["bars"] == [bars[number] for number in range(10)]
        assert facts["without"] == 1
        assert facts["stale"] == sum(row.is_stale for row in mine)
        lost = [r for r in mine if (r.churn_risk or 0) >= 0.7 and r.customer.is_active]
        assert dashboard.RISK.take(scope)["count"] == len(lost)


def test_a_bar_of_churn_risk_leads_to_the_customers_it_counts(in_tenant: Tenant) -> None:
    rows = insights(60)
    client = Client()
    client.force_login(member(in_tenant, "clerk"))
    scope = Scope(as_of=clock.now())
    picture = dashboard.churn(dashboard.OVERVIEW.take(scope), scope)
    assert picture.chart is not None
    series = picture.chart.series[0]
    for value, href in zip(series.values, series.hrefs, strict=True):
        found = client.get(href).context["cl"].queryset
        assert found.count() == value
    assert sum(value or 0 for value in series.values) == sum(r.churn_risk is not None for r in rows)


def test_constant_number_of_queries(in_tenant: Tenant) -> None:
    for count in (4, 40):
        insights(count)
        with CaptureQueriesContext(connection) as queries:
            dashboard.OVERVIEW.take(Scope(as_of=clock.now()))
            dashboard.RISK.take(Scope(as_of=clock.now()))
        assert len(queries) == 6


def test_before_the_first_calculation_it_is_offered(in_tenant: Tenant) -> None:
    CustomerFactory()
    scope = Scope(as_of=clock.now())
    facts = dashboard.OVERVIEW.take(scope)
    for show in (dashboard.segments, dashboard.churn):
        picture = show(facts, scope)
        assert picture.empty == "Nothing was calculated yet."
        assert picture.action is not None
        assert picture.action.href == reverse(RECALCULATE)
    assert dashboard.at_risk(dashboard.RISK.take(scope), scope).value == "–"


def test_missing_and_outdated_numbers_are_said(in_tenant: Tenant) -> None:
    insights(40)
    CustomerFactory()
    scope = Scope(as_of=clock.now())
    picture = dashboard.segments(dashboard.OVERVIEW.take(scope), scope)
    assert "1 customer was not calculated yet." in picture.notes
    assert picture.action is not None
    unknown = dashboard.churn(dashboard.OVERVIEW.take(scope), scope).notes
    assert unknown
    assert unknown[0].startswith("Insufficient data about")


@pytest.mark.parametrize(("role", "status"), [("manager", 302), ("clerk", 403), ("read_only", 403)])
def test_whoever_may_change_in_bulk_recalculates_all(
    in_tenant: Tenant, at_once: None, role: str, status: int
) -> None:
    CustomerFactory()
    client = Client()
    client.force_login(member(in_tenant, role))
    address = reverse(RECALCULATE)
    assert client.get(address).status_code == (200 if status == 302 else status)
    assert client.post(address).status_code == status
    done = InsightRun.objects.filter(status="completed").count()
    assert done == (status == 302)
    assert CustomerInsight.objects.count() == (Customer.objects.count() if done else 0)


def test_a_run_at_work_is_not_started_twice(
    in_tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> None:
        raise RunInProgress

    monkeypatch.setattr(tasks, "dispatch", busy)
    client = Client()
    client.force_login(member(in_tenant, "owner"))
    page = client.post(reverse(RECALCULATE))
    assert page.status_code == 200
    assert str(RunInProgress().detail) in page.content.decode()
