"""The shopper's account: one's own things and nobody else's."""

from __future__ import annotations

import datetime as dt
import html
import re
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from guestman.models import CustomerAddress
from guestman.services import address, contact_point, customer
from omniman.models import Order
from omniman.services import order
from shopman import clock
from shopman.models import AuditEntry, Tenant
from tests.config.conftest import Shopper

pytestmark = pytest.mark.django_db

PATHS = [
    "/account/",
    "/account/profile/",
    "/account/orders/",
    "/account/addresses/",
    "/account/addresses/add/",
]
STREET = {"street": "Rua do Sol", "number": "7", "city": "Recife", "country": "br"}


@pytest.mark.parametrize("path", [*PATHS, "/account/orders/?before=x"])
def test_whoever_is_not_signed_in_goes_to_the_login_and_comes_back(
    in_tenant: Tenant, path: str
) -> None:
    away = urlsplit(Client().get(path)["Location"])
    assert away.path == "/auth/login/"
    assert parse_qs(away.query)["next"] == [path]
    assert Client().post(path)["Location"] == "/auth/login/"


@pytest.mark.parametrize("path", PATHS)
def test_pages_are_not_stored_not_framed_and_load_no_script(ana: Shopper, path: str) -> None:
    answer = ana.get(path)
    assert answer["Cache-Control"] == "no-store"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    text = answer.content.decode()
    assert "<script" not in text
    assert "style=" not in text


def test_the_overview_says_who_one_is_what_was_ordered_and_what_is_missing(ana: Shopper) -> None:
    text = ana.text("/account/")
    assert "Hello, Ana" in text
    assert "Add an address for deliveries" in text
    assert "Tell us your name" not in text
    placed, home = ana.order(), ana.address()
    text = ana.text("/account/")
    assert placed.ref in text
    assert home.street in text
    assert "Still missing" not in text


def test_a_newcomer_is_asked_for_name_address_and_e_mail(caio: Shopper) -> None:
    customer.update(caio.customer.pk, first_name="")
    text = caio.text("/account/")
    for wish in ("Tell us your name", "Add an address", "We have no e-mail address of yours"):
        assert wish in text


def test_the_profile_is_saved_by_the_customer_who_is_signed_in(ana: Shopper) -> None:
    facts = {"first_name": "Anna", "last_name": "Lima", "birth_date": "1990-05-17", "locale": "es"}
    answer = ana.post("/account/profile/", version=1, **facts)
    assert answer["Location"] == "/account/profile/"
    ana.customer.refresh_from_db()
    assert ana.customer.name == "Anna Lima"
    assert ana.customer.birth_date == dt.date(1990, 5, 17)
    assert ana.customer.locale == "es"
    entry = AuditEntry.objects.filter(subject=ana.customer.subject).order_by("at", "uuid").last()
    assert entry is not None
    assert (entry.actor_kind, entry.actor_id) == ("customer", str(ana.customer.pk))
    assert "Saved." in ana.text("/account/profile/")


def test_a_stale_profile_says_what_changed_and_keeps_what_was_typed(ana: Shopper) -> None:
    customer.update(ana.customer.pk, last_name="Lima")
    answer = ana.post("/account/profile/", version=1, first_name="Bia", last_name="Reis")
    assert answer.status_code == 412
    text = answer.content.decode()
    assert "This was changed meanwhile." in text
    assert "It is “Lima” now." in text
    assert 'value="Bia"' in text
    assert 'value="Reis"' in text
    assert 'name="version" value="2"' in text
    ana.customer.refresh_from_db()
    assert ana.customer.name == "Ana Lima"
    again = ana.post("/account/profile/", version=2, first_name="Bia", last_name="Reis")
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"birth_date": "tomorrow"}, "Enter a date."),
        ({"birth_date": "1066-10-14"}, "A birth date lies between 1900 and today."),
        ({"first_name": "x" * 151}, "This is too long."),
        ({"locale": "tlh"}, "Choose one of the languages."),
    ],
)
def test_a_profile_that_cannot_be_says_so_beside_the_field(
    ana: Shopper, fields: dict[str, str], sentence: str
) -> None:
    answer = ana.post("/account/profile/", version=1, **fields)
    assert answer.status_code == 400
    text = answer.content.decode()
    assert sentence in text
    name = next(iter(fields))
    assert f'<a href="#id_{name}">' in text
    assert 'aria-invalid="true"' in text
    assert f'id_{name}_error"' in text


def test_contacts_are_shown_with_what_is_proved_and_cannot_be_typed_over(ana: Shopper) -> None:
    phone = ana.customer.contact_points.get(kind="phone")
    contact_point.verify(contact_point=phone, method="otp_sms")
    text = ana.text("/account/profile/")
    assert "+55 11 98765-4321" in text
    assert text.count(">Confirmed<") == text.count(">Not confirmed<") == 1
    assert "please talk to the shop" in text
    ana.post("/account/profile/", version=1, first_name="Ana", phone="+5511900000000")
    ana.customer.refresh_from_db()
    assert ana.customer.phone == "+5511987654321"


def test_addresses_are_added_changed_made_default_and_removed(ana: Shopper) -> None:
    home = ana.address()
    assert ana.post("/account/addresses/add/", purpose="delivery", **STREET).status_code == 303
    work = CustomerAddress.objects.get(street="Rua do Sol")
    assert (work.country, work.is_default) == ("BR", False)
    text = ana.text("/account/addresses/")
    assert text.index("Rua Augusta") < text.index("Rua do Sol")
    path = f"/account/addresses/{work.pk}/"
    assert ana.post(path, version=1, **{**STREET, "number": "8"}).status_code == 303
    assert ana.post(f"{path}default/").status_code == 303
    work.refresh_from_db()
    assert (work.number, work.is_default) == ("8", True)
    assert "Remove this address?" in ana.text(f"{path}remove/")
    assert ana.post(f"{path}remove/").status_code == 303
    home.refresh_from_db()
    assert home.is_default
    assert ana.get(path).status_code == 404


def test_an_address_without_a_street_says_so(ana: Shopper) -> None:
    answer = ana.post(
        "/account/addresses/add/", purpose="delivery", street=" ", city="", country="BRA"
    )
    assert answer.status_code == 400
    text = answer.content.decode()
    for sentence in ("Enter the street.", "Enter the city.", "Enter two letters"):
        assert sentence in text
    assert not CustomerAddress.objects.exists()


def test_a_stale_address_says_what_changed_and_keeps_what_was_typed(ana: Shopper) -> None:
    home = ana.address()
    address.update(address=home, number="200", complement="")
    answer = ana.post(f"/account/addresses/{home.pk}/", version=1, **STREET)
    assert answer.status_code == 412
    text = answer.content.decode()
    assert "It is “200” now." in text
    assert 'value="Rua do Sol"' in text
    assert 'name="version" value="2"' in text


def pages_of(shopper: Shopper, refs: list[str]) -> list[str]:
    """The references on the pages of orders, as one reads on."""
    seen: list[str] = []
    path = "/account/orders/"
    while path:
        text = shopper.text(path)
        seen += sorted((ref for ref in refs if ref in text), key=text.index)
        older = re.search(r'href="(\?before=[^"]+)"', text)
        path = "/account/orders/" + html.unescape(older[1]) if older else ""
    return seen


def test_orders_are_listed_newest_first_and_page_by_place(
    ana: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.account.reading.PAGE_SIZE", 2)
    refs = [ana.order(key=f"order-{number}").ref for number in range(5)]
    assert pages_of(ana, refs) == refs[::-1]


def test_orders_of_one_moment_are_all_shown(ana: Shopper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.account.reading.PAGE_SIZE", 2)
    with time_machine.travel(clock.now(), tick=False):
        refs = [ana.order(key=f"order-{number}").ref for number in range(5)]
    assert Order.objects.values("placed_at").distinct().count() == 1
    assert sorted(pages_of(ana, refs)) == sorted(refs)


def test_a_place_that_makes_no_sense_is_the_first_page(ana: Shopper) -> None:
    ref = ana.order().ref
    beyond = f"before=9999-12-31T23:59&order={uuid4()}"
    for query in ("before=x&order=y", "before=2026-01-01", f"order={uuid4()}", beyond):
        assert ref in ana.text(f"/account/orders/?{query}")


def test_an_order_shows_what_was_told_then_and_what_happened_since(ana: Shopper) -> None:
    placed = ana.order()
    customer.update(ana.customer.pk, first_name="Beatriz")
    order.transition(order=placed, to="confirmed", reason="paid by hand")
    order.refund(order=placed, amount=300, idempotency_key="r", reason="a dent nobody admits")
    text = ana.text(f"/account/orders/{placed.pk}/")
    assert "Ana Souza" in text
    assert "Beatriz" not in text
    for shown in ("Tea", "R$10.00", "R$3.00 paid back", "Confirmed", "Received"):
        assert shown in text, shown
    assert "paid by hand" not in text
    assert "a dent nobody admits" not in text


def test_anybody_elses_things_are_not_there(ana: Shopper, caio: Shopper) -> None:
    placed, home = caio.order(), caio.address()
    for path in (
        f"/account/orders/{placed.pk}/",
        f"/account/addresses/{home.pk}/",
        f"/account/addresses/{home.pk}/remove/",
        f"/account/orders/{uuid4()}/",
    ):
        assert ana.get(path).status_code == 404, path
    assert ana.post(f"/account/addresses/{home.pk}/", version=1, **STREET).status_code == 404
    assert ana.post(f"/account/addresses/{home.pk}/default/").status_code == 404
    assert ana.post(f"/account/addresses/{home.pk}/remove/").status_code == 404
    home.refresh_from_db()
    assert (home.street, home.removed_at) == ("Rua Augusta", None)
    assert placed.ref not in ana.text("/account/orders/")


def test_orders_of_a_merged_record_are_the_survivors(ana: Shopper, caio: Shopper) -> None:
    placed = caio.order()
    type(caio.customer).objects.filter(pk=caio.customer.pk).update(
        merged_into=ana.customer.pk, is_active=False, status="inactive"
    )
    assert placed.ref in ana.text("/account/orders/")
    assert placed.ref in ana.text(f"/account/orders/{placed.pk}/")


def test_a_deactivated_customer_is_out_at_once_and_told_so(ana: Shopper) -> None:
    customer.deactivate(ana.customer.code, reason="asked for it")
    answer = ana.get("/account/")
    assert answer.status_code == 403
    assert "Signing in is not possible with this account." in answer.content.decode()
    assert ana.get("/account/")["Location"].startswith("/auth/login/")


def test_changes_need_the_pages_own_token(ana: Shopper) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ana.client.cookies
    answer = strict.post("/account/profile/", {"version": 1, "first_name": "Eve"})
    assert answer.status_code == 403
    ana.customer.refresh_from_db()
    assert ana.customer.first_name == "Ana"


def test_the_language_is_chosen_in_the_foot_and_remembered(ana: Shopper) -> None:
    answer = ana.post("/auth/language/", language="es", next="/account/orders/")
    assert answer["Location"] == "/account/orders/"
    assert "Sus pedidos" in ana.text("/account/orders/", headers={"Accept-Language": "en"})


def test_the_language_switch_leads_nowhere_else(ana: Shopper) -> None:
    for path in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert "evil" not in ana.post("/auth/language/", language="es", next=path)["Location"]
        assert "alert" not in ana.post("/auth/language/", language="es", next=path)["Location"]


def test_an_address_saved_twice_is_there_once(ana: Shopper) -> None:
    before = CustomerAddress.objects.count()
    for _ in range(2):
        ana.post("/account/addresses/add/", **STREET, purpose="delivery")
    assert CustomerAddress.objects.count() == before + 1


def test_too_many_addresses_are_refused_in_words(ana: Shopper, settings: Settings) -> None:
    settings.GUESTMAN = {**settings.GUESTMAN, "MAX_ADDRESSES": 1}
    ana.post("/account/addresses/add/", **STREET, purpose="delivery")
    count = CustomerAddress.objects.count()
    answer = ana.post("/account/addresses/add/", **{**STREET, "number": "8"}, purpose="delivery")
    assert "as many addresses as one may have" in answer.content.decode()
    assert CustomerAddress.objects.count() == count
