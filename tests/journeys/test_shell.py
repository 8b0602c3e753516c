"""What stands around every page of the staff: where to go, what to find, where one works."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from config import navigation
from guestman.models import Customer
from guestman.services import customer
from offerman.services import product
from omniman.models import Order
from shopman import tenancy
from shopman.models import Membership, MembershipOrganization, Organization, Tenant
from shopman.tenancy import resolver
from tests.journeys.test_isolation import EMAIL, MARK, World, world
from tests.shopman.factories import OrganizationFactory, join, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(tenant: Tenant) -> World:
    return world(tenant, "own")


def signed_in(user: Any) -> Client:
    resolver.forget()
    client = Client()
    client.force_login(user)
    return client


def links(answer: HttpResponse) -> dict[str, str]:
    """Title to address of every entry of the side bar."""
    groups = answer.context["sidebar_navigation"]
    return {str(item["title"]): item["link"] for group in groups for item in group["items"]}


def titles(client: Client, text: str) -> list[str]:
    answer = client.get("/admin/search/", {"s": text})
    assert answer.status_code == 200
    return (
        [] if answer.context is None else [str(one["title"]) for one in answer.context["results"]]
    )


@pytest.mark.parametrize("role", ["owner", "read_only"])
def test_every_entry_of_the_side_bar_opens(tenant: Tenant, role: str) -> None:
    client = signed_in(member(tenant, role))
    index = client.get("/admin/")
    entries = links(index)
    for title, address in entries.items():
        assert client.get(address).status_code == 200, title
    assert ("Messages between systems" in entries) is (role == "owner")
    assert "User accounts" not in entries
    assert "User accounts" in links(signed_in(member(tenant, is_superuser=True)).get("/admin/"))


def test_every_list_stands_in_the_side_bar() -> None:
    named = {entry.model for group in navigation.GROUPS for entry in group.entries if entry.model}
    # Identifiers are read on their customer's page, which leads to those to decide about.
    aside = {"guestman_identifiers.customeridentifier"}
    assert {model._meta.label_lower for model in admin.site._registry} == named | aside


def test_the_side_bar_leaves_out_what_is_not_installed() -> None:
    assert navigation.Entry(title="x", icon="x", model="nowhere.thing").address is None


def test_the_side_bar_marks_the_page_one_is_on(tenant: Tenant) -> None:
    client = signed_in(member(tenant))
    for address, title in (
        ("/admin/", "Overview"),
        ("/admin/offerman/pricelist/", "Price lists"),
        ("/admin/offerman/pricelist/simulator/", "Price simulator"),
        ("/admin/offerman/pricelistitem/", "Product prices"),
    ):
        groups = client.get(address).context["sidebar_navigation"]
        active = [str(one["title"]) for group in groups for one in group["items"] if one["active"]]
        assert active == [title], address
        assert client.get(address).content.count(b'aria-current="page"') == 1


def test_a_page_is_named_after_its_list_once_and_the_header_names_the_shop(own: World) -> None:
    client = signed_in(member(own.tenant))
    Tenant.objects.filter(pk=own.tenant.pk).update(name="Corner & Sons")
    resolver.forget()
    body = client.get("/admin/guestman/customer/").content.decode()
    trail = body[body.index("<h1") : body.index("</h1>")]
    assert trail.count("ustomers") == 1
    assert "Corner &amp; Sons" in body[body.index('id="site-name"') :][:300]
    record = client.get(f"/admin/guestman/customer/{own.keys['customers']}/add-contact/")
    assert "Ana own" in record.content.decode()[: record.content.decode().index("</h1>")]


def test_search_finds_customers_orders_products_and_pages(own: World) -> None:
    client = signed_in(member(own.tenant, "clerk"))
    with tenancy.use(own.tenant):
        ref = Order.objects.get().ref
        product.create(sku="PAO-1", name="Pão de queijo", base_price_amount=1, currency="BRL")
    assert titles(client, "aná own") == ["Ana own"]
    assert titles(client, "98765-4321") == ["Ana own"]
    assert titles(client, EMAIL) == ["Ana own"]
    for spelling in (ref, ref.lower(), f" {ref} "):
        assert titles(client, spelling) == [ref]
    assert set(titles(client, "C-1")) == {"Ana own", ref}
    assert titles(client, "pao de") == titles(client, "PÃO") == ["Pão de queijo"]
    assert titles(client, "pao-1") == ["Pão de queijo"]
    assert titles(client, "simulator") == ["Price simulator"]
    assert titles(client, "") == titles(client, "%") == titles(client, "\x00") == []
    assert titles(client, "nobody has this" * 100) == []


def test_search_is_short_and_asks_once_for_each_kind(
    own: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with tenancy.use(own.tenant):
        for number in range(8):
            customer.create(code=f"Z-{number}", first_name="Zuleika")
    client = signed_in(member(own.tenant))
    titles(client, "zuleika")
    # The tenant, the session, the member, then one for each of three kinds.
    with django_assert_max_num_queries(6):
        assert titles(client, "zuleika") == ["Zuleika"] * 5


def test_search_knows_nothing_of_another_shop_or_role(own: World, other_tenant: Tenant) -> None:
    theirs = world(other_tenant, MARK)
    user = member(own.tenant, "clerk")
    client = signed_in(join(user, other_tenant, "read_only"))
    client.post("/admin/shop/", {"shop": own.tenant.slug})
    assert titles(client, "ana") == ["Ana own"]
    assert titles(client, MARK) == []
    assert b"98765" in client.get("/admin/search/", {"s": "ana"}).content
    client.post("/admin/shop/", {"shop": other_tenant.slug})
    answer = client.get("/admin/search/", {"s": "ana"})
    assert [one["title"] for one in answer.context["results"]] == [f"Ana {MARK}"]
    assert b"98765" not in answer.content
    assert titles(client, "98765") == []
    assert theirs.keys["customers"].encode() in answer.content
    assert (
        signed_in(member(own.tenant, is_staff=False)).get("/admin/search/?s=a").status_code == 302
    )


@pytest.fixture
def branches(tenant: Tenant) -> dict[str, Organization]:
    with tenancy.use(tenant):
        found = {name: OrganizationFactory(name=name) for name in ("North", "South", "West")}
        for name, branch in found.items():
            customer.create(code=name.upper(), first_name=f"Of {name}", organization=branch)
        customer.create(code="SHARED", first_name="Of all")
    return found


def codes(client: Client) -> set[str]:
    rows = client.get("/admin/guestman/customer/").context["cl"].result_list
    return {row.code for row in rows}


def choose(client: Client, branch: Organization | None) -> int:
    key = str(branch.pk) if branch else ""
    return client.post("/admin/organization/", {"organization": key}).status_code


def test_a_member_works_in_one_organization_for_now(
    tenant: Tenant, branches: dict[str, Organization]
) -> None:
    client = signed_in(member(tenant))
    assert codes(client) == {"NORTH", "SOUTH", "WEST", "SHARED"}
    assert choose(client, branches["North"]) == 302
    assert codes(client) == {"NORTH", "SHARED"}
    assert titles(client, "of ") == ["Of all", "Of North", "Imports of customers"]
    page = client.get("/admin/").content.decode()
    assert "Working in North" in page
    form = client.get("/admin/guestman/customer/add/").context["adminform"].form
    assert form.initial.get("organization", form.fields["organization"].initial) in (
        branches["North"].pk, tenancy.current_organization_key,
    )  # fmt: skip
    new = {"first_name": "New", "customer_type": "person", "status": "active"}
    assert client.post("/admin/guestman/customer/add/", new).status_code == 302
    with tenancy.use(tenant):
        assert Customer.objects.get(first_name="New").organization == branches["North"]
        south = Customer.objects.get(code="SOUTH")
    assert client.get(f"/admin/guestman/customer/{south.pk}/change/").status_code == 302
    assert choose(client, None) == 302
    assert len(codes(client)) == 5


def test_nobody_chooses_an_organization_that_is_not_open_to_him(
    tenant: Tenant, other_tenant: Tenant, branches: dict[str, Organization]
) -> None:
    user = member(tenant, "clerk")
    with tenancy.use(tenant):
        membership = Membership.objects.get(user=user)
        for name in ("North", "South"):
            MembershipOrganization.objects.create(
                membership=membership, organization=branches[name]
            )
    with tenancy.use(other_tenant):
        foreign = OrganizationFactory(name="Foreign")
    client = signed_in(user)
    page = client.get("/admin/").content.decode()
    assert "South" in page
    assert "West" not in page
    assert codes(client) == {"NORTH", "SOUTH", "SHARED"}
    for branch in (branches["West"], foreign):
        assert choose(client, branch) == 404
    assert client.get("/admin/organization/").status_code == 404
    assert choose(client, branches["North"]) == 302
    assert codes(client) == {"NORTH", "SHARED"}
    # What was taken from him in the meantime is not open by an old choice.
    with tenancy.use(tenant):
        MembershipOrganization.objects.filter(organization=branches["North"]).delete()
    assert codes(client) == {"SOUTH", "SHARED"}


def test_choosing_takes_a_form_of_ours_and_ends_with_the_shop(
    tenant: Tenant, other_tenant: Tenant, branches: dict[str, Organization]
) -> None:
    user = join(member(tenant), other_tenant)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    north = {"organization": str(branches["North"].pk)}
    assert strict.post("/admin/organization/", north).status_code == 403
    assert strict.post("/admin/shop/", {"shop": tenant.slug}).status_code == 403
    client = signed_in(user)
    client.post("/admin/shop/", {"shop": tenant.slug})
    choose(client, branches["North"])
    client.post("/admin/shop/", {"shop": other_tenant.slug})
    client.post("/admin/shop/", {"shop": tenant.slug})
    assert len(codes(client)) == 4


def test_somebody_who_is_not_signed_in_sees_no_side_bar(tenant: Tenant) -> None:
    resolver.forget()
    assert Client().get("/admin/search/", {"s": "a"}).status_code == 302
    assert Client().post("/admin/organization/", {"organization": ""}).status_code == 302


def test_the_api_of_staff_keeps_to_the_chosen_organization(
    tenant: Tenant, branches: dict[str, Organization]
) -> None:
    def listed() -> set[str]:
        answer = client.get("/api/v1/customers", {"fields": "code"})
        return {row["code"] for row in answer.json()["results"]}

    client = signed_in(member(tenant))
    assert listed() == {"NORTH", "SOUTH", "WEST", "SHARED"}
    choose(client, branches["North"])
    assert listed() == {"NORTH", "SHARED"}
    with tenancy.use(tenant):
        south = Customer.objects.get(code="SOUTH")
    assert client.get(f"/api/v1/customers/{south.pk}").status_code == 404
    choose(client, None)
    assert len(listed()) == 4
