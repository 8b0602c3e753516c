"""Comparing two records, merging them, looking back and taking it back, as staff do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.services import marks
from guestman.contrib.merge.admin.comparison import address as comparison
from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service import execute, preview
from guestman.models import Customer
from guestman.services import address, contact_point, customer, suspicion
from omniman.services import cart, order
from shopman import tenancy
from shopman.models import Tenant
from tests.browser.looking import Eyes
from tests.journeys import shop
from tests.shopman.factories import member
from tests.whole import dump, otherwise

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(eyes: Eyes, tenant: Tenant) -> Iterator[Eyes]:
    """A manager of an open shop."""
    shop.open_shop(tenant)
    eyes.sign_in(member(tenant, "manager", username="bia"))
    with tenancy.use(tenant):
        yield eyes


def doubles() -> tuple[Customer, Customer]:
    """One person twice: a login with orders, and what an import brought."""
    ana = customer.create(
        code="ANA", first_name="Ana", phone="11987654321", email="ana@example.com", locale="es"
    )
    contact_point.verify(contact_point=ana.contact_points.get(kind="phone"), method="otp_sms")
    address.add(customer=ana, street="Rua Augusta", number="1500", city="São Paulo", label="Home")
    basket = cart.open_for_customer(customer_uuid=ana.pk)
    cart.add_line(cart=basket, sku="TEA", quantity=2)
    order.commit(cart=basket, idempotency_key="first")
    other = customer.create(
        code="IMPORT-7",
        first_name="Ana",
        last_name="Souza",
        email="ana@example.com",
        document="529.982.247-25",
        notes="Prefers the afternoon.",
        source="import:old-shop",
    )
    contact_point.add(customer=other, kind="phone", value="1133334444")
    address.add(customer=other, street="Avenida Paulista", number="1", city="São Paulo")
    return ana, Customer.objects.get(pk=other.pk)


def test_the_pages_read_well(desk: Eyes) -> None:
    ana, other = doubles()
    desk.see(comparison(ana, other), "merge-compare")
    merge = execute(preview=preview(survivor=ana, duplicate=other), reason="Same phone call")
    address.add(customer=ana, street="Rua Nova", city="Rio")
    desk.see(f"/admin/guestman/customer/{ana.pk}/change/", "merge-panel")
    desk.see(f"/admin/guestman_merge/merge/{merge.pk}/take-back/", "merge-take-back")
    desk.see(f"/admin/guestman_merge/merge/{merge.pk}/change/", "merge-record")
    desk.see("/admin/guestman_merge/merge/", "merge-list")
    desk.see(comparison(ana, other), "merge-refused")


def test_a_manager_merges_by_keyboard_and_takes_it_back(desk: Eyes) -> None:
    ana, other = doubles()
    with desk.open(comparison(ana, other)) as watched:
        page = watched.page
        expect(page.get_by_role("radio", name="Ana Souza")).not_to_be_checked()
        page.get_by_role("radio", name="Ana Souza").check()
        page.get_by_role("button", name="Show with this choice").click()
        expect(page.get_by_role("radio", name="Ana Souza")).to_be_checked()
        page.go_back()
        page.get_by_label("Reason").focus()
        page.keyboard.type("She told us on the phone")
        page.keyboard.press("Enter")
        expect(page.get_by_text("The records are one now.")).to_be_visible()
        panel = page.locator("#panel-merges")
        expect(panel).to_contain_text("Ana Souza (IMPORT-7) came in")
        expect(panel).to_contain_text("She told us on the phone")
        panel.get_by_role("link", name="Take back").click()
        expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
        page.get_by_label("Reason").fill("It was her daughter")
        page.keyboard.press("Enter")
        expect(page.get_by_text("they are two customers again")).to_be_visible()
        expect(page.locator("#panel-merges")).to_contain_text("Taken back on")
        watched.quiet(desk.host)
    assert Merge.objects.get().undo.reason == "It was her daughter"
    assert Customer.objects.get(pk=other.pk).merged_into_id is None


def test_from_the_queue_to_a_merge_and_back_nothing_is_otherwise(
    desk: Eyes,
) -> None:
    ana, other = doubles()
    suspicion.suggest(ana.pk, other.pk, reason="same_contact_other_name", evidence={})
    marks.compare_changed()
    pair = DuplicatePair.objects.waiting().get()
    before = dump()
    with desk.open("/admin/guestman_duplicates/duplicatepair/") as watched:
        page = watched.page
        page.get_by_role("link", name="Ana").first.click()
        expect(page.get_by_role("heading", name="Side by side")).to_be_visible()
        page.keyboard.press("m")
        expect(page.get_by_role("heading", name="Compare and merge")).to_be_visible()
        expect(page.get_by_text("IMPORT-7").first).to_be_visible()
        watched.keep("merge-story-compare")
        page.get_by_label("Reason").fill("Same person on the phone")
        page.get_by_role("button", name="Merge", exact=True).click()
        expect(page.get_by_text("The records are one now.")).to_be_visible()
        assert Customer.objects.get(pk=other.pk).merged_into_id == ana.pk
        expect(page.locator("#panel-merges")).to_contain_text("Same person on the phone")
        watched.keep("merge-story-merged")
        page.goto(f"{desk.address}/admin/guestman/customer/{ana.pk}/history/")
        expect(page.get_by_text("Another record was merged into this one")).to_be_visible()
        expect(page.get_by_text("Same person on the phone")).to_be_visible()
        watched.keep("merge-story-history")
        page.goto(f"{desk.address}/admin/guestman/customer/{ana.pk}/change/")
        page.locator("#panel-merges").get_by_role("link", name="Take back").click()
        expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
        page.get_by_label("Reason").fill("It was her daughter")
        page.get_by_role("button", name="Take back").click()
        expect(page.get_by_text("they are two customers again")).to_be_visible()
        watched.keep("merge-story-back")
        watched.quiet(desk.host)
    assert otherwise(before, dump()) == {}
    pair.refresh_from_db()
    assert pair.state == "different"
