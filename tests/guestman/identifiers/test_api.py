"""Contacts over HTTP: everything about one customer, and who has a number."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from pytest_django import Settings
from rest_framework.test import APIClient

from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.models import Customer
from guestman.services import contact_point, customer
from shopman import tenancy
from shopman.models import AuditEntry, Tenant
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

PHONE, EMAIL, CPF = "+5511987654321", "ana.souza@loja.com.br", "52998224725"


@pytest.fixture(autouse=True)
def no_turns_taken() -> None:
    cache.clear()


@pytest.fixture
def ana() -> Customer:
    made = customer.create(first_name="Ana", phone=PHONE, email=EMAIL)
    for contact in made.contact_points.all():
        contact_point.verify(contact_point=contact, method="manual")
    return made


def client(tenant: Tenant, role: str = "manager") -> APIClient:
    api = APIClient()
    known = User.objects.filter(username=role).first()
    api.force_login(known or member(tenant, role, username=role))
    return api


def test_who_has_it_and_what_of_it(tenant: Tenant, ana: Customer) -> None:
    bia = customer.create(first_name="Bia", document=CPF)
    answer = client(tenant).get(
        "/api/v1/contacts",
        {"email": EMAIL.upper(), "phone": "(11) 98765-4321", "document": "529.982.247-25"},
    )
    assert answer.status_code == 200
    told = [(each["uuid"], each["matched_by"]) for each in answer.json()["matches"]]
    assert told == [(str(ana.pk), ["email", "phone"]), (str(bia.pk), ["document"])]
    entry = AuditEntry.objects.get(action="contacts.check")
    assert entry.actor_label == "manager"
    assert EMAIL not in str(entry.after)


@pytest.mark.parametrize("query", ["", "?phone=1", "?email=a_b@x.com", "?document=x"])
def test_nobody_has_nonsense_or_a_part(tenant: Tenant, query: str) -> None:
    customer.create(first_name="Ana", email="aXb@x.com")
    answer = client(tenant).get(f"/api/v1/contacts{query}")
    assert answer.json() == {"matches": []}


def test_asking_is_limited(tenant: Tenant, settings: Settings) -> None:
    settings.GUESTMAN = {**settings.GUESTMAN, "IDENTIFIERS": {"CHECKS_PER_MINUTE": 2}}
    api = client(tenant)
    codes = [api.get("/api/v1/contacts?phone=1").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert client(tenant, "owner").get("/api/v1/contacts?phone=1").status_code == 200


def test_who_may_not_see_contacts_sees_masks(
    tenant: Tenant, ana: Customer, settings: Settings
) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "CONTACT_ROLES": ["owner"]}
    api = client(tenant, "clerk")
    match = api.get("/api/v1/contacts", {"phone": PHONE}).json()["matches"][0]
    assert (match["phone"], match["email"]) == ("+55•••••••4321", "a•••@l•••.br")
    everything = api.get(f"/api/v1/contacts/{ana.pk}").content.decode()
    assert PHONE not in everything
    assert EMAIL not in everything


def test_everything_about_one_customer(tenant: Tenant, ana: Customer) -> None:
    for number in range(3):
        IdentityResolver().resolve_identity(email=EMAIL, record=("order", str(number)))
    IdentityResolver().resolve_identity(email=EMAIL, record=("lead", "77"))
    api = client(tenant)
    told = api.get(f"/api/v1/contacts/{ana.pk}").json()
    assert (told["uuid"], told["phone"], told["merged_from"]) == (str(ana.pk), PHONE, [])
    assert {each["kind"] for each in told["identifiers"]} == {"phone", "email"}
    assert [(each["source_type"], each["count"]) for each in told["records"]] == [
        ("lead", 1),
        ("order", 3),
    ]
    assert (told["total_interactions"], told["orders"]) == (4, [])
    assert told["sections"] == {"insight": None}
    assert told["timeline"][0]["action"] == "identity.match"
    assert told["first_contact"] <= told["last_activity"]
    page = api.get(f"/api/v1/contacts/{ana.pk}/records/order?page_size=2").json()
    assert len(page["results"]) == 2
    assert page["results"][0]["evidence"] == "U"
    assert page["next"]


def test_a_merged_customer_is_answered_as_the_survivor(tenant: Tenant, ana: Customer) -> None:
    gone = customer.create(first_name="Ana S.")
    Customer.objects.filter(pk=gone.pk).update(merged_into=ana)
    told = client(tenant).get(f"/api/v1/contacts/{gone.pk}").json()
    assert (told["uuid"], told["merged_from"]) == (str(ana.pk), [str(gone.pk)])


def test_only_staff_of_the_shop_ask(tenant: Tenant, other_tenant: Tenant, ana: Customer) -> None:
    assert APIClient().get("/api/v1/contacts").status_code == 401
    stranger = APIClient()
    stranger.force_login(member(other_tenant, "owner", username="stranger"))
    # Who works for another shop asks that one.
    answer = stranger.get("/api/v1/contacts", {"phone": PHONE})
    assert answer.json() == {"matches": []}
    with tenancy.use(other_tenant):
        theirs = customer.create(first_name="X", phone=PHONE)
    api = client(tenant)
    assert api.get(f"/api/v1/contacts/{theirs.pk}").status_code == 404
    (match,) = api.get("/api/v1/contacts", {"phone": PHONE}).json()["matches"]
    assert match["uuid"] == str(ana.pk)
