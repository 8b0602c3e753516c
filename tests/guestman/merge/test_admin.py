"""Merging in the admin: who may, what is shown, and what cannot be sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from guestman.contrib.merge.admin.comparison import address
from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service import execute, preview
from guestman.models import Customer
from guestman.services import customer
from shopman import tenancy
from shopman.models import Membership, MembershipOrganization, Organization, Tenant
from tests.shopman.factories import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(tenant: Tenant) -> Iterator[Tenant]:
    with tenancy.use(tenant):
        yield tenant


@pytest.fixture
def desk(shop: Tenant) -> Client:
    client = Client()
    client.force_login(member(shop, "manager", username="bia"))
    return client


def pair() -> tuple[Customer, Customer]:
    one = customer.create(code="ONE", first_name="Ana", phone="11987654321")
    return one, customer.create(code="TWO", first_name="Ana", last_name="Souza")


def test_the_page_shows_both_and_merges_what_it_showed(desk: Client) -> None:
    one, two = pair()
    shown = desk.get(f"{address(one, two)}?keep={two.pk}")
    assert shown.context["survivor"] == two
    digest = preview(survivor=two, duplicate=one).digest
    assert digest in shown.content.decode()
    answer = desk.post(address(one, two), {"digest": digest, "reason": "Same voice"})
    assert answer["Location"].endswith(f"/customer/{two.pk}/change/")
    merge = Merge.objects.get()
    assert (merge.survivor, merge.duplicate, merge.reason) == (two, one, "Same voice")
    assert merge.actor == "bia"


def test_a_stale_preview_is_shown_anew(desk: Client) -> None:
    one, two = pair()
    stale = preview(survivor=one, duplicate=two).digest
    customer.update("TWO", notes="Rings twice")
    answer = desk.post(address(one, two), {"digest": stale, "reason": "Same"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "changed since the preview" in page
    assert preview(survivor=one, duplicate=two).digest in page
    assert not Merge.objects.exists()


def test_nothing_but_the_pages_own_two_is_merged(desk: Client) -> None:
    one, two = pair()
    three = customer.create(code="THREE")
    foreign = preview(survivor=one, duplicate=three).digest
    for digest in (foreign, "nonsense", ""):
        answer = desk.post(address(one, two), {"digest": digest, "reason": "Same"})
        assert answer.status_code == 200
    desk.post(address(one, two), {"digest": preview(survivor=one, duplicate=two).digest})
    assert not Merge.objects.exists()


def test_what_cannot_be_merged_is_said(desk: Client) -> None:
    one, _two = pair()
    firm = customer.create(customer_type="company")
    assert "A person and a company" in desk.get(address(one, firm)).content.decode()
    assert desk.get(address(one, one)).status_code == 404
    assert desk.get(address(one, Customer())).status_code == 404


@pytest.mark.parametrize("role", ["clerk", "read_only"])
def test_others_may_not(shop: Tenant, role: str) -> None:
    one, two = pair()
    merge = execute(preview=preview(survivor=one, duplicate=two))
    client = Client()
    client.force_login(member(shop, role, username=role))
    assert client.get(address(one, two)).status_code == 403
    back = f"/admin/guestman_merge/merge/{merge.pk}/take-back/"
    assert client.post(back, {"reason": "x"}).status_code == 403
    page = client.get(f"/admin/guestman/customer/{one.pk}/change/").content.decode()
    assert "take-back" not in page
    assert "TWO" in page


def test_another_organizations_customers_are_not_reached(shop: Tenant) -> None:
    one, two = pair()
    north = Organization.objects.create(slug="north", name="North")
    south = Organization.objects.create(slug="south", name="South")
    Customer.objects.filter(pk=two.pk).update(organization=south)
    client = Client()
    nora = member(shop, "manager", username="nora")
    MembershipOrganization.objects.create(
        membership=Membership.objects.get(user=nora), organization=north
    )
    client.force_login(nora)
    assert client.get(address(one, two)).status_code == 404
    merge = execute(preview=preview(survivor=one, duplicate=Customer.objects.get(pk=two.pk)))
    assert "TWO" not in client.get("/admin/guestman_merge/merge/").content.decode()
    back = client.get(f"/admin/guestman_merge/merge/{merge.pk}/take-back/")
    assert back.status_code == 302


def test_looking_at_an_un_merge_changes_nothing(desk: Client) -> None:
    one, two = pair()
    merge = execute(preview=preview(survivor=one, duplicate=two))
    page = desk.get(f"/admin/guestman_merge/merge/{merge.pk}/take-back/").content.decode()
    assert "What will happen" in page
    two.refresh_from_db()
    assert two.merged_into_id == one.pk
    desk.post(f"/admin/guestman_merge/merge/{merge.pk}/take-back/", {"reason": "Her daughter"})
    two.refresh_from_db()
    assert two.merged_into_id is None
    again = desk.get(f"/admin/guestman_merge/merge/{merge.pk}/take-back/", follow=True)
    assert again.status_code == 200
