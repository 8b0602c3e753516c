"""The dashboard of a new shop, of one with a single order, and of a busy one."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from playwright.sync_api import Page, expect

from guestman.contrib.insights.service import InsightService
from guestman.services import customer
from offerman.services import product
from omniman.models import Order
from shopman import clock, tenancy
from shopman.models import Tenant
from tests.browser.looking import SCREENSHOTS, Eyes
from tests.omniman.factories import ChannelFactory, order_row
from tests.shopman.factories import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIGURES = 8


@pytest.fixture
def owner(tenant: Tenant, eyes: Eyes) -> User:
    cache.clear()
    rita = member(tenant, "owner", username="rita")
    eyes.sign_in(rita)
    return rita


def fill(tenant: Tenant, count: int) -> None:
    """A shop with some customers and their orders over two years."""
    draw, now = random.Random(7), clock.now()
    with tenancy.use(tenant):
        product.create(sku="TEA", name="Tea", base_price_amount=500, currency="BRL", unit="each")
        people = [
            customer.create(code=f"C-{n}", first_name="Ana", last_name=f"Souza {n}", source="web")
            for n in range(max(1, count // 6))
        ]
        channels = [ChannelFactory(code=code, name=code.title()) for code in ("web", "counter")]
        Order.objects.bulk_create(
            order_row(
                customer_uuid=draw.choice([*[each.pk for each in people], None]),
                placed_at=now - dt.timedelta(hours=draw.randrange(1, 24 * 700) if count > 1 else 1),
                total_amount=draw.randrange(500, 90_000),
                channel=draw.choice(channels),
                currency="EUR" if n == 5 else "BRL",
                status="completed",
            )
            for n in range(count)
        )
        InsightService.recalculate_all()


def arrived(page: Page) -> None:
    """Every figure has been fetched."""
    expect(page.locator("[aria-busy]")).to_have_count(0, timeout=20_000)
    expect(page.locator(".dash-figures .dash-card")).to_have_count(FIGURES)


def test_a_new_shop_is_told_what_to_do(eyes: Eyes, owner: User) -> None:
    eyes.see("/admin/", "dashboard-new")
    with eyes.open("/admin/") as watched:
        steps = watched.page.locator(".dash-step a")
        expect(steps).to_have_count(3)
        for number in range(3):
            href = steps.nth(number).get_attribute("href")
            assert watched.page.request.get(f"{eyes.address}{href}").ok
        expect(watched.page.locator(".dash-card svg")).to_have_count(0)


def test_a_shop_with_one_order(eyes: Eyes, owner: User, tenant: Tenant) -> None:
    fill(tenant, 1)
    eyes.see("/admin/", "dashboard-one-order", prepare=arrived)


def test_a_busy_shop_at_sight_with_the_keyboard_and_on_paper(
    eyes: Eyes, owner: User, tenant: Tenant
) -> None:
    fill(tenant, 240)
    eyes.see("/admin/", "dashboard", prepare=arrived)
    with eyes.open("/admin/", width=320) as watched:
        page = watched.page
        arrived(page)
        summary = page.locator("#chart-revenue summary")
        summary.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#chart-revenue tbody tr")).to_have_count(12)
        bar = page.locator("#chart-revenue a:has(rect)").first
        bar.focus()
        assert "R$" in (bar.get_attribute("aria-label") or "")
        watched.fits()
        watched.accessible()
        page.keyboard.press("Enter")
        page.wait_for_url("**/admin/omniman/order/?placed_at_from=*")
        watched.quiet(eyes.host)
    with eyes.open("/admin/") as watched:
        arrived(watched.page)
        watched.page.pdf(path=Path(SCREENSHOTS) / "dashboard.pdf", format="A4")
        with watched.page.expect_download() as taken:
            watched.page.locator("#chart-revenue .chart-csv").click()
        assert taken.value.suggested_filename.startswith("omnimanrevenue-")
