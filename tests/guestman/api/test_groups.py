"""Customer groups over HTTP."""

from __future__ import annotations

import uuid

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from guestman.models import CustomerGroup
from shopman import tenancy
from shopman.models import AuditEntry, Tenant
from tests.guestman.api.conftest import AUTH, signed_in
from tests.guestman.factories import CustomerGroupFactory
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

URL = "/api/v1/customer-groups"


@pytest.fixture
def api(tenant: Tenant) -> APIClient:
    """Whoever sets prices says which group has which list."""
    return signed_in(member(tenant, "manager", username="ana"))


def test_a_group_is_created_once_for_one_key(api: APIClient) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"code": "vip", "name": "VIP", "price_list_code": "gold", "priority": 5}
    answers = [api.post(URL, body, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    row = CustomerGroup.objects.get()
    assert (row.code, row.price_list_code, row.priority, row.is_default) == (
        "vip",
        "gold",
        5,
        False,
    )
    assert answers[1]["Location"] == f"{URL}/{row.uuid}"
    assert AuditEntry.objects.filter(action="group.create").count() == 1


def test_a_code_is_taken_once_for_each_tenant(api: APIClient, other_tenant: Tenant) -> None:
    with tenancy.use(other_tenant):
        CustomerGroupFactory(code="vip")
    assert api.post(URL, {"code": "vip", "name": "VIP"}).status_code == 201
    answer = api.post(URL, {"code": "vip", "name": "Other"})
    assert (answer.status_code, answer.json()["code"]) == (409, "group_code_taken")
    assert CustomerGroup.objects.count() == 1


def test_a_group_changes_under_its_version_and_keeps_its_code(api: APIClient) -> None:
    row = CustomerGroupFactory(code="vip", name="VIP")
    one = f"{URL}/{row.uuid}"
    assert api.get(one)["ETag"] == '"1"'
    assert api.patch(one, {"name": "Gold"}).status_code == 428
    assert api.patch(one, {"code": "x"}, headers={"If-Match": '"1"'}).status_code == 422
    answer = api.patch(one, {"name": "Gold"}, headers={"If-Match": '"1"'})
    assert (answer.json()["name"], answer["ETag"]) == ("Gold", '"2"')
    stale = api.patch(one, {"name": "Silver"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["errors"][0]["field"]) == (412, "name")
    assert CustomerGroup.objects.get().name == "Gold"


def test_one_group_is_the_default(api: APIClient) -> None:
    first, second = CustomerGroupFactory(is_default=True), CustomerGroupFactory()
    assert api.post(f"{URL}/{second.uuid}/set-default", {}).json()["is_default"] is True
    assert list(CustomerGroup.objects.filter(is_default=True)) == [second]
    first.refresh_from_db()
    assert not first.is_default


def test_another_tenants_group_is_not_there(api: APIClient, other_tenant: Tenant) -> None:
    with tenancy.use(other_tenant):
        foreign = CustomerGroupFactory()
    assert api.get(f"{URL}/{foreign.uuid}").status_code == 404
    changed = api.patch(f"{URL}/{foreign.uuid}", {"name": "X"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 404
    assert api.post(f"{URL}/{foreign.uuid}/set-default", {}).status_code == 404
    assert api.get(URL).json()["results"] == []


def test_the_most_important_come_first(api: APIClient) -> None:
    CustomerGroupFactory(code="low", priority=1)
    CustomerGroupFactory(code="high", priority=9)
    assert [row["code"] for row in api.get(URL).json()["results"]] == ["high", "low"]
    assert [row["code"] for row in api.get(f"{URL}?code=low").json()["results"]] == ["low"]


def test_budgets(warm: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    row = CustomerGroupFactory()
    with django_assert_max_num_queries(AUTH + 1):
        warm.get(URL)
    with django_assert_max_num_queries(AUTH + 1):
        warm.get(f"{URL}/{row.uuid}")
    with django_assert_max_num_queries(AUTH + 7):
        warm.patch(f"{URL}/{row.uuid}", {"name": "X"}, headers={"If-Match": '"1"'})
