"""Contact points over HTTP."""

from __future__ import annotations

import uuid

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from guestman.models import ContactPoint, ContactVerification, Customer
from guestman.services import customer
from tests.guestman.api.conftest import AUTH
from tests.guestman.factories import ContactPointFactory, CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

CHECKED = {"reference": "called the number"}


def points(row: Customer) -> str:
    return f"/api/v1/customers/{row.uuid}/contact-points"


@pytest.fixture
def ana() -> Customer:
    return customer.create(code="ana", first_name="Ana", phone="11987654321")


def test_a_contact_is_added_unverified(api: APIClient, ana: Customer) -> None:
    answer = api.post(points(ana), {"kind": "email", "value": "Ana@Example.com"})
    body = answer.json()
    assert answer.status_code == 201, body
    assert answer["Location"] == f"{points(ana)}/{body['uuid']}"
    row = ContactPoint.objects.get(pk=body["uuid"])
    assert (row.canonical, row.evidence, row.is_primary) == ("ana@example.com", "A", True)
    ana.refresh_from_db()
    assert ana.email == "ana@example.com"
    assert api.get(answer["Location"]).json() == body


def test_the_list_tells_released_ones_apart(api: APIClient, ana: Customer) -> None:
    phone = ContactPoint.objects.get()
    api.post(points(ana), {"kind": "email", "value": "ana@example.com"})
    assert api.post(f"{points(ana)}/{phone.uuid}/release", {}).json()["released_at"]
    kinds = [row["kind"] for row in api.get(points(ana)).json()["results"]]
    assert kinds == ["phone", "email"]
    live = api.get(f"{points(ana)}?released=false").json()["results"]
    assert [row["kind"] for row in live] == ["email"]
    ana.refresh_from_db()
    assert ana.phone == ""


def test_staff_vouch_for_a_contact_and_say_how_they_checked(api: APIClient, ana: Customer) -> None:
    phone = ContactPoint.objects.get()
    assert api.post(f"{points(ana)}/{phone.uuid}/verify", {}).status_code == 422
    answer = api.post(f"{points(ana)}/{phone.uuid}/verify", CHECKED)
    assert answer.json()["verification_method"] == "manual"
    phone.refresh_from_db()
    assert (phone.evidence, phone.verified_at is not None) == ("V", True)
    assert ContactVerification.objects.get().reference == "called the number"


def test_a_contact_verified_for_another_cannot_be_vouched_for(
    api: APIClient, ana: Customer
) -> None:
    phone = ContactPoint.objects.get()
    ContactPointFactory(value=phone.value, evidence="V")
    answer = api.post(f"{points(ana)}/{phone.uuid}/verify", CHECKED)
    assert (answer.status_code, answer.json()["code"]) == (409, "phone_taken")
    phone.refresh_from_db()
    assert phone.evidence == "A"


def test_another_contact_becomes_primary(api: APIClient, ana: Customer) -> None:
    added = api.post(points(ana), {"kind": "phone", "value": "11912345678"}).json()
    assert added["is_primary"] is False
    assert api.post(f"{points(ana)}/{added['uuid']}/make-primary", {}).json()["is_primary"] is True
    ana.refresh_from_db()
    assert ana.phone == "+5511912345678"
    assert ContactPoint.objects.filter(is_primary=True).count() == 1


def test_the_phone_changes_and_the_old_one_is_released(api: APIClient, ana: Customer) -> None:
    answer = api.post(f"{points(ana)}/change-phone", {"phone": "11 91234-5678", **CHECKED})
    assert answer.status_code == 200, answer.json()
    ana.refresh_from_db()
    assert ana.phone == "+5511912345678"
    old = ContactPoint.objects.get(match_key="+5511987654321")
    assert old.released_at is not None
    assert ContactPoint.objects.get(match_key="+5511912345678").evidence == "V"


def test_a_mistyped_contact_is_removed_and_a_verified_one_is_not(
    api: APIClient, ana: Customer
) -> None:
    phone = ContactPoint.objects.get()
    added = api.post(points(ana), {"kind": "email", "value": "ana@example.com"}).json()
    assert api.delete(f"{points(ana)}/{added['uuid']}").status_code == 204
    assert list(ContactPoint.objects.all()) == [phone]
    api.post(f"{points(ana)}/{phone.uuid}/verify", CHECKED)
    answer = api.delete(f"{points(ana)}/{phone.uuid}")
    assert (answer.status_code, answer.json()["code"]) == (409, "contact_verified")
    assert ContactPoint.objects.exists()


def test_a_contact_is_reached_through_its_own_customer_only(api: APIClient, ana: Customer) -> None:
    stranger = CustomerFactory()
    phone = ContactPoint.objects.get()
    for action in ("verify", "make-primary", "release"):
        answer = api.post(f"{points(stranger)}/{phone.uuid}/{action}", CHECKED)
        assert answer.status_code in (404, 422)
    assert api.get(f"{points(stranger)}/{phone.uuid}").status_code == 404
    assert api.delete(f"{points(stranger)}/{phone.uuid}").status_code == 404
    assert api.get(f"{points(ana)}/{uuid.uuid4()}").status_code == 404
    phone.refresh_from_db()
    assert (phone.evidence, phone.released_at) == ("A", None)


def test_nothing_is_added_to_an_inactive_customer(api: APIClient, ana: Customer) -> None:
    customer.deactivate("ana", reason="left")
    answer = api.post(points(ana), {"kind": "email", "value": "ana@example.com"})
    assert (answer.status_code, answer.json()["code"]) == (409, "customer_inactive")
    assert ContactPoint.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "fax", "value": "1"}, "invalid"),
        ({"kind": "phone", "value": "abc"}, "invalid_phone"),
        ({"kind": "phone"}, "invalid"),
        ({"kind": "phone", "value": "11912345678", "evidence": "V"}, "invalid"),
    ],
)
def test_what_is_no_contact_is_refused(
    api: APIClient, ana: Customer, body: dict[str, str], code: str
) -> None:
    answer = api.post(points(ana), body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert ContactPoint.objects.count() == 1


def test_budgets(
    warm: APIClient, ana: Customer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    phone = ContactPoint.objects.get()
    with django_assert_max_num_queries(AUTH + 2):
        warm.get(points(ana))
    with django_assert_max_num_queries(AUTH + 3):
        warm.get(f"{points(ana)}/{phone.uuid}")
    with django_assert_max_num_queries(AUTH + 14):
        warm.post(points(ana), {"kind": "email", "value": "ana@example.com"})
    with django_assert_max_num_queries(AUTH + 16):
        warm.post(f"{points(ana)}/{phone.uuid}/verify", CHECKED)
