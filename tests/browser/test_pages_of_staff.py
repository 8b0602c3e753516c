"""Every main page of the admin, looked at by the owner."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from shopman.models import Tenant
from tests.browser.looking import Eyes
from tests.journeys import shop
from tests.shopman.factories import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("admin-login", "/admin/login/"),
        ("customers", "/admin/guestman/customer/"),
        ("orders", "/admin/omniman/order/"),
        ("products", "/admin/offerman/product/"),
    ],
)
def test_a_page_reads_well(eyes: Eyes, tenant: Tenant, name: str, path: str) -> None:
    shop.open_shop(tenant)
    if name != "admin-login":
        eyes.sign_in(member(tenant, "owner", username="rita"))
    eyes.see(path, name)


def test_the_search_keeps_the_keyboard_and_gives_it_back(eyes: Eyes, tenant: Tenant) -> None:
    shop.open_shop(tenant)
    eyes.sign_in(member(tenant, "owner", username="rita"))
    with eyes.open("/admin/offerman/product/") as watched:
        page = watched.page
        before = page.get_by_role("link", name="Orders", exact=False).first
        before.focus()
        page.keyboard.press("Control+k")
        field = page.locator("#search-input-command")
        expect(field).to_be_focused()
        page.keyboard.press("Shift+Tab")
        expect(page.get_by_role("button", name="Close the search")).to_be_focused()
        page.keyboard.press("Tab")
        expect(field).to_be_focused()
        page.keyboard.press("Escape")
        expect(before).to_be_focused()
        watched.quiet(eyes.host)


def test_what_is_wrong_with_a_page_is_noticed(browser: Browser) -> None:
    eyes = Eyes(browser=browser, address="http://localhost")
    page = "data:text/html,<title>x</title><img src=data:,><p style='width:999px'>x</p>"
    with eyes.open("", width=320) as watched:
        watched.page.goto(page)
        watched.page.evaluate("console.error('broken')")
        with pytest.raises(AssertionError, match="on a screen of 320"):
            watched.fits()
        with pytest.raises(AssertionError, match=r"image-alt|html-has-lang"):
            watched.accessible()
        with pytest.raises(AssertionError, match="broken"):
            watched.quiet(eyes.host)
