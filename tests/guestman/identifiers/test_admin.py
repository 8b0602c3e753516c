"""Matters that staff settle, values they block, and what a customer is found by."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from guestman.contrib.identifiers.models import BlockedValue, ReviewItem
from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.models import Customer
from guestman.services import customer
from shopman.models import Tenant
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

PHONE, OTHER, EMAIL = "+5511987654321", "+5521976543210", "ana.souza@loja.com.br"
LIST = "/admin/guestman_identifiers/reviewitem/"
BLOCKED = "/admin/guestman_identifiers/blockedvalue/"


def desk(tenant: Tenant, role: str = "clerk") -> Client:
    client = Client()
    client.force_login(member(tenant, role))
    return client


@pytest.fixture
def conflict() -> ReviewItem:
    customer.create(first_name="Ana", email=EMAIL)
    customer.create(first_name="Bia", phone=PHONE)
    found = IdentityResolver().resolve_identity(email=EMAIL, phone=PHONE, source="checkout")
    assert found.review is not None
    return found.review


def test_a_matter_is_looked_at_and_settled(tenant: Tenant, conflict: ReviewItem) -> None:
    staff = desk(tenant)
    listed = staff.get(LIST).content.decode()
    assert "Claims of several customers" in listed
    assert "Ana" in listed
    assert "Bia" in listed
    assert EMAIL not in listed
    page = staff.get(f"{LIST}{conflict.pk}/change/").content.decode()
    assert "nothing was moved" in page
    assert f"{LIST}{conflict.pk}/settle/" in page

    assert staff.post(f"{LIST}{conflict.pk}/settle/", {"reason": ""}).status_code == 200
    staff.post(f"{LIST}{conflict.pk}/settle/", {"reason": "two people"})
    conflict.refresh_from_db()
    assert (conflict.status, conflict.reason) == ("resolved", "two people")
    page = staff.get(f"{LIST}{conflict.pk}/change/").content.decode()
    assert "two people" in page
    assert "/settle/" not in page


def test_who_only_looks_settles_nothing(tenant: Tenant, conflict: ReviewItem) -> None:
    staff = desk(tenant, "read_only")
    assert "/settle/" not in staff.get(f"{LIST}{conflict.pk}/change/").content.decode()
    answer = staff.post(f"{LIST}{conflict.pk}/settle/", {"reason": "x"})
    assert answer.status_code == 403
    conflict.refresh_from_db()
    assert conflict.status == "open"


def test_matters_of_another_shop_are_not_there(other_tenant: Tenant, conflict: ReviewItem) -> None:
    staff = desk(other_tenant, "owner")
    assert "Claims of several" not in staff.get(LIST).content.decode().split("results")[-1]
    assert staff.get(f"{LIST}{conflict.pk}/change/").status_code == 302


def test_a_value_is_blocked_and_unblocked(tenant: Tenant) -> None:
    staff = desk(tenant)
    staff.post(
        f"{BLOCKED}add/", {"family": "phone", "key": "(11) 98765-4321", "reason": "the tablet"}
    )
    row = BlockedValue.objects.get()
    assert (row.key, row.reason) == (PHONE, "the tablet")
    refused = staff.post(f"{BLOCKED}add/", {"family": "phone", "key": "x", "reason": ""})
    assert "not a phone number" in refused.content.decode()
    again = staff.post(f"{BLOCKED}add/", {"family": "phone", "key": PHONE, "reason": ""})
    assert "blocked already" in again.content.decode()
    staff.post(f"{BLOCKED}{row.pk}/unblock/")
    assert not BlockedValue.objects.exists()


def test_the_customers_page_says_what_leads_there(tenant: Tenant, settings: Settings) -> None:
    made = customer.create(first_name="Ana", email=EMAIL)
    IdentityResolver().resolve_identity(
        email=EMAIL, phone=OTHER, record=("order", "1"), source="checkout"
    )
    address = f"/admin/guestman/customer/{made.pk}/change/"
    page = desk(tenant, "owner").get(address).content.decode()
    for text in ("Found by", "Only claimed", "+55 21 97654-3210", "1 record is linked"):
        assert text in page
    settings.SHOPMAN = {**settings.SHOPMAN, "CONTACT_ROLES": ["owner"]}
    masked = desk(tenant, "manager").get(address).content.decode()
    assert "97654-3210" not in masked
    assert EMAIL not in masked


def test_a_customer_nothing_leads_to_has_no_panel(tenant: Tenant) -> None:
    made = Customer.objects.create(code="X")
    page = desk(tenant).get(f"/admin/guestman/customer/{made.pk}/change/").content.decode()
    assert "Found by" not in page
