"""A shopper signs in with a real browser, at phone width, without a line of script."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from shopman.models import Tenant
from tests.doorman.conftest import PHONE, Door, door
from tests.doorman.standins import Outbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

__all__ = ["door"]


@pytest.fixture
def shop(live_server: LiveServer, settings: Settings, tenant: Tenant, door: Door) -> str:
    # Plain cookie names: the test's server speaks no TLS.
    settings.DEBUG = True
    settings.SECURE_SSL_REDIRECT = False
    # The account belongs to guestman's customers; this door has a directory of its own.
    door.set(LOGIN_REDIRECT="/auth/sessions/")
    address: str = live_server.url
    return address


def fits(page: Page) -> bool:
    width: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_sign_in_and_out_without_script(
    browser: Browser, shop: str, width: int, scheme: Any
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 640}, color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{shop}/auth/login/?next=/auth/sessions/")
    assert fits(page)
    page.get_by_label("Phone number or e-mail").fill("11 98765-4321")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    assert page.locator("#code").get_attribute("autocomplete") == "one-time-code"
    assert fits(page)
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("The code is not right. Check it and try again.")
    assert fits(page)
    assert Outbox.sent[-1].to == PHONE
    page.keyboard.type(f"{Outbox.sent[-1].code[:3]} {Outbox.sent[-1].code[3:]}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="Sign out here").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{shop}/auth/sessions/")
    expect(page).to_have_url(f"{shop}/auth/login/")
    # A refused code is answered with 400, which Chromium notes; nothing else may be wrong.
    assert [text for text in complaints if "400" not in text] == []
    context.close()


def test_pages_work_with_script_turned_off(browser: Browser, shop: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{shop}/auth/login/")
    page.fill("#identifier", "ana@example.com")
    page.click("button")
    page.fill("#code", Outbox.sent[-1].code.lower())
    page.click("button >> nth=0")
    expect(page.get_by_role("alert")).to_contain_text("There is no account for this address yet.")
    page.get_by_role("link", name="Sign in with your phone").click()
    expect(page).to_have_url(f"{shop}/auth/login/")
    context.close()
