"""Staff work on orders, imports and prices in a real browser."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from offerman.models import PriceList, PriceListItem
from offerman.services import product
from omniman.models import ImportReject, ImportRun, Order
from omniman.services import cart, checkout, order
from omniman.services.order_import import Counts
from shopman import tenancy
from shopman.models import Tenant
from tests.browser.looking import Eyes
from tests.journeys import shop
from tests.shopman.factories import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_NAME = "Maximiliane Hohenzollern-Sigmaringen von der Donau und zu Wittelsbach-Langenbrunn"


def placed(tenant: Tenant, *, lines: int = 3, name: str = "Bo Lima") -> Order:
    """A guest's order of so many products."""
    with tenancy.use(tenant):
        opened = cart.open_for_guest()
        for number in range(lines):
            sku = f"LONG-{number:03}"
            product.create(
                sku=sku,
                name=f"An article with quite a long descriptive name, number {number}",
                base_price_amount=1234 + number,
                currency=tenant.default_currency,
            )
            cart.set_line(cart=opened.cart, sku=sku, quantity=Decimal(2))
        checkout.describe(cart=opened.cart, guest_name=name, guest_email="bo@example.com")
        made: Order = order.commit(cart=opened.cart, idempotency_key="k")
        return made


@pytest.fixture
def desk(eyes: Eyes, tenant: Tenant) -> Eyes:
    shop.open_shop(tenant)
    eyes.sign_in(member(tenant, "manager", username="rita"))
    return eyes


def test_an_order_is_moved_on_and_refunded_with_confirmation(desk: Eyes, tenant: Tenant) -> None:
    row = placed(tenant)
    page_of = f"/admin/omniman/order/{row.pk}/change/"
    with desk.open(page_of, width=320) as watched:
        page = watched.page
        page.get_by_text("Why this price").first.click()
        expect(page.get_by_text("This price holds.").first).to_be_visible()
        page.get_by_role("link", name="Confirm").click()
        expect(page.get_by_text("It is now “Placed” and becomes “Confirmed”.")).to_be_visible()
        page.get_by_label("Reason").fill("paid at the counter")
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_text(f"Order {row.ref} is now: Confirmed.")).to_be_visible()
        expect(page.get_by_text("paid at the counter")).to_be_visible()
        page.get_by_role("link", name="Refund").click()
        amount = page.get_by_label("Amount")
        expect(amount).to_have_value("74.10")
        amount.fill("99")
        page.get_by_label("Reason").fill("chipped")
        page.get_by_role("button", name="Write down the refund").click()
        expect(page.get_by_text("At most R$74.10").first).to_be_visible()
        amount.fill("4.10")
        page.get_by_role("button", name="Write down the refund").click()
        expect(page.get_by_text("R$4.10 refunded, R$70.00 left")).to_be_visible()
        watched.fits()


def test_the_second_of_two_is_told_and_keeps_what_was_typed(desk: Eyes, tenant: Tenant) -> None:
    row = placed(tenant)
    address = f"/admin/omniman/order/{row.pk}/move?to=cancelled"
    with desk.open(address) as watched:
        page = watched.page
        page.get_by_label("Reason").fill("rang and cancelled")
        with tenancy.use(tenant):
            order.transition(order=row, to="confirmed")
        page.get_by_role("button", name="Cancel the order").click()
        expect(page.get_by_text("Somebody else was quicker")).to_be_visible()
        expect(page.get_by_label("Reason")).to_have_value("rang and cancelled")
        page.get_by_role("link", name="Back to the order").click()
        expect(page.get_by_text("Confirmed", exact=True).first).to_be_visible()


def test_orders_are_reached_by_keyboard_alone(desk: Eyes, tenant: Tenant) -> None:
    row = placed(tenant)
    with desk.open(f"/admin/omniman/order/{row.pk}/change/") as watched:
        page = watched.page
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent.trim()") == "Confirm":
                break
        page.keyboard.press("Enter")
        expect(page.get_by_label("Reason")).to_be_visible()


@pytest.mark.parametrize("name", ["guest-60-lines", "return"])
def test_order_pages_read_well(desk: Eyes, tenant: Tenant, name: str) -> None:
    row = placed(tenant, lines=60 if name == "guest-60-lines" else 1, name=LONG_NAME)
    if name == "return":
        facts = {"kind": "return", "total_amount": -row.total_amount, "status": "completed"}
        with tenancy.use(tenant):
            kept = {"channel": row.channel, "currency": row.currency, "data": row.data}
            row = Order.objects.create(
                ref="2222222222", placed_at=row.placed_at, data_digest=row.data_digest,
                **kept, **facts,
            )  # fmt: skip
    desk.see(f"/admin/omniman/order/{row.pk}/change/", f"order-{name}")


def test_a_list_is_imported_without_its_bad_rows(
    desk: Eyes, tenant: Tenant, tmp_path: Path
) -> None:
    with tenancy.use(tenant):
        club = PriceList.objects.get()
    file = tmp_path / "prices.csv"
    file.write_text("sku,amount\nTEA,3.80\nNONE,1.00\nCUP,x\nBEAN,29.90\n")
    with desk.open(f"/admin/offerman/pricelist/{club.pk}/import/", width=320) as watched:
        page = watched.page
        page.locator("input[type=file]").set_input_files(str(file))
        page.get_by_role("button", name="Show what would change").click()
        expect(page.get_by_role("heading", name="Bad rows")).to_be_visible()
        expect(page.get_by_text("No product has the SKU 'NONE'.")).to_be_visible()
        expect(page.get_by_text("R$3.80 (-5 %)")).to_be_visible()
        watched.fits()
        watched.accessible()
        watched.keep("price-import-preview-320-light")
        with tenancy.use(tenant):
            assert PriceListItem.objects.get(product__sku="TEA", minimum_quantity=0).amount == 400
        page.get_by_role("button", name="Import without the bad rows").click()
        expect(page.get_by_text("0 added, 1 changed, 0 removed.")).to_be_visible()
        expect(page.get_by_role("link", name="R$3.80")).to_be_visible()
        watched.quiet(desk.host)
    desk.see(f"/admin/offerman/pricelist/{club.pk}/change/", "price-list")


def test_pages_of_prices_and_imports_read_well(desk: Eyes, tenant: Tenant) -> None:
    with tenancy.use(tenant):
        run = ImportRun.objects.create(
            file_name="orders-of-the-old-shop-with-a-rather-long-name-2024.csv.gz",
            mapping="online-retail", source="online-retail", currency="BRL", order_count=1200,
            position=450, counts=asdict(Counts(sale_count=450, sales_amount=99_999)),
            reject_counts={"column_count": 3},
        )  # fmt: skip
        content = ["536365", "a" * 120, "ana@example.com", "", "-1"]
        ImportReject.objects.create(run=run, line=7, reason="column_count", content=content)
    desk.see(f"/admin/omniman/importrun/{run.pk}/change/", "import-run")
    desk.see("/admin/offerman/pricelist/simulator/?customer=C-1", "simulator")


def test_an_import_brings_itself_up_to_date(desk: Eyes, tenant: Tenant, settings: Settings) -> None:
    with tenancy.use(tenant):
        run = ImportRun.objects.create(
            file_name="orders.csv", source="s", currency="BRL", order_count=100, position=10,
            counts=asdict(Counts()),
        )  # fmt: skip
    with desk.open(f"/admin/omniman/importrun/{run.pk}/change/") as watched:
        page = watched.page
        expect(page.get_by_text("10 of 100 orders are done (10 %).")).to_be_visible()
        with tenancy.use(tenant):
            ImportRun.objects.update(position=60)
        expect(page.get_by_text("60 of 100 orders are done (60 %).")).to_be_visible()
        with tenancy.use(tenant):
            ImportRun.objects.update(status="finished", finished_at=run.started_at)
        expect(page.get_by_text("Finished", exact=True)).to_be_visible()
        watched.quiet(desk.host)
