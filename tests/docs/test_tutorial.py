"""The tutorial, done with a real browser as it is written: labels, buttons, what they lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from shopman.models import Tenant
from tests.docs import pages
from tests.doorman.conftest import Door, door
from tests.doorman.standins import Outbox
from tests.journeys.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["door"]

PHONE = "11 98765-4321"
FAILED = Path(__file__).resolve().parents[2] / "var" / "screenshots"


@pytest.fixture
def address(live_server: LiveServer, settings: Settings, tenant: Tenant, door: Door) -> str:
    """A shop as ``migrate`` and ``createsuperuser`` leave it: nothing in it."""
    settings.DEBUG = True
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = False
    settings.CSRF_COOKIE_SECURE = False
    door.set(CUSTOMER_RESOLVER="guestman.adapters.doorman.GuestmanCustomerResolver")
    get_user_model().objects.create_superuser("admin", password=PASSWORD)
    found: str = live_server.url
    return found


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Page]:
    """The owner's browser, signed in at the admin."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(f"{address}/admin/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/admin/")
    yield page
    FAILED.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FAILED / "tutorial.png", full_page=True)
    context.close()


def test_from_an_empty_shop_to_a_refund_and_a_segment(
    desk: Page, browser: Browser, address: str, tenant: Tenant
) -> None:
    add_products(desk, address, tenant.default_currency)
    add_price_list(desk, address, tenant.default_currency)
    add_groups(desk, address)
    add_clerk(desk, address)
    add_customer(desk, address, PHONE)
    placed = order_as_shopper(browser, address)
    # Two loaves at the price of the regulars, although the request was sent twice.
    assert placed[0] == placed[1]
    assert placed[0]["total_amount"] == 420
    confirm_and_refund(desk, address, placed[0]["ref"])
    desk.goto(f"{address}/admin/guestman/customer/")
    expect(desk.get_by_role("row", name=re.compile("Ana Souza"))).to_contain_text("Regulars")


def save(page: Page) -> None:
    """Press the page's own button and read that it worked."""
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text(re.compile("successfully")).first).to_be_visible()


def fill(page: Page, **fields: str) -> None:
    """Type into fields by what stands beside them; underscores are spaces."""
    for label, text in fields.items():
        page.get_by_label(re.compile(rf"^\s*{label.replace('_', ' ')}", re.I)).first.fill(text)


def in_list(page: Page, name: str) -> None:
    """Open a record from its list."""
    page.locator("#result_list").get_by_role("link", name=name, exact=True).click()


def add_products(page: Page, address: str, currency: str) -> None:
    for sku, name, price in (("BREAD", "Sourdough loaf", "2.40"), ("CAKE", "Carrot cake", "18.00")):
        page.goto(f"{address}/admin/offerman/product/add/")
        fill(page, SKU=sku, Name=name, Base_price=price, Currency=currency)
        save(page)


def add_price_list(page: Page, address: str, currency: str) -> None:
    page.goto(f"{address}/admin/offerman/pricelist/add/")
    fill(page, Code="regulars", Name="Regulars", Currency=currency)
    save(page)
    in_list(page, "Regulars")
    page.get_by_role("link", name="Import from CSV").click()
    file = {
        "name": "regulars.csv",
        "mimeType": "text/csv",
        "buffer": b"sku,amount,minimum_quantity\nBREAD,2.10,\nBREAD,1.90,10\nCAKE,16.00,\n",
    }
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Show what would change").click()
    page.get_by_role("button", name="Import", exact=True).click()


def add_groups(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/guestman/customergroup/add/")
    fill(page, Name="Everyone", Code="everyone")
    save(page)
    in_list(page, "Everyone")
    page.get_by_role("link", name="Make default").click()
    page.get_by_role("button", name=re.compile("default", re.I)).click()
    page.goto(f"{address}/admin/guestman/customergroup/add/")
    fill(page, Name="Regulars", Code="regulars", Price_list="regulars", Priority="10")
    save(page)


def add_clerk(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/shopman/membership/add/")
    fill(page, User_name="rita", First_password=PASSWORD)
    page.get_by_label("Role").select_option("clerk")
    save(page)


def add_customer(page: Page, address: str, phone: str) -> None:
    page.goto(f"{address}/admin/guestman/customer/add/")
    fill(page, First_name="Ana", Last_name="Souza", Phone=phone)
    page.get_by_label("Group").select_option(label="Regulars")
    save(page)


def order_as_shopper(browser: Browser, address: str) -> Any:
    context = browser.new_context(viewport={"width": 390, "height": 800}, locale="en-GB")
    page = context.new_page()
    page.goto(f"{address}/auth/login/")
    page.get_by_label("Phone number or e-mail").fill(PHONE)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code", exact=True).fill(Outbox.sent[-1].code)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Hello, Ana")).to_be_visible()
    page.goto(f"{address}/api/docs/")
    (script,) = re.findall(r"^```js\n(.*?)^```$", pages.text("tutorial.md"), re.M | re.S)
    setting_up, cart, ordering = script.strip().split("\n\n")
    order = ordering.removesuffix(";").removeprefix("await ")
    twice = f"return [await {order}, await {order}];"
    placed = page.evaluate(f"async () => {{ {setting_up}\n{cart}\n{twice} }}")
    context.close()
    return placed


def confirm_and_refund(page: Page, address: str, ref: str) -> None:
    page.goto(f"{address}/admin/omniman/order/")
    page.get_by_role("link", name=ref).click()
    page.get_by_role("link", name="Confirm", exact=True).click()
    page.get_by_role("button", name="Confirm", exact=True).click()
    page.get_by_role("link", name="Refund", exact=True).click()
    fill(page, Amount="2.10", Reason="One loaf was burnt")
    page.get_by_role("button", name="Write down the refund").click()
    expect(page.get_by_text("One loaf was burnt").first).to_be_visible()
