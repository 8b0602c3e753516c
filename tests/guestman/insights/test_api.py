"""Insights over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from guestman.contrib.insights.models import CustomerInsight
from guestman.contrib.insights.service import InsightService
from guestman.models import Customer
from shopman import tenancy
from shopman.models import Organization, Tenant
from shopman.tenancy import resolver
from tests.guestman.insights.conftest import NOON, MakeCustomers, Place
from tests.shopman.factories import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(in_tenant: Tenant, settings: Settings) -> Iterator[APIClient]:
    resolver.forget()
    settings.SHOPMAN = {**settings.SHOPMAN, "TENANT_CACHE_SECONDS": 60}
    client = APIClient()
    client.force_login(member(in_tenant, "clerk", username="ana"))
    client.get("/api/v1/insights?page_size=1")
    yield client
    resolver.forget()


def test_a_customers_insight(
    api: APIClient,
    make_customers: MakeCustomers,
    place: Place,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    [customer] = make_customers()
    place(customer, days_ago=12, total_amount=60_000)
    InsightService.recalculate_all(as_of=NOON)
    with django_assert_max_num_queries(4):
        answer = api.get(f"/api/v1/customers/{customer.uuid}/insight")
    assert answer.status_code == 200
    body = answer.json()
    assert body["customer_code"] == customer.code
    assert (body["segment"], body["recency_score"], body["net_total_amount"]) == (
        "recent",
        4,
        60_000,
    )
    assert body["reasons"] == {
        "average_gap_days": "one_order",
        "predicted_value_amount": "one_order",
    }


def test_what_was_never_calculated_is_not_found(
    api: APIClient, make_customers: MakeCustomers
) -> None:
    [customer] = make_customers()
    assert api.get(f"/api/v1/customers/{customer.uuid}/insight").status_code == 404
    assert api.get(f"/api/v1/customers/{uuid4()}/insight").status_code == 404


def test_the_list_is_filtered_and_ordered(
    api: APIClient,
    make_customers: MakeCustomers,
    place: Place,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    lost, fresh, nobody = make_customers(3)
    place(lost, days_ago=300, total_amount=100)
    place(fresh, days_ago=1, total_amount=200)
    InsightService.recalculate_all(as_of=NOON)
    with django_assert_max_num_queries(4):
        listed = api.get("/api/v1/insights").json()["results"]
    assert [row["customer_code"] for row in listed] == [fresh.code, lost.code, nobody.code]
    found = api.get("/api/v1/insights?segment=lost&churn_risk_min=0.8").json()["results"]
    assert [row["customer_code"] for row in found] == [lost.code]
    assert api.get("/api/v1/insights?mood=good").status_code == 400
    assert api.get("/api/v1/insights?ordering=reasons").status_code == 400


def test_the_runs_are_listed(api: APIClient, make_customers: MakeCustomers, place: Place) -> None:
    place(*make_customers())
    run = InsightService.recalculate_all(as_of=NOON)
    [row] = api.get("/api/v1/insights/runs?status=completed").json()["results"]
    assert (row["uuid"], row["status"], row["policy"]) == (str(run.pk), "completed", "thresholds")
    assert row["counts"]["customers"] == 1


def test_members_of_an_organization_see_its_customers_and_shared_ones(
    in_tenant: Tenant, api: APIClient, make_customers: MakeCustomers, place: Place
) -> None:
    shared, own, foreign = make_customers(3)
    north = Organization.objects.create(slug="north", name="North")
    south = Organization.objects.create(slug="south", name="South")
    Customer.objects.filter(pk=own.pk).update(organization=north)
    Customer.objects.filter(pk=foreign.pk).update(organization=south)
    place(shared)
    InsightService.recalculate_all(as_of=NOON)
    user = member(in_tenant, "clerk", username="bia")
    user.memberships.get().organizations.add(north)
    client = APIClient()
    client.force_login(user)
    listed = client.get("/api/v1/insights").json()["results"]
    assert {row["customer_code"] for row in listed} == {shared.code, own.code}
    assert client.get(f"/api/v1/customers/{foreign.uuid}/insight").status_code == 404


def test_strangers_and_other_tenants_see_nothing(
    in_tenant: Tenant, other_tenant: Tenant, api: APIClient, make_customers: MakeCustomers
) -> None:
    assert APIClient().get("/api/v1/insights").status_code == 401
    with tenancy.use(other_tenant):
        stranger = Customer.objects.create(code="X")
        insight = CustomerInsight.objects.create(
            customer=stranger,
            currency="GBP",
            segment="prospect",
            policy="thresholds",
            policy_version="x",
            as_of=NOON,
            calculated_at=NOON,
        )
    assert api.get(f"/api/v1/customers/{insight.customer_id}/insight").status_code == 404
    assert api.get("/api/v1/insights").json()["results"] == []
