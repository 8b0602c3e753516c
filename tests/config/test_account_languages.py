"""No English sentence stands in a Portuguese or Spanish page for shoppers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from devtools import messages
from devtools.texts import collect
from doorman.pages.page import LANGUAGE_NAMES
from guestman.services import address, contact_point, customer
from omniman.services import order
from tests.config.conftest import Shopper
from tests.doorman.conftest import PHONE, Door, door
from tests.doorman.standins import Outbox

pytestmark = pytest.mark.django_db
__all__ = ["door"]

READ_ALOUD: Final = {"aria-label", "alt", "title", "placeholder"}
_TAG: Final = re.compile(r"<[^>]+>")
_PLACEHOLDER: Final = re.compile(r"%\\\(\w+\\\)[a-z]|%[sd]|\\\{\w*\\\}")
_WORD: Final = re.compile(r"[^\W\d_]{3}")
LANGUAGES: Final = {"pt-br": "pt_BR", "es": "es"}


@pytest.fixture(autouse=True)
def brand(settings: Settings) -> None:
    """A name of the shop that is no word of ours."""
    settings.DOORMAN = {**settings.DOORMAN, "BRAND_NAME": "Padaria Aurora"}


class Said(HTMLParser):
    """The pieces of text of a page, and what its attributes say to those who listen to it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = dict(attrs)
        if tag == "html":
            self.language = found["lang"]
        self.pieces += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.pieces.append(" ".join(data.split()))


@cache
def english() -> re.Pattern[str]:
    """Whatever any app says in English."""
    return any_of(
        wording
        for app in messages.APPS
        for text in collect(app, "es")
        for wording in ([text.id] if isinstance(text.id, str) else text.id)
    )


@cache
def translated(language: str) -> re.Pattern[str]:
    """What the complete catalogues say: "Total" is a word of three languages."""
    said = list(LANGUAGE_NAMES.values())
    for app in messages.CHECKED:
        for each in messages.read(app, language):
            said += [each.string] if isinstance(each.string, str) else each.string
    return any_of(said)


def any_of(wordings: Iterable[str]) -> re.Pattern[str]:
    """Matches any piece of these texts that stands between two tags and has a word in it."""
    found = set()
    for piece in (each for wording in wordings for each in _TAG.split(wording)):
        pattern = _PLACEHOLDER.sub(".+", re.escape(" ".join(piece.split())))
        if _WORD.search(pattern):
            found.add(pattern)
    return re.compile("|".join(sorted(found)))


def left_in_english(answer: HttpResponse, language: str) -> list[str]:
    said = Said(answer.content.decode())
    assert said.language == language
    pieces = [part for piece in said.pieces for part in {piece, piece.partition(" · ")[0]}]
    known = translated(LANGUAGES[language])
    return [piece for piece in pieces if english().fullmatch(piece) and not known.fullmatch(piece)]


def pages_of_the_account(ana: Shopper, **more: Any) -> Iterator[HttpResponse]:
    """Every page with something on it, empty, and with something wrong on it."""
    for path in ("/account/", "/account/orders/", "/account/addresses/"):
        yield ana.get(path, **more)
    placed, home, _second = ana.order(), ana.address(label="Casa"), ana.address(purpose="billing")
    order.transition(order=placed, to="confirmed")
    order.refund(order=placed, amount=300, idempotency_key="r", reason="x")
    contact_point.verify(
        contact_point=ana.customer.contact_points.get(kind="phone"), method="otp_sms"
    )
    for path in (
        "",
        "orders/",
        "orders/?before=2020-01-01&order=01890000-0000-7000-8000-000000000000",
        f"orders/{placed.pk}/",
        "addresses/",
        "addresses/add/",
        f"addresses/{home.pk}/",
        f"addresses/{home.pk}/remove/",
        "profile/",
        "nothing/",
    ):
        yield ana.get(f"/account/{path}", **more)
    yield ana.get("/auth/sessions/", **more)
    customer.update(ana.customer.pk, last_name="Lima")
    address.update(address=home, number="8", street="Rua Um")
    wrong = {"version": 1, "first_name": "x" * 200, "birth_date": "x", "locale": "x"}
    yield ana.client.post("/account/profile/", wrong, **more)
    yield ana.client.post("/account/profile/", {"version": 1, "last_name": "Reis"}, **more)
    yield ana.client.post("/account/addresses/add/", {"country": "x"}, **more)
    typed = {"version": 1, "street": "Rua Dois", "city": "Recife", "country": "BR"}
    yield ana.client.post(f"/account/addresses/{home.pk}/", typed, **more)
    ana.client.post(f"/account/addresses/{home.pk}/", {**typed, "version": 2}, **more)
    yield ana.get("/account/addresses/", **more)
    customer.deactivate(ana.customer.code, reason="asked for it")
    yield ana.get("/account/", **more)


def pages_of_the_door(**more: Any) -> Iterator[HttpResponse]:
    client = Client()

    def post(path: str, **fields: Any) -> HttpResponse:
        return client.post(path, fields, **more)

    yield client.get("/auth/login/", **more)
    yield post("/auth/login/", identifier="")
    yield post("/auth/login/", identifier="12")
    yield post("/auth/login/", identifier="nobody@example.com")
    post("/auth/login/", identifier="nobody@example.com")
    yield client.get("/auth/code/", **more)
    yield post("/auth/code/", code=Outbox.sent[-1].code)
    post("/auth/login/", identifier=PHONE)
    yield client.get("/auth/code/", **more)
    yield post("/auth/code/", code="")
    yield post("/auth/code/resend/")
    for _ in range(5):
        yield post("/auth/code/", code="000000")
    yield post("/auth/code/", code="000000")
    yield Client().post("/auth/code/", {"code": "000000"}, **more)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_the_account_says_anything_in_english(ana: Shopper, language: str) -> None:
    headers = {"Accept-Language": language}
    for answer in pages_of_the_account(ana, headers=headers):
        assert answer["Content-Type"].startswith("text/html"), answer
        assert left_in_english(answer, language) == [], answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_the_door_says_anything_in_english(
    in_tenant: Any, door: Door, language: str
) -> None:
    assert door.sent == []
    answers = list(pages_of_the_door(headers={"Accept-Language": language}))
    shown = [
        answer for answer in answers if answer.status_code != 303 and answer.status_code != 302
    ]
    assert len(shown) > 8
    for answer in shown:
        assert left_in_english(answer, language) == [], answer.content.decode()


def test_the_look_out_sees_english(ana: Shopper) -> None:
    page = ana.get("/account/orders/", headers={"Accept-Language": "es"}).content.decode()
    broken = HttpResponse(page.replace("Sus pedidos", "Your orders"))
    assert set(left_in_english(broken, "es")) == {"Your orders"}
