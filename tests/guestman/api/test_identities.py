"""External identities over HTTP."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from guestman.models import Customer, ExternalIdentity
from guestman.services import customer, external_identity
from tests.guestman.api.conftest import AUTH
from tests.guestman.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

ACCOUNT = {"provider": "manychat", "subject": "123", "attributes": {"name": "Ana"}}


@pytest.fixture
def ana() -> Customer:
    return customer.create(code="ana", first_name="Ana")


@pytest.fixture
def identities(ana: Customer) -> str:
    return f"/api/v1/customers/{ana.uuid}/identities"


def test_an_account_is_linked(api: APIClient, ana: Customer, identities: str) -> None:
    answer = api.post(identities, ACCOUNT)
    body = answer.json()
    assert answer.status_code == 201, body
    row = ExternalIdentity.objects.get()
    assert (row.customer, row.attributes) == (ana, {"name": "Ana"})
    assert api.get(answer["Location"]).json() == body


def test_an_account_of_another_customer_is_refused(api: APIClient, identities: str) -> None:
    external_identity.link(customer=CustomerFactory(), provider="manychat", subject="123")
    answer = api.post(identities, ACCOUNT)
    assert (answer.status_code, answer.json()["code"]) == (409, "identity_taken")
    assert ExternalIdentity.objects.count() == 1


def test_an_account_is_unlinked_once_and_kept(api: APIClient, identities: str) -> None:
    made = api.post(identities, ACCOUNT).json()
    answer = api.post(f"{identities}/{made['uuid']}/unlink", {})
    assert (answer.status_code, answer.json()["is_active"]) == (200, False)
    assert api.post(f"{identities}/{made['uuid']}/unlink", {}).status_code == 404
    assert ExternalIdentity.objects.get().unlinked_at is not None
    assert api.get(f"{identities}?is_active=true").json()["results"] == []


def test_an_identity_is_reached_through_its_own_customer_only(
    api: APIClient, identities: str
) -> None:
    made = api.post(identities, ACCOUNT).json()
    stranger = f"/api/v1/customers/{CustomerFactory().uuid}/identities/{made['uuid']}"
    assert api.get(stranger).status_code == 404
    assert api.post(f"{stranger}/unlink", {}).status_code == 404
    assert ExternalIdentity.objects.get().is_active


def test_budgets(
    warm: APIClient, identities: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(AUTH + 9):
        warm.post(identities, ACCOUNT)
    with django_assert_max_num_queries(AUTH + 2):
        warm.get(identities)
