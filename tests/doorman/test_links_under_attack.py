"""Magic links: rows M1 to M13 of the catalogue."""

from __future__ import annotations

import datetime as dt
import logging
import re
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.core import mail

from doorman.errors import LinkClosed
from doorman.models import AuthEvent, Challenge, CustomerSession, RateCounter
from doorman.rules import links
from doorman.services import challenge, login
from shopman import clock, tenancy
from shopman.logs import ContextFilter
from shopman.models import Tenant
from tests.conftest import Race
from tests.doorman.conftest import EMAIL, PHONE, Browser, Caller, Door
from tests.doorman.test_codes_under_attack import dumped
from tests.doorman.test_sessions_under_attack import SESSION

pytestmark = pytest.mark.django_db

LINK = "__Host-doorman_link"
UNKNOWN = "u" * 43
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def ana(door: Door, in_tenant: Tenant) -> UUID:
    """A customer who is reached by e-mail; budgets of sending are lifted."""
    door.open_wide()
    return door.directory.add(name="Ana", email=EMAIL).uuid


@pytest.fixture
def asker(ana: UUID, door: Door) -> Browser:
    """The browser in which Ana asked for a link."""
    browser = Browser()
    ask(browser)
    return browser


def ask(browser: Browser, **fields: Any) -> None:
    browser.defaults["HTTP_USER_AGENT"] = FIREFOX
    assert browser.submit("/auth/login/", identifier=EMAIL, **fields).status_code == 303


def land(browser: Browser, path: str) -> Any:
    """Open a link as a person does: follow it to its page."""
    landed = browser.get(path)
    assert (landed.status_code, landed["Location"]) == (303, "/auth/link/")
    return browser.get("/auth/link/")


def confirm(browser: Browser, instead_of: object = "", **fields: Any) -> Any:
    return browser.submit("/auth/link/", instead_of=str(instead_of), **fields)


def standing() -> list[dict[str, Any]]:
    """Everything the door keeps, but when counters are looked at."""
    models = (Challenge, CustomerSession, AuthEvent, RateCounter)
    return [row for model in models for row in model.objects.order_by("pk").values()]


def test_a_link_signs_in_the_browser_that_confirms_it(ana: UUID, asker: Browser) -> None:
    page = land(asker, door_link())
    assert page.status_code == 200
    text = page.content.decode()
    assert "in this browser" in text
    assert EMAIL not in text
    done = confirm(asker)
    assert (done.status_code, done["Location"]) == (303, "/account/")
    assert CustomerSession.objects.get().customer_uuid == ana
    assert asker.cookies[LINK].value == ""
    row = Challenge.objects.get()
    assert (row.status, bytes(row.sealed_identifier)) == ("verified", b"")


def test_it_returns_where_the_login_was_asked_for(ana: UUID, door: Door) -> None:
    browser = Browser()
    ask(browser, next="/account/orders/")
    land(browser, door.link)
    assert confirm(browser)["Location"] == "/account/orders/"


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_m1_looking_changes_nothing_however_often(asker: Browser, method: str) -> None:
    before = standing()
    for _ in range(20):
        scanner = Browser()
        for path in (door_link(), f"{door_link()}/", "/auth/link/"):
            answer = getattr(scanner, method)(path)
            assert SESSION not in answer.cookies
    assert standing() == before
    land(asker, door_link())
    assert confirm(asker).status_code == 303


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_m1_the_address_in_the_mail_takes_no_other_method(asker: Browser, method: str) -> None:
    before = standing()
    assert getattr(Browser(), method)(door_link()).status_code in (403, 405)
    assert standing() == before


def test_m2_a_form_without_its_token_or_its_cookie_does_nothing(asker: Browser) -> None:
    scanner = Browser()
    land(scanner, door_link())
    before = standing()
    assert scanner.post("/auth/link/", {}, HTTP_ORIGIN="http://testserver").status_code == 403
    assert scanner.post("/auth/link/", {}).status_code == 403
    del scanner.cookies["csrftoken"]
    assert scanner.submit("/auth/link/").status_code == 403
    assert standing() == before
    elsewhere = Browser()
    assert confirm(elsewhere).status_code == 410
    assert not CustomerSession.objects.exists()


def test_m2_the_code_still_works_after_a_scanner_that_submits_forms(
    asker: Browser, door: Door
) -> None:
    scanner = Browser()
    land(scanner, door.link)
    assert confirm(scanner).status_code == 303
    row = Challenge.objects.get()
    assert (row.status, row.link_used_at is not None) == ("open", True)
    done = asker.submit("/auth/code/", code=door.code)
    assert done.status_code == 303
    assert AuthEvent.objects.get(name="link_used_elsewhere").challenge_uuid == row.pk
    assert asker.submit("/auth/code/", code=door.code)["Location"] == "/account/"
    assert CustomerSession.objects.count() == 2


def test_m2_a_new_code_comes_with_a_new_link(asker: Browser, door: Door) -> None:
    old = door.link
    scanner = Browser()
    land(scanner, old)
    confirm(scanner)
    assert asker.submit("/auth/code/resend/").status_code == 303
    assert door.link != old
    assert land(Browser(), old).status_code == 410
    land(asker, door.link)
    assert confirm(asker).status_code == 303


def test_m3_a_link_works_once(asker: Browser, door: Door) -> None:
    path = door.link
    land(asker, path)
    first, second = dict(asker.cookies), Browser()
    confirm(asker)
    # The second click of a double-click still has the cookie, and now the session, too.
    asker.cookies[LINK] = first[LINK].value
    again = confirm(asker, next="/account/orders/")
    assert (again.status_code, again["Location"]) == (303, "/account/orders/")
    assert land(second, path).status_code == 410
    replayed = confirm(second)
    assert replayed.status_code == 410
    assert "used already" in replayed.content.decode()
    assert CustomerSession.objects.count() == 1


def test_m3_a_code_ends_its_link(asker: Browser, door: Door) -> None:
    asker.submit("/auth/code/", code=door.code)
    other = Browser()
    assert land(other, door.link).status_code == 410
    assert confirm(other).status_code == 410
    assert CustomerSession.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_m3_twenty_tabs_at_once_succeed_once(ana: UUID, door: Door, race: Race) -> None:
    challenge.start(
        channel="email", identifier=EMAIL, address="192.0.2.1", client="other", locale="en"
    )
    token = door.link.rpartition("/")[2]
    outcomes = race(*[lambda: follow(token)] * 20)
    refused = [each.error for each in outcomes if each.error is not None]
    assert len(refused) == 19
    assert {type(each) for each in refused} == {LinkClosed}
    assert CustomerSession.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_m3_link_and_code_at_once_end_without_deadlock(ana: UUID, door: Door, race: Race) -> None:
    started = challenge.start(
        channel="email", identifier=EMAIL, address="192.0.2.1", client="browser", locale="en"
    )
    code, token = door.code, door.link.rpartition("/")[2]
    claim = challenge.Claim(secret=None, flow=started.flow)

    def typed() -> Any:
        return login.verify(claim=claim, code=code, address="192.0.2.1", user_agent="")

    outcomes = race(*[lambda: follow(token, flow=started.flow or ""), typed] * 5)
    errors = [each.error for each in outcomes if each.error is not None]
    assert len(errors) == 9
    assert {getattr(each, "code", repr(each)) for each in errors} <= {"link_closed", "code_invalid"}
    assert CustomerSession.objects.count() == 1


def test_m5_another_browser_is_told_where_it_was_asked_for(asker: Browser, door: Door) -> None:
    phone = Browser()
    text = land(phone, door.link).content.decode()
    assert "<strong>Firefox, Linux</strong>" in text
    sent_at = Challenge.objects.get().sent_at.astimezone(tenancy.current().zone)
    assert f"{sent_at:%-I:%M}" in text
    assert "type the code" in text
    confirm(phone)
    assert phone.get("/api/auth/v1/session").status_code == 200
    # Where it was asked for nothing has happened, and the code may be typed.
    assert asker.get("/api/auth/v1/session").status_code == 401
    assert asker.get("/auth/code/").status_code == 200


def test_m6_the_page_names_the_account_before_anything_is_done(asker: Browser, door: Door) -> None:
    """Somebody mails a link of their own to have the victim work in their account."""
    victim = Browser()
    text = land(victim, door.link).content.decode()
    assert re.search(r"<strong>a[^@<]*@[^<]+</strong>", text)
    assert "Close this page" in text
    assert SESSION not in victim.cookies


def test_m6_another_customer_is_signed_out_by_his_own_choice_only(
    asker: Browser, door: Door
) -> None:
    path = door.link
    bruno = Browser()
    other = door.directory.add(name="Bruno", phone=PHONE)
    bruno.submit("/auth/login/", identifier=PHONE)
    bruno.submit("/auth/code/", code=door.code)
    text = land(bruno, path).content.decode()
    assert "You are signed in here as <strong>Bruno</strong>" in text
    # A page from before he signed in does not sign him out.
    assert confirm(bruno).status_code == 200
    assert bruno.get("/api/auth/v1/session").json()["customer"]["uuid"] == str(other.uuid)
    assert confirm(bruno, instead_of=other.uuid).status_code == 303
    assert bruno.get("/api/auth/v1/session").json()["customer"]["name"] == "Ana"
    ended = CustomerSession.objects.get(customer_uuid=other.uuid)
    assert ended.end_reason == "superseded"


POISON = [
    {"HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_X_FORWARDED_PROTO": "http", "HTTP_X_FORWARDED_PORT": "666"},
    {"HTTP_FORWARDED": "host=evil.example;proto=http"},
    {"HTTP_X_ORIGINAL_URL": "https://evil.example/", "HTTP_X_REWRITE_URL": "//evil.example/"},
    {"HTTP_HOST": "testserver:666", "SERVER_PORT": "666"},
]


@pytest.mark.parametrize("headers", POISON)
def test_m7_links_are_built_from_the_settings_alone(
    ana: UUID, door: Door, headers: dict[str, str]
) -> None:
    door.set(EMAIL_SENDER="doorman.adapters.email.EmailSender", BASE_URL="https://shop.example")
    answer = Caller().json(
        "/api/auth/v1/challenges", {"channel": "email", "identifier": EMAIL}, **headers
    )
    assert answer.status_code == 202
    (letter,) = mail.outbox
    (page, _kind), *_ = letter.alternatives
    for body in (letter.body, page):
        found = re.findall(r"https?://[^\s\"]+", body)
        assert [each[:31] for each in found] == ["https://shop.example/auth/link/"]
        assert "evil" not in body


@pytest.mark.parametrize(
    "headers", [{"HTTP_HOST": "evil.example"}, {"HTTP_HOST": "testserver@evil.example"}]
)
def test_m7_a_foreign_host_is_400(ana: UUID, door: Door, headers: dict[str, str]) -> None:
    answer = Caller().json(
        "/api/auth/v1/challenges", {"channel": "email", "identifier": EMAIL}, **headers
    )
    assert answer.status_code == 400
    assert not door.sent


def test_m7_each_shop_has_its_own_address_or_none(
    door: Door, tenant: Tenant, other_tenant: Tenant
) -> None:
    door.open_wide()
    door.set(BASE_URL="https://wrong.example", BASE_URLS={tenant.slug: "https://one.example/"})
    for shop in (tenant, other_tenant):
        with tenancy.use(shop):
            challenge.start(
                channel="email", identifier=EMAIL, address="192.0.2.1", client="other", locale="en"
            )
    first, second = door.sent
    assert first.link.startswith("https://one.example/auth/link/")
    assert second.link == ""
    assert "://" not in second.text + second.html
    assert second.code


def test_m7_a_link_is_unknown_in_another_shop(
    asker: Browser, door: Door, other_tenant: Tenant
) -> None:
    with tenancy.use(other_tenant), pytest.raises(LinkClosed):
        follow(door.link.rpartition("/")[2])


def test_m8_the_secret_leaves_the_address_at_once(asker: Browser, door: Door) -> None:
    other = Browser()
    landed = other.get(door.link)
    assert (landed.status_code, landed["Location"]) == (303, "/auth/link/")
    assert landed["Referrer-Policy"] == "no-referrer"
    cookie = landed.cookies[LINK]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
    page = other.get("/auth/link/")
    token = door.link.rpartition("/")[2]
    for answer in (landed, page):
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex"
        assert token not in answer.content.decode()
    assert page["Content-Security-Policy"].startswith("default-src 'none'")
    addresses = re.findall(r'(?:href|src|action)="([^"]+)"', page.content.decode())
    assert addresses
    assert all(each.startswith(("/", "data:", "#")) for each in addresses)


@pytest.mark.parametrize("tail", ["", "/", ".", "%3E", "=%0A/", ">."])
def test_m9_the_secret_is_in_no_log(
    asker: Browser, door: Door, caplog: pytest.LogCaptureFixture, tail: str
) -> None:
    caplog.set_level(logging.DEBUG)
    token = door.link.rpartition("/")[2]
    other = Browser()
    other.get(door.link + tail)
    other.get("/auth/link/")
    confirm(other)
    other.get(f"/auth/link/{token}/nothing/{tail}")
    lines = [(record, f'"GET {door.link}{tail} HTTP/1.1" 303 0') for record in caplog.records]
    assert lines
    for record, access_line in lines:
        access = logging.makeLogRecord({"msg": access_line})
        for each in (record, access):
            ContextFilter().filter(each)
            assert token not in each.getMessage() + each.path  # type: ignore[attr-defined]


def test_m9_a_link_lives_ten_minutes(asker: Browser, door: Door) -> None:
    row = Challenge.objects.get()
    assert row.expires_at - row.sent_at == dt.timedelta(minutes=10)
    land(asker, door.link)
    with time_machine.travel(row.expires_at, tick=False):
        assert confirm(asker).status_code == 410
    with time_machine.travel(row.expires_at - dt.timedelta(milliseconds=1), tick=False):
        assert confirm(asker).status_code == 303


def test_m10_guessing_is_hopeless_counted_and_tells_nothing(asker: Browser, door: Door) -> None:
    path = door.link
    assert len(path.rpartition("/")[2]) == 43, "256 bits"
    guesser = Browser()
    pages = [
        answer
        for token in (UNKNOWN, "x", path.rpartition("/")[2][:-1])
        for answer in (land(guesser, f"/auth/link/{token}"), confirm(guesser))
    ]
    bodies = {re.sub(r"value=.[^>]+", "", each.content.decode()) for each in pages}
    assert {each.status_code for each in pages} == {410}
    assert len(bodies) == 1
    statuses = [confirm(guesser).status_code for _ in range(28)]
    assert statuses == [410] * 27 + [429]
    # The victim is not kept out: what is right is not counted.
    land(asker, path)
    assert confirm(asker).status_code == 303


def test_m10_an_expired_link_is_answered_like_an_unknown_one(caller: Caller, ana: UUID) -> None:
    caller.ask(EMAIL, "email")
    token = door_link().rpartition("/")[2]
    Challenge.objects.update(expires_at=clock.now())
    answers = [consume(caller, each).json() for each in (token, UNKNOWN, "")]
    assert [each["code"] for each in answers[:2]] == ["link_closed"] * 2
    assert answers[0]["detail"] == answers[1]["detail"]


@pytest.mark.parametrize(
    "damage",
    ["{0}.", "{0}>", "{0}>.", "{0}=", "{1}=\n{2}", "{1}=\r\n{2}", " {0} ", "\u200b{0}", "{0})"],
)
def test_m11_what_mail_programs_do_to_a_link_is_undone(
    asker: Browser, door: Door, damage: str
) -> None:
    token = door.link.rpartition("/")[2]
    broken = damage.format(token, token[:20], token[20:])
    assert links.normalise(broken) == token
    land(asker, f"/auth/link/{broken}")
    assert confirm(asker).status_code == 303


@pytest.mark.parametrize(
    "token",
    ["", "x", UNKNOWN[:-1], UNKNOWN + "x", "\x00" * 43, "é" * 43, "a" * 5000, "%00", "../x"],
)
def test_m11_what_is_no_link_is_a_plain_page(browser_client: Browser, token: str) -> None:
    assert links.normalise(token) == ""
    answer = browser_client.get(f"/auth/link/{token}", follow=True)
    assert answer.status_code in (404, 410)
    assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize(
    "added", ["?", "?utm_source=mail&sa=D", "/?x=1", "?url=https%3A%2F%2Fevil"]
)
def test_m13_a_rewritten_link_works(asker: Browser, door: Door, added: str) -> None:
    assert len(door.link) < 60, "short enough for every line"
    land(asker, door.link + added)
    assert confirm(asker).status_code == 303


def test_a_link_is_never_without_a_code_and_by_mail_only(door: Door, ana: UUID) -> None:
    caller = Caller()
    caller.ask(EMAIL, "email")
    letter = door.sent[-1]
    assert letter.link in letter.text
    assert letter.link in letter.html
    assert letter.code[:4] in letter.text
    assert letter.link not in repr(letter)
    assert letter.link.rpartition("/")[2] not in letter.subject
    caller.ask(PHONE)
    assert (door.sent[-1].link, "auth/link" in door.sent[-1].text) == ("", False)
    assert letter.link.rpartition("/")[2].encode() not in dumped()
    door.set(LINK_PATH="")
    caller.ask(EMAIL, "email")
    assert door.sent[-1].link == ""


def test_a_resolver_that_is_down_leaves_the_link_good(asker: Browser, door: Door) -> None:
    land(asker, door.link)
    door.directory.is_down = True
    assert confirm(asker).status_code == 503
    door.directory.is_down = False
    assert confirm(asker).status_code == 303


def test_an_inactive_customer_and_nobody_are_told_after_the_proof(
    ana: UUID, asker: Browser, door: Door
) -> None:
    door.directory.asked.clear()
    land(asker, door.link)
    assert door.directory.asked == []
    door.directory.deactivate(ana)
    turned_away = confirm(asker)
    assert "not possible with this account" in turned_away.content.decode()
    asker.submit("/auth/login/", identifier="nobody@example.com")
    land(asker, door.link)
    assert "There is no account for this address yet." in confirm(asker).content.decode()
    assert not CustomerSession.objects.exists()


def test_an_app_consumes_a_link_itself(caller: Caller, ana: UUID, door: Door) -> None:
    caller.ask(EMAIL, "email")
    token = door_link().rpartition("/")[2]
    answer = consume(Caller(), token)
    assert answer.json()["customer"]["uuid"] == str(ana)
    assert answer.json()["amr"] == ["email_link"]
    assert consume(Caller(), token).status_code == 410


def consume(caller: Caller, token: str) -> Any:
    return caller.json("/api/auth/v1/links/consume", {"link": token})


def follow(token: str, flow: str = "") -> login.Login:
    return login.follow(token=token, flow=flow, address="192.0.2.1", user_agent="")


def door_link() -> str:
    """The path of the newest link, for tests that do not turn the door."""
    found: str = Door(settings=None).link  # type: ignore[arg-type]
    return found
