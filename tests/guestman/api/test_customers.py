"""Customers over HTTP."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from guestman.models import ContactPoint, Customer
from guestman.services import customer
from shopman import clock, tenancy
from shopman.models import AuditEntry, Membership, Organization, Tenant
from tests.guestman.api.conftest import AUTH, signed_in
from tests.guestman.factories import ContactPointFactory, CustomerFactory, CustomerGroupFactory
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

URL = "/api/v1/customers"


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [row["code"] for row in answer.json()["results"]]


# -- reading --------------------------------------------------------------------------------------


def test_a_customer_is_shown_with_an_etag(api: APIClient) -> None:
    CustomerGroupFactory(code="vip")
    made = customer.create(
        code="ana",
        first_name="Ana",
        phone="11 98765-4321",
        group_code="vip",
        metadata={"size": "M"},
        birth_date=dt.date(1990, 5, 1),
    )
    answer = api.get(f"{URL}/{made.uuid}")
    body = answer.json()
    assert answer.status_code == 200
    assert answer["ETag"] == '"1"'
    assert body["uuid"] == str(made.uuid)
    assert body["phone"] == "+5511987654321"
    assert body["group"] == "vip"
    assert body["metadata"] == {"size": "M"}
    assert body["birth_date"] == "1990-05-01"
    assert body["version"] == 1
    assert "search_text" not in body


def test_only_the_wanted_fields_are_answered(api: APIClient) -> None:
    row = CustomerFactory(code="ana")
    assert api.get(f"{URL}/{row.uuid}?fields=code,version").json() == {"code": "ana", "version": 1}
    assert api.get(f"{URL}?fields=code").json()["results"] == [{"code": "ana"}]
    assert api.get(f"{URL}?fields=search_text").status_code == 400


def test_another_tenants_customer_is_not_there(api: APIClient, other_tenant: Tenant) -> None:
    with tenancy.use(other_tenant):
        foreign = CustomerFactory()
    for path in ("", "/contact-points", "/addresses", "/identities", "/audit", "/price-list"):
        answer = api.get(f"{URL}/{foreign.uuid}{path}")
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    changed = api.patch(f"{URL}/{foreign.uuid}", {"first_name": "X"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 404
    assert api.post(f"{URL}/{foreign.uuid}/deactivate", {"reason": "x"}).status_code == 404
    foreign = Customer.all_tenants.get(pk=foreign.pk)
    assert (foreign.version, foreign.is_active) == (1, True)


def test_members_of_an_organization_see_its_customers_and_the_shared_ones(tenant: Tenant) -> None:
    north, south = (Organization.objects.create(slug=each, name=each) for each in ("n", "s"))
    CustomerFactory(code="north", organization=north)
    hidden = CustomerFactory(code="south", organization=south)
    CustomerFactory(code="shared")
    user = member(tenant, "clerk")
    Membership.objects.get(user=user).organizations.add(north)
    client = signed_in(user)
    assert set(codes(client.get(URL))) == {"north", "shared"}
    assert client.get(f"{URL}/{hidden.uuid}").status_code == 404
    changed = client.patch(f"{URL}/{hidden.uuid}", {"notes": "x"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 404
    assert client.post(URL, {"organization": str(south.uuid)}).status_code == 422
    made = client.post(URL, {"first_name": "New"}).json()
    assert made["organization"] == str(north.uuid)
    assert Customer.objects.get(pk=made["uuid"]).organization_id == north.uuid


def test_filters_narrow_the_list(api: APIClient, clerk: User) -> None:
    with time_machine.travel(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), tick=False):
        customer.create(code="old", status="prospect", source="fair", document="529.982.247-25")
    with time_machine.travel(dt.datetime(2026, 6, 1, tzinfo=dt.UTC), tick=False):
        CustomerGroupFactory(code="vip")
        customer.create(
            code="new",
            group_code="vip",
            assigned_to=clerk.pk,
            phone="(11) 98765-4321",
            email="Ana@Example.com",
        )
        customer.deactivate("old", reason="left")
    expectations = {
        "status=inactive": ["old"],
        "is_active=true": ["new"],
        "source=fair": ["old"],
        "group=vip": ["new"],
        f"assigned_to={clerk.pk}": ["new"],
        "code=old": ["old"],
        "document=529.982.247-25": ["old"],
        "phone=11987654321": ["new"],
        "phone=%2B55 11 98765-4321": ["new"],
        "email=ANA@example.com": ["new"],
        "created_at_after=2026-03-01T00:00:00Z": ["new"],
        "created_at_before=2026-03-01T00:00:00Z": ["old"],
        "updated_at_after=2026-03-01T00:00:00Z": ["new", "old"],
        f"organization={uuid.uuid4()}": [],
        "is_active=0": ["old"],
        "created_at_after=2026-03-01T00:00:00%2B23:59": ["new"],
        f"assigned_to={clerk.pk}.0": ["new"],
    }
    for query, expected in expectations.items():
        assert sorted(codes(api.get(f"{URL}?{query}"))) == expected, query


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("colour=red", "unknown_parameter"),
        ("status=gone", "invalid_filter"),
        ("phone=abc", "invalid_filter"),
        ("email=abc", "invalid_filter"),
        ("ordering=notes", "unknown_ordering"),
        ("cursor=abc", "invalid_cursor"),
        ("page_size=201", "invalid_page_size"),
        ("organization=abc", "invalid_filter"),
        ("created_at_after=0001-01-01T00:00:00%2B14:00", "invalid_filter"),
        ("created_at_before=9999-12-31T23:59:59-14:00", "invalid_filter"),
        ("assigned_to=99999999999999999999", "invalid_filter"),
        ("assigned_to=-1e999999999999", "invalid_filter"),
        ("assigned_to=1.5", "invalid_filter"),
        ("is_active=zz", "invalid_filter"),
        ("status=active&status=inactive", "bad_request"),
        ("is_active=true&is_active=true", "bad_request"),
        ("created_at_after=2026-01-01&created_at_after=2026-01-02", "bad_request"),
    ],
)
def test_what_the_list_does_not_know_is_refused(api: APIClient, query: str, code: str) -> None:
    answer = api.get(f"{URL}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    "text", ["jose alv", "ÁLVARES josé", "98765-4321", "+55 11 98765", "j@ex", "C-77", "529.982"]
)
def test_the_search_box_finds_by_whatever_staff_remember(api: APIClient, text: str) -> None:
    customer.create(
        code="C-77",
        first_name="José",
        last_name="Álvares",
        phone="11987654321",
        email="j@example.com",
        document="52998224725",
    )
    customer.create(code="other", first_name="Maria")
    assert codes(api.get(URL, {"q": text})) == ["C-77"]


def test_a_search_without_a_letter_finds_nobody(api: APIClient) -> None:
    CustomerFactory()
    assert codes(api.get(f"{URL}?q=--")) == []


def test_a_mistyped_name_finds_similar_ones(api: APIClient) -> None:
    CustomerFactory(code="C-1", first_name="João", search_text="joao moura")
    CustomerFactory(code="C-2", first_name="Ana", search_text="ana lima")
    answer = api.get(URL, {"q": "Joao Mouro"})
    assert codes(answer) == ["C-1"]
    assert answer["Shopman-Match"] == "similar"
    assert codes(api.get(URL, {"q": "Joao Mouro", "status": "prospect"})) == []
    assert "Shopman-Match" not in api.get(URL, {"q": "joao"})
    assert codes(api.get(URL, {"q": "Wolfgang"})) == []


def test_recently_updated_come_first_and_pages_hold_together(api: APIClient) -> None:
    at = clock.now()
    for number in range(5):
        CustomerFactory(code=f"c{number}", updated_at=at, created_at=at)
    touched = customer.update("c0", notes="x")
    assert touched.version == 2
    seen: list[str] = []
    address: str | None = f"{URL}?ordering=-updated_at&page_size=2"
    while address:
        answer = api.get(address)
        seen += codes(answer)
        address = answer.json()["next"]
    assert seen[0] == "c0"
    assert sorted(seen) == ["c0", "c1", "c2", "c3", "c4"]


def test_merged_customers_are_not_listed_but_point_to_their_survivor(api: APIClient) -> None:
    survivor = CustomerFactory(code="survivor")
    merged = CustomerFactory(code="merged", merged_into=survivor)
    assert codes(api.get(URL)) == ["survivor"]
    for key in (merged.uuid, survivor.uuid):
        found = api.get(f"{URL}/{key}").json()
        assert (found["uuid"], found["merged_into"]) == (str(survivor.uuid), None)
        assert found["merged_from"] == [str(merged.uuid)]
    assert api.get(f"{URL}/{CustomerFactory().uuid}").json()["merged_from"] == []


def test_the_total_is_counted_on_demand(api: APIClient) -> None:
    CustomerFactory.create_batch(3)
    assert "total" not in api.get(f"{URL}?page_size=1").json()
    assert api.get(f"{URL}?page_size=1&total=1").json()["total"] == 3


# -- who may --------------------------------------------------------------------------------------


def test_visitors_are_asked_to_sign_in() -> None:
    row = CustomerFactory()
    for method, path in (("get", URL), ("post", URL), ("get", f"{URL}/{row.uuid}")):
        assert getattr(APIClient(), method)(path).status_code == 401


def test_staff_of_another_tenant_and_read_only_roles_cannot_write(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    reader = signed_in(member(tenant, "read_only"))
    assert reader.get(URL).status_code == 200
    assert reader.post(URL, {"first_name": "Ana"}).status_code == 403
    assert not Customer.objects.exists()


# -- writing --------------------------------------------------------------------------------------


def test_a_customer_is_created_with_its_contacts(api: APIClient, clerk: User) -> None:
    CustomerGroupFactory(code="vip")
    answer = api.post(
        URL,
        {
            "code": "ana-1",
            "first_name": "Ana",
            "phone": "11 98765-4321",
            "email": "Ana@Example.com",
            "document": "529.982.247-25",
            "group": "vip",
            "assigned_to": clerk.pk,
            "metadata": {"size": "M"},
        },
    )
    body = answer.json()
    assert answer.status_code == 201, body
    assert answer["Location"] == f"{URL}/{body['uuid']}"
    assert answer["ETag"] == '"1"'
    row = Customer.objects.get(pk=body["uuid"])
    assert (row.code, row.phone, row.email) == ("ana-1", "+5511987654321", "ana@example.com")
    assert (row.group.code, row.assigned_to_id, row.source) == ("vip", clerk.pk, "staff")
    assert row.document == "52998224725"
    assert set(ContactPoint.objects.values_list("kind", "evidence")) == {
        ("phone", "A"),
        ("email", "A"),
    }
    entry = AuditEntry.objects.get(action="customer.create")
    assert (entry.actor_kind, entry.actor_label) == ("user", "ana")
    assert entry.request_id


def test_the_same_idempotency_key_creates_once(api: APIClient) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = api.post(URL, {"first_name": "Ana"}, headers=key)
    second = api.post(URL, {"first_name": "Ana"}, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["ETag"] == '"1"'
    assert second["Location"] == first["Location"]
    assert Customer.objects.count() == 1
    assert api.post(URL, {"first_name": "Bia"}, headers=key).status_code == 422


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"surname": "x"}, 422, "invalid"),
        ({"first_name": "x" * 151}, 422, "invalid"),
        ({"status": "inactive"}, 422, "invalid"),
        ({"phone": "123"}, 422, "invalid_phone"),
        ({"email": "nobody"}, 422, "invalid_email"),
        ({"document": "111"}, 422, "invalid_document"),
        ({"document_country": "BR"}, 422, "invalid"),
        ({"group": "nope"}, 422, "unknown_group"),
        ({"assigned_to": 999_999}, 422, "unknown_assignee"),
        ({"code": "taken"}, 409, "code_taken"),
        ({"phone": "+5511987654321"}, 409, "phone_taken"),
        ({"birth_date": "1800-01-01"}, 422, "invalid_birth_date"),
        ({"organization": "00000000-0000-7000-8000-000000000000"}, 422, "invalid"),
    ],
)
def test_what_cannot_be_created_is_refused_and_leaves_nothing(
    api: APIClient, body: dict[str, Any], status: int, code: str
) -> None:
    owner = CustomerFactory(code="taken")
    ContactPointFactory(customer=owner, value="+5511987654321", evidence="V")
    answer = api.post(URL, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
    assert Customer.objects.count() == 1


def test_a_patch_changes_what_was_sent_and_nothing_else(api: APIClient) -> None:
    made = customer.create(first_name="Ana", last_name="Souza", notes="likes tea")
    answer = api.patch(
        f"{URL}/{made.uuid}",
        {"last_name": "Lima", "document": "529.982.247-25", "document_country": "BR"},
        headers={"If-Match": '"1"'},
    )
    assert answer.status_code == 200, answer.json()
    assert answer["ETag"] == '"2"'
    row = Customer.objects.get(pk=made.pk)
    assert (row.first_name, row.last_name, row.notes) == ("Ana", "Lima", "likes tea")
    assert (row.document_kind, row.version) == ("cpf", 2)


def test_a_patch_needs_the_version_it_changes(api: APIClient) -> None:
    made = customer.create(first_name="Ana")
    assert api.patch(f"{URL}/{made.uuid}", {"notes": "x"}).status_code == 428
    customer.update(made.code, first_name="Anna", notes="hers")
    answer = api.patch(f"{URL}/{made.uuid}", {"notes": "mine"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 412
    assert {each["field"] for each in answer.json()["errors"]} == {"first_name", "notes"}
    assert Customer.objects.get(pk=made.pk).notes == "hers"


@pytest.mark.parametrize("field", ["phone", "email", "code", "is_active", "organization"])
def test_a_patch_of_what_changes_elsewhere_is_an_unknown_field(api: APIClient, field: str) -> None:
    made = customer.create(first_name="Ana")
    answer = api.patch(f"{URL}/{made.uuid}", {field: "x"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    assert answer.json()["errors"][0] | {"message": ""} == {
        "field": field,
        "code": "unknown_field",
        "message": "",
    }
    assert Customer.objects.get(pk=made.pk).version == 1


def test_a_group_can_be_taken_away(api: APIClient) -> None:
    CustomerGroupFactory(code="vip")
    made = customer.create(group_code="vip")
    answer = api.patch(f"{URL}/{made.uuid}", {"group": None}, headers={"If-Match": '"1"'})
    assert answer.json()["group"] is None
    assert Customer.objects.get(pk=made.pk).group is None


def test_a_customer_is_deactivated_with_a_reason_and_reactivated(api: APIClient) -> None:
    made = customer.create(first_name="Ana")
    assert api.post(f"{URL}/{made.uuid}/deactivate", {}).status_code == 422
    answer = api.post(f"{URL}/{made.uuid}/deactivate", {"reason": "asked for it"})
    assert (answer.status_code, answer.json()["status"]) == (200, "inactive")
    assert AuditEntry.objects.get(action="customer.deactivate").reason == "asked for it"
    refused = api.patch(f"{URL}/{made.uuid}", {"notes": "x"}, headers={"If-Match": '"2"'})
    assert (refused.status_code, refused.json()["code"]) == (409, "customer_inactive")
    assert api.post(f"{URL}/{made.uuid}/reactivate", {"why": "x"}).status_code == 422
    assert api.post(f"{URL}/{made.uuid}/reactivate").json()["is_active"] is True
    assert Customer.objects.get(pk=made.pk).version == 3


def test_the_price_list_comes_with_its_reason(api: APIClient) -> None:
    CustomerGroupFactory(code="vip", price_list_code="gold")
    made = customer.create(group_code="vip")
    address = f"{URL}/{made.uuid}/price-list"
    assert api.get(address).json() == {"price_list_code": "gold", "reason": "group"}
    customer.deactivate(made.code, reason="x")
    assert api.get(address).json() == {"price_list_code": None, "reason": "inactive_customer"}


def test_the_audit_trail_tells_every_change_newest_first(api: APIClient) -> None:
    made = customer.create(first_name="Ana")
    api.patch(f"{URL}/{made.uuid}", {"first_name": "Anna"}, headers={"If-Match": '"1"'})
    answer = api.get(f"{URL}/{made.uuid}/audit")
    rows = answer.json()["results"]
    assert [row["action"] for row in rows] == ["customer.update", "customer.create"]
    assert rows[0]["before"] == {"first_name": "Ana"}
    assert rows[0]["actor_label"] == "ana"
    narrowed = api.get(f"{URL}/{made.uuid}/audit?action=customer.create").json()["results"]
    assert len(narrowed) == 1


# -- budgets --------------------------------------------------------------------------------------


def test_a_list_costs_one_query_of_its_own(
    warm: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    group = CustomerGroupFactory()
    CustomerFactory.create_batch(50, group=group, search_text="ana")
    with django_assert_max_num_queries(AUTH + 1):
        assert len(warm.get(URL).json()["results"]) == 50
    with django_assert_max_num_queries(AUTH + 1):
        found = warm.get(f"{URL}?q=ana&group={group.code}&ordering=-updated_at").json()["results"]
    assert len(found) == 50


def test_a_retrieve_costs_one_query_of_its_own(
    warm: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    row = CustomerFactory()
    with django_assert_max_num_queries(AUTH + 1):
        warm.get(f"{URL}/{row.uuid}")


def test_writes_keep_their_budgets(
    warm: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(AUTH + 12):
        made = warm.post(URL, {"first_name": "Ana", "phone": "11987654321"}).json()
    with django_assert_max_num_queries(AUTH + 9):
        warm.patch(f"{URL}/{made['uuid']}", {"notes": "x"}, headers={"If-Match": '"1"'})
    with django_assert_max_num_queries(AUTH + 9):
        warm.post(f"{URL}/{made['uuid']}/deactivate", {"reason": "x"})
