from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from offerman.models import PriceList, PriceListItem, Product
from shopman import clock
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
    "base_price_amount": "5.00",
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
        "amount": "0.90",
        "valid_from_0": "2026-01-01",
        "valid_from_1": "00:00",
    }
    staff.post(reverse("admin:offerman_pricelistitem_add"), facts)
    item = PriceListItem.objects.get()
    staff.post(
        reverse("admin:offerman_pricelistitem_change", args=[item.pk]),
        facts | {"amount": "0.80", "shown_version": 1},
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
    assert all(
        word in text for word in ("R$17.50", "The customer&#x27;s price list", "decided already")
    )
    refused = staff.post(address, {"lines": "NONE 1"}).content.decode()
    assert "No product has this SKU." in refused


def test_a_file_is_previewed_then_imported(staff: Client) -> None:
    row = PriceListFactory()
    ProductFactory(sku="TEA")
    address = reverse("admin:offerman_price_import", args=[row.pk])
    assert staff.get(address).status_code == 200
    file = SimpleUploadedFile("prices.csv", b"sku,amount\nTEA,4.50\n")
    page = staff.post(address, {"file": file, "mode": "merge"}).content.decode()
    assert "1 new" in page
    assert not PriceListItem.objects.exists()
    found = re.search(r'name="digest" value="(\w+)"', page)
    assert found
    facts = {"content": "sku,amount\nTEA,4.50\n", "mode": "merge", "digest": found[1]}
    assert staff.post(address, facts).status_code == 302
    assert PriceListItem.objects.get().amount == 450
    again = staff.post(address, facts).content.decode()
    assert "changed since the preview" in again
    assert "There is nothing to import." in again


def test_staff_who_may_only_look_simulate_but_do_not_import(
    client: Client, in_tenant: Tenant
) -> None:
    user = get_user_model().objects.create_user("eve", password="secret-eve", is_staff=True)
    Membership.objects.create(user=user, role=Membership.Role.READ_ONLY)
    client.force_login(user)
    assert client.get(reverse("admin:offerman_simulator")).status_code == 200
    address = reverse("admin:offerman_price_import", args=[PriceListFactory().pk])
    assert client.get(address).status_code == 403


def test_bad_rows_are_named_and_left_out_of_a_merge_alone(staff: Client) -> None:
    row = PriceListFactory()
    ProductFactory(sku="TEA")
    address = reverse("admin:offerman_price_import", args=[row.pk])
    content = "sku,amount\nNONE,4.50\nTEA,4.50\nTEA,x\n"

    def previewed(mode: str) -> dict[str, str]:
        file = SimpleUploadedFile("prices.csv", content.encode())
        page = staff.post(address, {"file": file, "mode": mode}).content.decode()
        assert "No product has the SKU &#x27;NONE&#x27;." in page
        assert "2 bad rows" in page
        assert ("Import without the bad rows" in page) == (mode == "merge")
        names = ("digest", "mode", "problems")
        found = {name: re.search(rf'name="{name}" value="(\w+)"', page) for name in names}
        return {name: match[1] for name, match in found.items() if match} | {"content": content}

    refused = staff.post(address, previewed("replace"))
    assert refused.status_code == 200
    assert not PriceListItem.objects.exists()
    assert staff.post(address, previewed("merge")).status_code == 302
    assert PriceListItem.objects.get().amount == 450
    bad = SimpleUploadedFile("prices.csv", b"\xff\xfe")
    assert "not UTF-8" in staff.post(address, {"file": bad, "mode": "merge"}).content.decode()


def test_a_price_is_added_with_two_fields_and_told_what_is_wrong_beside_them(
    staff: Client,
) -> None:
    row = PriceListFactory()
    ProductFactory(sku="TEA", name="Tea")
    address = reverse("admin:offerman_pricelist_add_price", args=[row.pk]) + "?sku=TEA"
    assert 'value="TEA"' in staff.get(address).content.decode()
    facts = {"sku": "TEA", "minimum_quantity": "10", "amount": "4.50"}
    page = staff.post(address, facts, follow=True).content.decode()
    assert "Tea costs R$4.50 now, from 10." in page
    item = PriceListItem.objects.get()
    assert (item.amount, item.minimum_quantity) == (450, 10)
    for wrong, field in (
        ({}, "minimum_quantity"),
        ({"sku": "NONE"}, "sku"),
        ({"amount": "1.005"}, "amount"),
        ({"minimum_quantity": "2", "valid_from": "2026-02-01T00:00"}, None),
        ({"valid_from": "2026-02-01T00:00", "valid_until": "2026-01-01T00:00"}, "valid_until"),
        # In the shop's zone the end of the calendar; in UTC beyond it.
        ({"valid_until": "9999-12-31T23:59"}, "valid_until"),
    ):
        answer = staff.post(address, facts | wrong)
        assert (answer.status_code == 302) == (field is None), wrong
        if field:
            assert list(answer.context["form"].errors) == [field]


def test_the_grid_shows_what_holds_now(staff: Client) -> None:
    row = PriceListFactory()
    tea = ProductFactory(sku="TEA", name="Tea")
    now = clock.now()
    for number, (first, end) in enumerate(
        ((None, now), (now, None), (now + dt.timedelta(days=9), None))
    ):
        PriceListItemFactory(
            price_list=row, product=tea, minimum_quantity=10 * (number == 2),
            amount=100 + number, valid_from=first, valid_until=end,
        )  # fmt: skip
    PriceListItemFactory(price_list=row, product__name="Cup")
    address = reverse("admin:offerman_pricelist_change", args=[row.pk])
    page = staff.get(address).content.decode()
    cells = re.findall(r'<li class="(sm-\w+)"><a[^>]*>(R\$[\d.]+)</a> <span[^>]*>([a-z ]+)', page)
    assert [each for each in cells if each[1] != "R$9.00"] == [
        ("sm-past", "R$1.00", "is over"),
        ("sm-now", "R$1.01", "holds now"),
        ("sm-past", "R$1.02", "holds later"),
    ]
    assert "Cup" not in staff.get(address, {"q": "tea"}).content.decode()
    assert "No product of this list" in staff.get(address, {"q": "zzz"}).content.decode()
    assert (
        "R$1.01"
        in staff.get(reverse("admin:offerman_product_change", args=[tea.pk])).content.decode()
    )


def test_a_page_of_the_grid_beyond_all_numbers_is_an_empty_one(staff: Client) -> None:
    address = reverse("admin:offerman_pricelist_change", args=[PriceListFactory().pk])
    assert staff.get(address, {"p": "9" * 5000}).status_code == 200


def test_the_simulator_blames_the_lines(staff: Client) -> None:
    address = reverse("admin:offerman_simulator")
    assert 'value="C-1"' in staff.get(address, {"customer": "C-1"}).content.decode()
    ProductFactory(sku="TEA")
    answer = staff.post(address, {"lines": "TEA 1\nNONE 1\nOTHER"})
    assert answer.context["form"].errors["lines"] == [
        "Line 2, NONE: No product has this SKU.",
        "Line 3, OTHER: No product has this SKU.",
    ]
    answer = staff.post(address, {"lines": "TEA 1", "at": "9999-12-31T23:59"})
    assert list(answer.context["form"].errors) == ["at"]


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
