"""A shopper's account in a real browser: on a small telephone without script, and on a desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import APIResponse, BrowserContext, Page, expect
from pytest_django import Settings

from doorman import web
from doorman.services import session
from guestman.models import CustomerAddress
from guestman.services import address, customer
from omniman.models import Order
from omniman.services import order
from shopman import tenancy
from shopman.models import Tenant
from tests.browser.looking import Eyes
from tests.config.conftest import Shopper
from tests.doorman.conftest import Door, door
from tests.doorman.standins import Outbox
from tests.journeys import shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["door"]


@pytest.fixture
def opened(eyes: Eyes, tenant: Tenant, door: Door, settings: Settings) -> Tenant:
    """A shop whose door asks guestman."""
    door.set(CUSTOMER_RESOLVER="guestman.adapters.doorman.GuestmanCustomerResolver")
    shop.open_shop(tenant)
    return tenant


def post(context: BrowserContext, address: str, path: str, body: Any, **headers: str) -> Any:
    """What the storefront sends with the shopper's cookies."""
    cookies = {each["name"]: each["value"] for each in context.cookies()}
    signs = {"Origin": address, "X-CSRFToken": cookies["csrftoken"], **headers}
    answer: APIResponse = context.request.post(f"{address}{path}", data=body, headers=signs)
    assert answer.ok, answer.text()
    return answer.json()


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/account/addresses/")
    page.get_by_label("Phone number or e-mail").fill("11 98765-4321")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code", exact=True).fill(Outbox.sent[-1].code)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{address}/account/addresses/")


def test_on_a_small_telephone_without_script(eyes: Eyes, opened: Tenant) -> None:
    with eyes.open("", width=320, script=False) as watched:
        page = watched.page
        sign_in(page, eyes.address)
        expect(page.get_by_text("You have no address here yet.")).to_be_visible()

        page.get_by_role("link", name="Add an address").click()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("Street")
        page.get_by_label("Street").fill("Rua Augusta")
        page.get_by_label("City").fill("São Paulo")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_have_text("The address was added.")
        page.get_by_role("link", name="Edit Rua Augusta").click()
        page.get_by_label("Number").fill("100")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Rua Augusta, 100")).to_be_visible()

        context = page.context
        line = {"sku": "TEA", "quantity": 2}
        post(context, eyes.address, "/api/v1/store/cart/lines", line)
        key = {"Idempotency-Key": str(uuid4())}
        placed = post(context, eyes.address, "/api/v1/store/orders", {}, **key)
        page.get_by_role("link", name="Orders").click()
        page.get_by_role("link", name=placed["ref"]).click()
        expect(page.get_by_role("heading", name=f"Order {placed['ref']}")).to_be_visible()
        expect(page.get_by_text("R$10.00").last).to_be_visible()
        watched.fits()

        owner = UUID(
            context.request.get(f"{eyes.address}/api/auth/v1/session").json()["customer"]["uuid"]
        )
        with tenancy.use(opened):
            assert CustomerAddress.objects.get(customer=owner).number == "100"
            elsewhere = session.open(customer_uuid=owner, amr="otp_sms", device="Firefox, Windows")
        page.get_by_role("link", name="Devices").click()
        page.get_by_role("button", name="Sign out Firefox, Windows").click()
        expect(page.get_by_text("Firefox, Windows")).to_have_count(0)
        with tenancy.use(opened):
            elsewhere.session.refresh_from_db()
            assert elsewhere.session.ended_at is not None

        page.get_by_role("button", name="Español").click()
        expect(page.get_by_role("heading", name="Dónde")).to_be_visible()
        page.get_by_role("link", name="Inicio").click()
        expect(page.get_by_role("heading", name="Su cuenta")).to_be_visible()
        page.get_by_role("button", name="Salir").click()
        expect(page.get_by_label("Teléfono")).to_be_visible()
        # A form with something wrong is answered with 400, which Chromium notes.
        watched.complaints = [text for text in watched.complaints if "400" not in text]
        watched.quiet(eyes.host)


def shopper(opened: Tenant) -> Shopper:
    """Somebody with a long name, two addresses, and an order on its way."""
    with tenancy.use(opened):
        owner = customer.create(
            first_name="Maria da Conceição",
            last_name="Gonçalves de Albuquerque",
            phone="+5511987654321",
            email="maria.conceicao.goncalves@padaria.example.com",
        )
        found = Shopper(customer=owner, client=None)  # type: ignore[arg-type]  # a browser instead
        found.address(label="Casa", complement="Apto. 1203, bloco B", district="Consolação")
        found.address(street="Avenida Brigadeiro Faria Lima", number="3477")
        placed = found.order(quantity=12)
        order.transition(order=placed, to="confirmed")
        order.refund(order=placed, amount=300, idempotency_key="r", reason="x")
        return found


@pytest.fixture
def signed_in(eyes: Eyes, opened: Tenant) -> dict[str, str]:
    """Pages by name, with a browser in which somebody is signed in."""
    maria = shopper(opened)
    with tenancy.use(opened):
        secret = session.open(
            customer_uuid=maria.customer.pk, amr="otp_sms", device="Chrome"
        ).secret
        placed, home = Order.objects.get(), CustomerAddress.objects.get(label="Casa")
    eyes.cookies = [{"name": web.session_cookie(), "value": secret, "url": eyes.address}]
    return {
        "account": "/account/",
        "account-orders": "/account/orders/",
        "account-order": f"/account/orders/{placed.pk}/",
        "account-addresses": "/account/addresses/",
        "account-address": f"/account/addresses/{home.pk}/",
        "account-profile": "/account/profile/",
        "account-devices": "/auth/sessions/",
    }


def chosen(eyes: Eyes, language: str) -> dict[str, str]:
    """The cookie of the language switch."""
    return {"name": "django_language", "value": language, "url": eyes.address}


def test_every_page_looks_right(eyes: Eyes, signed_in: dict[str, str]) -> None:
    eyes.cookies.append(chosen(eyes, "pt-br"))
    for name, path in signed_in.items():
        eyes.see(path, name)
    eyes.cookies = [chosen(eyes, "pt-br")]
    eyes.see("/auth/login/", "login")


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_language_fits_a_small_telephone(
    eyes: Eyes, signed_in: dict[str, str], language: str
) -> None:
    eyes.cookies.append(chosen(eyes, language))
    with eyes.open("", width=320) as watched:
        for name, path in signed_in.items():
            watched.page.goto(f"{eyes.address}{path}")
            watched.keep(f"{name}-{language}-320")
            watched.fits()
        watched.quiet(eyes.host)


def test_what_is_wrong_is_seen_and_heard(eyes: Eyes, opened: Tenant) -> None:
    maria = shopper(opened)
    with tenancy.use(opened):
        secret = session.open(customer_uuid=maria.customer.pk, amr="otp_sms").secret
        home = CustomerAddress.objects.get(label="Casa")
    eyes.cookies = [{"name": web.session_cookie(), "value": secret, "url": eyes.address}]
    for width in (320, 1280):
        with eyes.open(f"/account/addresses/{home.pk}/", width=width) as watched:
            with tenancy.use(opened):
                home = address.update(address=home, number=str(width))
            watched.page.get_by_label("Street").fill("")
            watched.page.keyboard.press("Enter")
            expect(watched.page.get_by_role("alert")).to_contain_text("Please look at:")
            watched.page.get_by_label("Street").fill("Rua do Sol")
            watched.page.keyboard.press("Enter")
            expect(watched.page.get_by_text(f"It is “{width}” now.")).to_be_visible()
            watched.keep(f"account-stale-{width}")
            watched.fits()
            watched.accessible()
