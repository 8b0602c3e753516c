from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from offerman.models import PriceList, PriceListItem, Product
from shopman.models import AuditEntry, Membership, Tenant
from tests.offerman.factories import PriceListFactory, PriceListItemFactory, ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_superuser("ann", password="secret-ann"))
    return client


PRODUCT = {
    "sku": "TEA",
    "name": "Tea",
    "unit": "each",
    "base_price_amount": 500,
    "currency": "BRL",
    "is_active": "on",
}


def test_a_product_is_created_and_changed_through_the_service(staff: Client) -> None:
    staff.post(reverse("admin:offerman_product_add"), PRODUCT)
    row = Product.objects.get()
    address = reverse("admin:offerman_product_change", args=[row.pk])
    changes = {key: value for key, value in PRODUCT.items() if key != "sku"}
    staff.post(address, changes | {"name": "Green tea", "shown_version": 1})
    row.refresh_from_db()
    assert (row.name, row.version) == ("Green tea", 2)
    assert list(AuditEntry.objects.order_by("uuid").values_list("action", "actor_label", "after"))[
        1
    ] == ("product.update", "ann", {"name": "Green tea"})


def test_a_stale_form_is_refused_with_what_was_typed(staff: Client) -> None:
    row = ProductFactory(version=3)
    answer = staff.post(
        reverse("admin:offerman_product_change", args=[row.pk]),
        PRODUCT | {"name": "My name", "shown_version": 2},
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Somebody else changed this while you had it open." in page
    assert "My name" in page
    row.refresh_from_db()
    assert row.version == 3


def test_a_taken_sku_and_an_overlap_are_errors_of_the_form(staff: Client) -> None:
    item = PriceListItemFactory(product__sku="TEA")
    page = staff.post(reverse("admin:offerman_product_add"), PRODUCT).content.decode()
    assert "Another product has this SKU." in page
    again = {
        "price_list": item.price_list_id,
        "product": item.product_id,
        "minimum_quantity": "0",
        "amount": "1",
    }
    page = staff.post(reverse("admin:offerman_pricelistitem_add"), again).content.decode()
    assert "already has a price" in page
    assert (Product.objects.count(), PriceListItem.objects.count()) == (1, 1)


def test_a_price_is_added_changed_and_removed_with_its_trail(staff: Client) -> None:
    row, tea = PriceListFactory(), ProductFactory()
    facts = {
        "price_list": row.pk,
        "product": tea.pk,
        "minimum_quantity": "2",
        "amount": "90",
        "valid_from_0": "2026-01-01",
        "valid_from_1": "00:00",
    }
    staff.post(reverse("admin:offerman_pricelistitem_add"), facts)
    item = PriceListItem.objects.get()
    staff.post(
        reverse("admin:offerman_pricelistitem_change", args=[item.pk]),
        facts | {"amount": "80", "shown_version": 1},
    )
    item.refresh_from_db()
    assert (item.amount, item.version) == (80, 2)
    staff.post(reverse("admin:offerman_pricelistitem_delete", args=[item.pk]), {"post": "yes"})
    assert not PriceListItem.objects.exists()
    assert [entry.action for entry in AuditEntry.objects.order_by("uuid")] == [
        "price_list.add_item",
        "price_list.change_item",
        "price_list.remove_item",
    ]


def test_a_price_list_is_created_with_a_channel_or_without(staff: Client) -> None:
    facts = {"code": "vip", "name": "Friends", "currency": "BRL", "channel": ""}
    staff.post(reverse("admin:offerman_pricelist_add"), facts)
    staff.post(reverse("admin:offerman_pricelist_add"), facts | {"code": "web", "channel": "web"})
    assert dict(PriceList.objects.values_list("code", "channel")) == {"vip": None, "web": "web"}


def test_the_simulator_explains(staff: Client) -> None:
    vip = PriceListFactory(code="vip")
    PriceListItemFactory(price_list=vip, product__sku="GREEN TEA", amount=700)
    address = reverse("admin:offerman_simulator")
    assert staff.get(address).status_code == 200
    page = staff.post(address, {"customer_code": "VIP-1", "lines": "GREEN TEA 2.5\n"})
    text = page.content.decode()
    assert page.status_code == 200
    assert all(word in text for word in ("17.50 BRL", "customer_price_list", "outranked"))
    refused = staff.post(address, {"lines": "NONE 1"}).content.decode()
    assert "No product has this SKU." in refused


def test_a_file_is_previewed_then_imported(staff: Client) -> None:
    row = PriceListFactory()
    ProductFactory(sku="TEA")
    address = reverse("admin:offerman_price_import", args=[row.pk])
    assert staff.get(address).status_code == 200
    file = SimpleUploadedFile("prices.csv", b"sku,amount\nTEA,4.50\n")
    page = staff.post(address, {"file": file, "mode": "merge"}).content.decode()
    assert "1 to add, 0 to change" in page
    assert not PriceListItem.objects.exists()
    found = re.search(r'name="digest" value="(\w+)"', page)
    assert found
    facts = {"content": "sku,amount\nTEA,4.50\n", "mode": "merge", "digest": found[1]}
    assert staff.post(address, facts).status_code == 302
    assert PriceListItem.objects.get().amount == 450
    assert "since the preview" in staff.post(address, facts).content.decode()


def test_staff_who_may_only_look_simulate_but_do_not_import(
    client: Client, in_tenant: Tenant
) -> None:
    user = get_user_model().objects.create_user("eve", password="secret-eve", is_staff=True)
    Membership.objects.create(user=user, role=Membership.Role.READ_ONLY)
    client.force_login(user)
    assert client.get(reverse("admin:offerman_simulator")).status_code == 200
    address = reverse("admin:offerman_price_import", args=[PriceListFactory().pk])
    assert client.get(address).status_code == 403


def test_a_file_with_problems_cannot_be_imported(staff: Client) -> None:
    address = reverse("admin:offerman_price_import", args=[PriceListFactory().pk])
    file = SimpleUploadedFile("prices.csv", b"sku,amount\nNONE,4.50\n")
    page = staff.post(address, {"file": file, "mode": "merge"}).content.decode()
    assert "unknown_sku" in page
    assert ">Import<" not in page.replace("\n", "").replace(" ", "")
    bad = SimpleUploadedFile("prices.csv", b"\xff\xfe")
    assert "not UTF-8" in staff.post(address, {"file": bad, "mode": "merge"}).content.decode()


@pytest.mark.parametrize("model", ["product", "pricelist", "pricelistitem"])
def test_lists_are_searched(staff: Client, model: str, in_tenant: Tenant) -> None:
    PriceListItemFactory(product__sku="TEA", price_list__code="TEA")
    PriceListItemFactory()
    page = staff.get(reverse(f"admin:offerman_{model}_changelist"), {"q": "tea"})
    assert page.status_code == 200
    assert len(page.context["cl"].result_list) == 1


def test_prices_of_one_list_are_reached_from_it(staff: Client) -> None:
    item = PriceListItemFactory()
    PriceListItemFactory()
    row = item.price_list_id
    address = reverse("admin:offerman_pricelist_show_items", args=[row])
    page = staff.get(address, follow=True)
    assert [each.pk for each in page.context["cl"].result_list] == [item.pk]
