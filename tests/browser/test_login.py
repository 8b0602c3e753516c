"""A shopper signs in with a real browser, at phone width, without a line of script."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from doorman.models import Challenge, CustomerSession
from shopman import tenancy
from shopman.models import Tenant
from tests.browser.looking import Eyes
from tests.doorman.conftest import EMAIL, PHONE, Door, door
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


@pytest.fixture
def asked(shop: str, door: Door, tenant: Tenant, browser: Browser) -> str:
    """The address of a link that a browser without script asked for."""
    with tenancy.use(tenant):
        door.directory.add(name="Ana Araújo", email=EMAIL)
    door.open_wide()
    door.set(BASE_URL=shop)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{shop}/auth/login/")
    page.fill("#identifier", EMAIL)
    page.click("button")
    context.close()
    return Outbox.sent[-1].link


def test_a_link_is_confirmed_with_script_turned_off(
    browser: Browser, shop: str, asked: str
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(asked)
    expect(page).to_have_url(f"{shop}/auth/link/")
    expect(page.get_by_role("heading", name="Sign in here?")).to_be_visible()
    page.keyboard.press("Tab")  # the link past the head
    page.get_by_role("button", name="Sign in here").press("Enter")
    expect(page).to_have_url(f"{shop}/auth/sessions/")
    expect(page.get_by_text("Ana Araújo")).to_be_visible()
    page.goto(asked)
    expect(page).to_have_url(f"{shop}/auth/sessions/")
    context.close()


def test_m1_a_scanner_with_script_changes_nothing(
    browser: Browser, shop: str, asked: str, tenant: Tenant
) -> None:
    for _ in range(20):
        context = browser.new_context()
        page = context.new_page()
        page.goto(asked)
        page.wait_for_load_state("networkidle")
        assert {each["name"] for each in context.cookies()} == {"csrftoken", "doorman_link"}
        context.close()
    with tenancy.use(tenant):
        assert not CustomerSession.objects.exists()
        assert Challenge.objects.get(link_used_at=None).status == "open"
    context = browser.new_context()
    page = context.new_page()
    page.goto(asked)
    page.get_by_role("button", name="Sign in here").click()
    expect(page).to_have_url(f"{shop}/auth/sessions/")
    context.close()


@pytest.mark.parametrize(
    ("language", "heading"),
    [("en", "Sign in here?"), ("pt-br", "Entrar aqui?"), ("es", "¿Entrar aquí?")],
)
def test_the_page_of_a_link_is_fit_to_be_seen(
    eyes: Eyes, asked: str, language: str, heading: str
) -> None:
    eyes.cookies = [{"name": "django_language", "value": language, "url": eyes.address}]

    def is_in_words(page: Page) -> None:
        expect(page.get_by_role("heading", name=heading)).to_be_visible()

    eyes.see(urlsplit(asked).path, f"link-{language}", prepare=is_in_words)


def test_the_page_of_a_bad_link_is_fit_to_be_seen(eyes: Eyes, shop: str) -> None:
    for width in (320, 1280):
        with eyes.open(f"/auth/link/{'x' * 43}", width=width) as watched:
            expect(watched.page.get_by_role("alert")).to_contain_text("used already")
            watched.keep(f"link-closed-{width}")
            watched.fits()
            watched.accessible()
