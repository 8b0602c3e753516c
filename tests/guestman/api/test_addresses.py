"""Addresses over HTTP."""

from __future__ import annotations

import uuid

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from guestman.models import Customer, CustomerAddress
from guestman.services import customer
from tests.guestman.api.conftest import AUTH
from tests.guestman.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

HOME = {"label": "Home", "street": "Rua Augusta", "number": "100", "city": "São Paulo"}


@pytest.fixture
def ana() -> Customer:
    return customer.create(code="ana", first_name="Ana")


@pytest.fixture
def addresses(ana: Customer) -> str:
    return f"/api/v1/customers/{ana.uuid}/addresses"


def test_the_first_address_is_the_default_and_its_country_the_shops(
    api: APIClient, addresses: str
) -> None:
    answer = api.post(addresses, HOME)
    body = answer.json()
    assert answer.status_code == 201, body
    assert (answer["Location"], answer["ETag"]) == (f"{addresses}/{body['uuid']}", '"1"')
    row = CustomerAddress.objects.get()
    assert (row.country, row.is_default, row.purpose) == ("BR", True, "delivery")
    assert api.get(answer["Location"]).json() == body


def test_the_same_key_adds_one_address(api: APIClient, addresses: str) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    assert (
        api.post(addresses, HOME, headers=key).json()
        == api.post(addresses, HOME, headers=key).json()
    )
    assert CustomerAddress.objects.count() == 1


def test_an_address_changes_under_its_version(api: APIClient, addresses: str) -> None:
    made = api.post(addresses, HOME).json()
    one = f"{addresses}/{made['uuid']}"
    assert api.patch(one, {"number": "200"}).status_code == 428
    answer = api.patch(one, {"number": "200"}, headers={"If-Match": '"1"'})
    assert (answer.json()["number"], answer["ETag"]) == ("200", '"2"')
    stale = api.patch(one, {"number": "300"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["errors"][0]["field"]) == (412, "number")
    assert api.patch(one, {"purpose": "billing"}, headers={"If-Match": '"2"'}).status_code == 422
    row = CustomerAddress.objects.get()
    assert (row.number, row.purpose) == ("200", "delivery")


def test_another_address_becomes_the_default(api: APIClient, addresses: str) -> None:
    api.post(addresses, HOME)
    second = api.post(addresses, {**HOME, "number": "200"}).json()
    answer = api.post(f"{addresses}/{second['uuid']}/set-default", {})
    assert answer.json()["is_default"] is True
    assert CustomerAddress.objects.get(is_default=True).number == "200"
    listed = api.get(f"{addresses}?is_default=true").json()["results"]
    assert [row["uuid"] for row in listed] == [second["uuid"]]


def test_a_removed_address_is_kept_but_not_shown(api: APIClient, addresses: str) -> None:
    made = api.post(addresses, HOME).json()
    one = f"{addresses}/{made['uuid']}"
    assert api.delete(one).status_code == 428
    assert api.delete(one, headers={"If-Match": '"9"'}).status_code == 412
    assert CustomerAddress.objects.live().exists()
    assert api.delete(one, headers={"If-Match": '"1"'}).status_code == 204
    assert api.get(addresses).json()["results"] == []
    assert api.get(one).status_code == 404
    assert CustomerAddress.objects.get().removed_at is not None


def test_an_address_is_reached_through_its_own_customer_only(
    api: APIClient, addresses: str
) -> None:
    made = api.post(addresses, HOME).json()
    stranger = f"/api/v1/customers/{CustomerFactory().uuid}/addresses/{made['uuid']}"
    assert api.get(stranger).status_code == 404
    assert api.patch(stranger, {"city": "X"}, headers={"If-Match": '"1"'}).status_code == 404
    assert api.delete(stranger, headers={"If-Match": '"1"'}).status_code == 404
    assert api.post(f"{stranger}/set-default", {}).status_code == 404
    assert CustomerAddress.objects.get().city == "São Paulo"


@pytest.mark.parametrize(
    "body",
    [
        {"city": "São Paulo"},
        {**HOME, "country": "Brazil"},
        {**HOME, "country": "1!"},
        {**HOME, "latitude": "100", "longitude": "0"},
        {**HOME, "latitude": "10"},
        {**HOME, "planet": "Mars"},
    ],
)
def test_what_is_no_address_is_refused(
    api: APIClient, addresses: str, body: dict[str, str]
) -> None:
    assert api.post(addresses, body).status_code == 422
    assert not CustomerAddress.objects.exists()


def test_budgets(
    warm: APIClient, addresses: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(AUTH + 9):
        made = warm.post(addresses, HOME).json()
    with django_assert_max_num_queries(AUTH + 2):
        warm.get(addresses)
    with django_assert_max_num_queries(AUTH + 9):
        warm.patch(f"{addresses}/{made['uuid']}", {"number": "1"}, headers={"If-Match": '"1"'})
