"""A shopper orders with the session of a login; staff find the order in the admin."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from guestman.services import customer
from shopman import tenancy
from shopman.models import Tenant
from tests.doorman.conftest import Door, door
from tests.doorman.standins import Outbox
from tests.journeys import shop
from tests.journeys.people import PASSWORD
from tests.shopman.factories import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["door"]

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"


@pytest.fixture
def address(live_server: LiveServer, settings: Settings, tenant: Tenant, door: Door) -> str:
    """A shop with prices and a clerk, whose door really asks guestman."""
    # Plain cookie names: the test's server speaks no TLS.
    settings.DEBUG = True
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = False
    settings.CSRF_COOKIE_SECURE = False
    door.set(CUSTOMER_RESOLVER="guestman.adapters.doorman.GuestmanCustomerResolver")
    shop.open_shop(tenant)
    clerk = member(tenant, "owner", username="rita")
    clerk.set_password(PASSWORD)
    clerk.save()
    found: str = live_server.url
    return found


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what its console complains about."""
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def keep(page: Page, name: str) -> None:
    """A screenshot, and nothing wider than the screen."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    width, screen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= screen, name


def post(context: BrowserContext, address: str, path: str, body: Any, **headers: str) -> Any:
    """What the storefront's own script would send with the shopper's cookies."""
    cookies = {each["name"]: each["value"] for each in context.cookies()}
    signs = {"Origin": address, "X-CSRFToken": cookies["csrftoken"], **headers}
    answer: APIResponse = context.request.post(f"{address}{path}", data=body, headers=signs)
    assert answer.ok, answer.text()
    return answer.json()


@pytest.mark.parametrize("width", [320, 390])
def test_from_the_code_on_a_telephone_to_the_frozen_order_at_the_desk(
    browser: Browser, address: str, tenant: Tenant, width: int
) -> None:
    telephone = browser.new_context(
        viewport={"width": width, "height": 700}, java_script_enabled=False
    )
    page, complaints = watched(telephone)
    page.goto(f"{address}/auth/login/")
    page.get_by_label("Phone number or e-mail").fill("11 98765-4321")
    page.screenshot(path=SCREENSHOTS / f"login-{width}.png")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code", exact=True).fill(Outbox.sent[-1].code)
    page.screenshot(path=SCREENSHOTS / f"code-{width}.png")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    session = telephone.request.get(f"{address}/api/auth/v1/session").json()
    uuid = UUID(session["customer"]["uuid"])

    with tenancy.use(tenant):
        customer.update(uuid, first_name="Ana", last_name="Souza", group_code="club")
    line = {"sku": "TEA", "quantity": 2}
    post(telephone, address, "/api/v1/store/cart/lines", line)
    key = {"Idempotency-Key": str(uuid4())}
    placed = post(telephone, address, "/api/v1/store/orders", {}, **key)
    assert placed["total_amount"] == 800
    assert complaints == []
    telephone.close()

    with tenancy.use(tenant):
        customer.update(uuid, first_name="Beatriz", last_name="Lima")
    call_command("recalculate_insights", tenant=tenant.slug, no_progress=True)

    desk = browser.new_context(viewport={"width": width, "height": 800})
    page, complaints = watched(desk)
    page.goto(f"{address}/admin/")
    page.fill("#id_username", "rita")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/admin/")
    page.goto(f"{address}/admin/omniman/order/")
    keep(page, f"orders-{width}")
    page.get_by_role("link", name=placed["ref"]).click()
    frozen = page.get_by_role("row", name="Name")
    expect(frozen).to_contain_text("Ana Souza")
    expect(frozen).to_contain_text("Beatriz Lima")
    keep(page, f"order-{width}")
    page.goto(f"{address}/admin/guestman/customer/{uuid}/change/")
    expect(page.get_by_text("Recent", exact=True)).to_be_visible()
    keep(page, f"customer-{width}")
    assert complaints == []
    desk.close()
