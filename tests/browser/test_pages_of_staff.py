"""Every main page of the admin, looked at by the owner."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

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
