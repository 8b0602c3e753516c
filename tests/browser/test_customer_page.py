"""The customer's page as staff use it: with eyes, with a keyboard, and on a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect
from pytest_django import Settings

from guestman import checks
from guestman.models import Customer
from guestman.services import address, contact_point, customer
from omniman.services import cart, order
from shopman import tenancy
from shopman.models import Tenant
from tests.browser.looking import Eyes
from tests.guestman import places
from tests.journeys import shop
from tests.shopman.factories import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_NAME = (
    "Associação dos Produtores Independentes de Queijos Artesanais e Derivados da Serra da"
    " Mantiqueira"
)
LONG_EMAIL = "departamento.de.compras.e.relacionamento@associacaodosprodutoresdequeijo.example.com"


@pytest.fixture
def desk(eyes: Eyes, tenant: Tenant) -> Iterator[Eyes]:
    """A clerk of an open shop."""
    shop.open_shop(tenant)
    eyes.sign_in(member(tenant, "clerk", username="rita"))
    with tenancy.use(tenant):
        yield eyes


def rich(tenant: Tenant) -> Customer:
    """Somebody with a past: orders that froze another name, proofs, addresses, a note."""
    row = customer.create(
        code="ANA",
        first_name="Ana",
        last_name="Souza",
        phone="11987654321",
        email="ana@example.com",
        notes="Prefers the afternoon.",
    )
    contact_point.verify(contact_point=row.contact_points.get(kind="phone"), method="otp_sms")
    address.add(customer=row, street="Rua Augusta", number="1500", city="São Paulo", label="Home")
    address.add(customer=row, street="Avenida Paulista", number="1", city="São Paulo")
    basket = cart.open_for_customer(customer_uuid=row.pk)
    cart.add_line(cart=basket, sku="TEA", quantity=2)
    order.commit(cart=basket, idempotency_key="first")
    customer.update("ANA", last_name="Lima")
    call_command("recalculate_insights", tenant=tenant.slug, no_progress=True)
    return row


def page_of(row: Customer, act: str = "change") -> str:
    return f"/admin/guestman/customer/{row.pk}/{act}/"


def open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('#content details').forEach(e => e.open = true)")


def test_the_page_of_somebody_with_a_past_reads_well(desk: Eyes, tenant: Tenant) -> None:
    row = rich(tenant)
    desk.see(page_of(row), "customer-rich", prepare=open_everything)
    desk.see(f"{page_of(row)}?edit=1", "customer-edit")


def test_the_page_of_somebody_new_reads_well(desk: Eyes) -> None:
    desk.see(page_of(customer.create()), "customer-empty")


def test_closed_and_merged_records_say_so(desk: Eyes) -> None:
    gone, double, ana = customer.create(), customer.create(), customer.create(first_name="Ana")
    customer.deactivate(gone.pk, reason="Moved away")
    Customer.objects.filter(pk=double.pk).update(merged_into=ana)
    desk.see(page_of(gone), "customer-inactive")
    desk.see(page_of(double), "customer-merged")


def test_long_names_and_addresses_break(desk: Eyes) -> None:
    row = customer.create(
        customer_type="company", first_name=LONG_NAME, last_name="Limitada", email=LONG_EMAIL
    )
    desk.see(page_of(row), "customer-long")


def test_a_clerk_changes_the_phone_by_keyboard_alone_and_sees_it_in_the_audit(
    desk: Eyes, tenant: Tenant
) -> None:
    row = rich(tenant)
    with desk.open(page_of(row)) as watched:
        page = watched.page
        walk_to(page, "Change phone")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Change the phone number")).to_be_visible()
        walk_to(page, "New phone number")
        page.keyboard.type("11 91234-5678")
        page.keyboard.press("Tab")
        page.keyboard.type("Called the number")
        page.keyboard.press("Enter")
        expect(page.get_by_text("The phone number was changed.")).to_be_visible()
        audit = page.locator("#panel-audit")
        expect(audit).to_contain_text("Phone changed from +55 11 98765-4321 to +55 11 91234-5678")
        expect(audit).to_contain_text("by rita")
        earlier = page.get_by_text("1 earlier contact")
        walk_to(page, "1 earlier contact")
        page.keyboard.press("Enter")
        expect(earlier.locator("xpath=..")).to_contain_text("Code by SMS")
        watched.quiet(desk.host)
    row.refresh_from_db()
    assert row.phone == "+5511912345678"


def test_the_keyboard_meets_facts_then_contacts_then_orders_and_sees_where_it_is(
    desk: Eyes, tenant: Tenant
) -> None:
    row = rich(tenant)
    with desk.open(page_of(row)) as watched:
        page = watched.page
        seen = []
        for _ in range(120):
            page.keyboard.press("Tab")
            found = focused(page)
            if found["inside"]:
                assert found["outlined"], f"no focus to be seen on {found['name']}"
                seen.append(found["name"])
        order_of = [
            next(number for number, name in enumerate(seen) if wanted in name)
            for wanted in ("+55 11 98765-4321", "Edit", "Verify ana@example.com", "Add address")
        ]
        assert order_of == sorted(order_of), seen
        for wanted in ("Release", "Make default", "Link account", "All changes"):
            assert any(wanted in name for name in seen), wanted


def test_an_address_is_found_while_typing(desk: Eyes, settings: Settings) -> None:
    row = customer.create(first_name="Ana")
    with places.serve() as google:
        settings.GUESTMAN = {
            **settings.GUESTMAN,
            "GEOCODER": checks.GOOGLE_PLACES,
            "GOOGLE_PLACES_KEY": "key",
            "GOOGLE_PLACES_URL": google.url,
        }
        desk.see(f"{page_of(row, 'add-address')}?q=Rua+Augusta", "customer-add-address")
        with desk.open(page_of(row, "add-address")) as watched:
            page = watched.page
            page.get_by_label("Find the address").press_sequentially("Rua Augus")
            page.get_by_role("link", name="Rua Augusta, 1", exact=True).click()
            expect(page.get_by_label("Postal code")).to_have_value("01304-001")
            page.get_by_role("button", name="Add", exact=True).click()
            expect(page.locator("#panel-addresses")).to_contain_text("Rua Augusta 1500")
            watched.quiet(desk.host)
        google.status = 503
        with desk.open(page_of(row, "add-address"), width=320) as watched:
            page = watched.page
            page.get_by_label("Find the address").fill("Rua Augusta")
            page.locator("#content-main").get_by_role("button", name="Search").click()
            expect(page.get_by_text("does not answer")).to_be_visible()
            expect(page.get_by_label("Street")).to_be_visible()


def walk_to(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if focused(page)["name"].startswith(name):
            return
    raise AssertionError(f"The keyboard does not reach {name}.")


def focused(page: Page) -> dict[str, Any]:
    """What has the focus: its name, whether it is in the page's own part, whether it is seen."""
    found: dict[str, Any] = page.evaluate(
        """() => {
            const one = document.activeElement;
            const labels = one.labels || [];
            const label = labels.length ? labels[0].innerText : one.textContent;
            const style = getComputedStyle(one);
            const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
            return {
                name: label.replace(/\\s+/g, " ").trim(),
                inside: Boolean(one.closest("#content")),
                outlined: ring || style.boxShadow !== "none",
            };
        }"""
    )
    return found
