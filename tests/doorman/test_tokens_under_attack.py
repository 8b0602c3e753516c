"""Tokens of apps: rows T1 to T14 of the catalogue."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from doorman.errors import TokenInvalid, TokenReuseDetected
from doorman.models import AuthEvent, Challenge, CustomerSession, Token, TokenFamily
from doorman.rules import tokens
from doorman.services import access, login, purge, token
from doorman.services.challenge_row import Claim
from doorman.services.token import Pair
from shopman import clock, tenancy
from shopman.models import Tenant
from tests.conftest import Race
from tests.doorman.conftest import EMAIL, OTHER_PHONE, PHONE, Browser, Caller, Door
from tests.doorman.test_codes_under_attack import start

pytestmark = pytest.mark.django_db

SESSION = "/api/auth/v1/session"
GRACE = dt.timedelta(seconds=10)


class App(Caller):
    """A program without cookies that was signed in for tokens."""

    access = ""
    refresh = ""

    def sign_in(self, door: Door, **wanted: Any) -> dict[str, Any]:
        secret = self.ask().json()["challenge"]
        path = f"/api/auth/v1/challenges/{secret}/verify"
        answer = self.json(path, {"code": door.code, "tokens": wanted})
        assert answer.status_code == 200, answer.content
        assert not answer.cookies
        body: dict[str, Any] = answer.json()
        self.keep(body["tokens"])
        return body

    def keep(self, pair: dict[str, Any]) -> None:
        self.access, self.refresh = pair["access_token"], pair["refresh_token"]

    def exchange(self, secret: str) -> Any:
        return self.json("/api/auth/v1/token/refresh", {"refresh_token": secret})

    def look(self, header: str | None = None) -> Any:
        given = f"Bearer {self.access}" if header is None else header
        return self.get(SESSION, HTTP_AUTHORIZATION=given)


@pytest.fixture
def app(door: Door, in_tenant: Tenant) -> App:
    door.open_wide()
    found = App()
    found.sign_in(door)
    return found


@pytest.fixture
def pair(door: Door, in_tenant: Tenant) -> Pair:
    """A family of a customer, below the API."""
    customer = door.directory.add(phone=PHONE)
    return token.open(customer_uuid=customer.uuid, amr="otp_sms", device="", grant=token.grant())


def test_an_app_gets_a_pair_and_calls_with_it(app: App, door: Door) -> None:
    answer = app.look()
    assert answer.status_code == 200
    assert answer.json()["session"] == str(TokenFamily.objects.get().pk)
    assert answer.json()["amr"] == ["otp_sms"]
    assert not CustomerSession.objects.exists()
    event = AuthEvent.objects.get(name="login_succeeded")
    assert event.session_uuid == TokenFamily.objects.get().pk


def test_a_call_costs_one_query_and_one_question(app: App, door: Door) -> None:
    door.directory.asked.clear()
    with CaptureQueriesContext(connection) as queries:
        app.look()
    asked = [each["sql"] for each in queries if "doorman" in each["sql"]]
    assert len(asked) == 1
    assert door.directory.asked == ["get_by_uuid"]
    with CaptureQueriesContext(connection) as queries:
        app.look("Bearer dmn_at_" + "x" * 49)
    assert not [each for each in queries if "doorman" in each["sql"]]


def test_only_hashes_are_stored(app: App) -> None:
    kept = [str(value) for kind in (Token, TokenFamily) for row in kind.objects.values_list()
            for value in row]  # fmt: skip
    for secret in (app.access, app.refresh):
        assert secret not in "".join(kept)
        assert secret[7:50] not in "".join(kept)
    (row,) = Token.objects.all()
    assert (len(row.access_hash), len(row.refresh_hash)) == (64, 64)


def test_t1_an_old_refresh_token_ends_the_family(app: App, door: Door) -> None:
    first_access, first = app.access, app.refresh
    app.keep(app.exchange(first).json())
    with time_machine.travel(clock.now() + GRACE, tick=False):
        answer = app.exchange(first)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_reuse_detected")
        assert answer["WWW-Authenticate"]
        for secret in (first_access, app.access):
            assert app.look(f"Bearer {secret}").json()["code"] == "token_invalid"
        assert app.exchange(app.refresh).json()["code"] == "token_invalid"
    family = TokenFamily.objects.get()
    assert family.end_reason == "token_reuse"
    event = AuthEvent.objects.get(name="token_reuse_detected")
    assert (event.customer_uuid, event.session_uuid) == (family.customer_uuid, family.pk)


def test_t1_a_grandparent_is_reuse_even_within_the_grace(app: App) -> None:
    first = app.refresh
    second = app.exchange(first).json()["refresh_token"]
    app.exchange(second)
    assert app.exchange(first).json()["code"] == "token_reuse_detected"


def test_t1_a_pair_stolen_within_the_grace_is_found_out_later(app: App) -> None:
    """Thief and owner exchanged one token at once; whoever is second next time ends it."""
    thief, owner = (app.exchange(app.refresh).json() for _ in range(2))
    begin = clock.now()
    with time_machine.travel(begin + dt.timedelta(minutes=14), tick=False):
        assert app.exchange(thief["refresh_token"]).status_code == 200
    with time_machine.travel(begin + dt.timedelta(minutes=15), tick=False):
        assert app.exchange(owner["refresh_token"]).json()["code"] == "token_reuse_detected"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_t2_ten_exchanges_at_once_are_one_step(pair: Pair, race: Race) -> None:
    outcomes = race(*[lambda: token.refresh(secret=pair.refresh)] * 10)
    assert [each.error for each in outcomes] == [None] * 10
    family = TokenFamily.objects.get()
    assert (family.generation, family.ended_at) == (2, None)
    assert Token.objects.filter(generation=2).count() == 10
    for each in outcomes:
        assert token.identify(secret=each.value.access).session_uuid == family.pk
        assert token.refresh(secret=each.value.refresh)
    assert TokenFamily.objects.get().generation == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_t2_two_exchanges_at_once_are_one_step(pair: Pair, race: Race) -> None:
    outcomes = race(*[lambda: token.refresh(secret=pair.refresh)] * 2)
    assert [each.error for each in outcomes] == [None, None]
    assert TokenFamily.objects.get().generation == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_t2_an_end_and_exchanges_at_once_leave_nothing_good(pair: Pair, race: Race) -> None:
    customer = pair.family.customer_uuid

    def end() -> Any:
        return access.end_all(customer_uuid=customer, reason="customer_inactive")

    outcomes = race(*[lambda: token.refresh(secret=pair.refresh)] * 4, end)
    errors = [each.error for each in outcomes if each.error is not None]
    assert {type(each) for each in errors} <= {TokenInvalid}
    for each in outcomes:
        if isinstance(each.value, Pair):
            with pytest.raises(TokenInvalid):
                token.identify(secret=each.value.access)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_o3_right_codes_for_tokens_at_once_make_one_family(
    door: Door, in_tenant: Tenant, race: Race
) -> None:
    started = start()
    code = door.code

    def enter() -> Any:
        return login.verify(
            claim=Claim(secret=started.secret, flow=None),
            code=code,
            address="192.0.2.1",
            user_agent="",
            grant=token.grant(),
        )

    outcomes = race(*[enter] * 10)
    assert sum(each.error is None for each in outcomes) == 1
    assert (TokenFamily.objects.count(), Token.objects.count()) == (1, 1)


@pytest.mark.parametrize("end", ["revoked", "deactivated", "signed out", "ended elsewhere"])
def test_t4_the_grace_ends_with_the_family(app: App, door: Door, end: str) -> None:
    first = app.refresh
    app.keep(app.exchange(first).json())
    family = TokenFamily.objects.get()
    if end == "revoked":
        assert app.json("/api/auth/v1/token/revoke", {"token": app.access}).status_code == 204
    elif end == "deactivated":
        door.directory.deactivate(family.customer_uuid)
    elif end == "signed out":
        bearer = {"HTTP_AUTHORIZATION": f"Bearer {app.access}"}
        assert app.delete(SESSION, **bearer).status_code == 204
    else:
        access.close_own(customer_uuid=family.customer_uuid, uuid=family.pk)
    for secret in (first, app.refresh):
        assert app.exchange(secret).json()["code"] == "token_invalid"
    assert app.look().status_code == 401
    assert TokenFamily.objects.get().ended_at is not None


def test_t5_a_family_ends_after_ninety_days_however_much_it_is_used(app: App) -> None:
    begin = clock.now()
    for day in (29, 58, 87):
        with time_machine.travel(begin + dt.timedelta(days=day), tick=False):
            app.keep(app.exchange(app.refresh).json())
    with time_machine.travel(begin + dt.timedelta(days=90), tick=False):
        assert app.exchange(app.refresh).json()["code"] == "token_invalid"
        assert app.look().status_code == 401


def test_t5_a_refresh_token_nobody_exchanges_ends_after_thirty_days(app: App) -> None:
    with time_machine.travel(clock.now() + dt.timedelta(days=30), tick=False):
        assert app.exchange(app.refresh).json()["code"] == "token_invalid"


def test_an_access_token_lives_fifteen_minutes(app: App) -> None:
    begin = clock.now()
    with time_machine.travel(begin + dt.timedelta(minutes=14, seconds=59), tick=False):
        assert app.look().status_code == 200
    with time_machine.travel(begin + dt.timedelta(minutes=15, seconds=1), tick=False):
        answer = app.look()
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="store"')


def test_t7_a_token_counts_in_the_header_only(app: App) -> None:
    for name in ("access_token", "token", "authorization"):
        assert Caller().get(SESSION, {name: app.access}).status_code == 401
    other = Caller()
    for name in ("doorman", "__Host-doorman", "access_token"):
        other.cookies[name] = app.access
    assert other.get(SESSION).status_code == 401
    assert app.look(f"Bearer {app.refresh}").status_code == 401
    assert app.exchange(app.access).status_code == 401


def test_t8_a_revoked_token_is_dead_at_once(app: App) -> None:
    assert app.look().status_code == 200
    app.json("/api/auth/v1/token/revoke", {"token": app.refresh})
    assert app.look().status_code == 401
    # Unknown and repeated ones are answered alike.
    for secret in (app.refresh, tokens.draw("access"), "nonsense"):
        assert app.json("/api/auth/v1/token/revoke", {"token": secret}).status_code == 204


HEADERS = [
    "Bearer", "Bearer ", "Bearer  {0}", "Bearer {0} ", "Bearer {0} x", "Bearer\t{0}", "Bearer x",
    "Bearer " + "x" * 10_000, "Bearer \u00e9\u00e8", "Bearer {1}", "bearer {1}", "Bearer {0},{0}",
    "{0}", "Basic {0}", "Bearer null", "Bearer \x00",
]  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
def test_t9_a_malformed_header_is_401(app: App, header: str) -> None:
    answer = app.look(header.format(app.access, app.access.lower()))
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="store"'
    assert answer["Content-Type"] == "application/problem+json"


def test_t9_a_bad_token_is_not_made_good_by_a_cookie(caller: Caller, door: Door) -> None:
    caller.login(door)
    assert caller.get(SESSION).status_code == 200
    assert caller.get(SESSION, HTTP_AUTHORIZATION="Bearer x").status_code == 401


def test_t11_tokens_are_recognised_by_scanners() -> None:
    drawn = [tokens.draw(kind) for kind in ("access", "refresh") for _ in range(500)]
    assert len(set(drawn)) == 1000
    for each in drawn:
        assert re.fullmatch(r"dmn_[ar]t_[0-9A-Za-z]{49}", each)
    one = drawn[0]
    assert tokens.kind_of(one) == "access"
    swapped = one[:10] + ("a" if one[10] != "a" else "b") + one[11:]
    for bad in (swapped, one[:-1], one + "a", one.replace("_at_", "_rt_"), one.upper(), "", "\n"):
        assert tokens.kind_of(bad) is None, bad


@pytest.mark.parametrize(
    "extra",
    [{"customer_uuid": "x"}, {"is_staff": True}, {"tokens": {"is_staff": True}}, {"tokens": []},
     {"tokens": {"scopes": "store"}}, {"tokens": {"scopes": ["root"]}}, {"tokens": True},
     {"tokens": {"audience": "bank"}}, {"tokens": {"scopes": [1]}}],
)  # fmt: skip
def test_t12_what_nobody_may_ask_for_is_422_and_costs_no_code(
    caller: Caller, door: Door, extra: dict[str, Any]
) -> None:
    secret = caller.ask().json()["challenge"]
    path = f"/api/auth/v1/challenges/{secret}/verify"
    assert caller.json(path, {"code": door.code, **extra}).status_code == 422
    assert Challenge.objects.get().attempts == 0
    assert caller.give(secret, door.code).status_code == 200


BODIES = [
    (b'{"code": "1", "code": "2"}', "application/json", 400),
    (b'{"code":' * 2000 + b"1" + b"}" * 2000, "application/json", 400),
    (b'{"code": "' + b"1" * 1_100_000 + b'"}', "application/json", 413),
    ('{"code": "123456"}'.encode("utf-16"), "application/json; charset=utf-16", 415),
    (b"+AHs-", "application/json; charset=utf-7", 415),
    (b"code=123456", "application/x-www-form-urlencoded", 415),
    (b"<code/>", "application/xml", 415),
]


@pytest.mark.parametrize(("body", "content_type", "status"), BODIES)
def test_t13_bodies_that_are_no_plain_json_are_refused(
    caller: Caller, door: Door, body: bytes, content_type: str, status: int
) -> None:
    secret = caller.ask().json()["challenge"]
    path = f"/api/auth/v1/challenges/{secret}/verify"
    answer = caller.generic("POST", path, body, content_type=content_type)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert Challenge.objects.get().attempts == 0


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_t13_other_methods_and_overrides_do_nothing(app: App, method: str) -> None:
    for path in ("/api/auth/v1/token/refresh", "/api/auth/v1/token/revoke"):
        assert app.generic(method, path).status_code in (401, 403, 405)
        assert app.json(f"{path}/", {}).status_code == 404
    override = {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE", "HTTP_X_METHOD_OVERRIDE": "DELETE"}
    app.get(SESSION, HTTP_AUTHORIZATION=f"Bearer {app.access}", **override)
    assert app.look().status_code == 200


def test_t14_unknown_challenges_are_answered_like_wrong_codes(caller: Caller, door: Door) -> None:
    secret = caller.ask().json()["challenge"]
    assert len(secret) == 43, "256 bits"
    wrong = caller.give(secret, door.wrong_code)
    for guess in ("y" * 43, secret[:-1], "0", "01890000-0000-7000-8000-000000000000"):
        unknown = caller.give(guess, door.wrong_code)
        assert (unknown.status_code, unknown.json()["code"]) == (
            wrong.status_code,
            wrong.json()["code"],
        )


def test_scopes_are_held_to(door: Door, in_tenant: Tenant) -> None:
    door.open_wide()
    narrow = App()
    assert narrow.sign_in(door, scopes=["store"])["tokens"]["scope"] == "store"
    answer = narrow.look()
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    narrow.keep(narrow.exchange(narrow.refresh).json())
    assert narrow.look().status_code == 403


def test_a_token_of_another_audience_or_shop_is_none(
    app: App, door: Door, other_tenant: Tenant
) -> None:
    with tenancy.use(other_tenant), pytest.raises(TokenInvalid):
        token.identify(secret=app.access)
    with tenancy.use(other_tenant), pytest.raises(TokenInvalid):
        token.refresh(secret=app.refresh)
    door.set(AUDIENCE="kitchen", TOKEN_AUDIENCES=["shop", "kitchen"])
    assert app.look().json()["code"] == "token_invalid"


def test_c7_a_resolver_that_is_down_uses_up_nothing(app: App, door: Door) -> None:
    door.directory.is_down = True
    assert app.look().status_code == 503
    assert app.exchange(app.refresh).status_code == 503
    door.directory.is_down = False
    assert app.look().status_code == 200
    assert app.exchange(app.refresh).status_code == 200


def test_s8_a_token_needs_no_csrf_token_and_a_cookie_does(door: Door, in_tenant: Tenant) -> None:
    door.open_wide()
    app = App()
    app.sign_in(door)
    strict = Client(enforce_csrf_checks=True)
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {app.access}"}
    assert strict.delete("/api/auth/v1/sessions", **bearer).status_code == 204
    browser = Browser()
    browser.submit("/auth/login/", identifier=PHONE)
    browser.submit("/auth/code/", code=door.code)
    assert browser.delete("/api/auth/v1/sessions").status_code == 403


def test_browsers_and_apps_are_listed_and_ended_together(
    app: App, browser_client: Browser, door: Door
) -> None:
    browser_client.submit("/auth/login/", identifier=PHONE)
    browser_client.submit("/auth/code/", code=door.code)
    rows = browser_client.get("/api/auth/v1/sessions").json()["results"]
    assert len(rows) == 2
    assert [row["is_current"] for row in rows].count(True) == 1
    page = browser_client.get("/auth/sessions/").content.decode()
    assert '<span class="badge">app</span>' in page
    family = TokenFamily.objects.get()
    assert browser_client.submit(f"/auth/sessions/{family.pk}/end/").status_code == 303
    assert app.look().status_code == 401
    again = App()
    again.sign_in(door)
    browser_client.submit("/auth/sessions/others/end/")
    assert again.look().status_code == 401
    assert browser_client.get(SESSION).status_code == 200


def test_strangers_apps_are_not_ended(app: App, door: Door) -> None:
    other = Caller()
    other.login(door, OTHER_PHONE)
    family = TokenFamily.objects.get()
    answer = other.delete(f"/api/auth/v1/sessions/{family.pk}")
    assert (answer.status_code, answer.json()["code"]) == (404, "session_missing")
    assert app.look().status_code == 200


def test_the_eleventh_app_ends_the_longest_unused_one(app: App, door: Door) -> None:
    for _ in range(10):
        App().sign_in(door)
    assert TokenFamily.objects.filter(ended_at=None).count() == 10
    assert app.look().status_code == 401


def test_tickets_and_links_give_tokens_too(door: Door, in_tenant: Tenant) -> None:
    door.open_wide()
    door.directory.add(email=EMAIL)
    app = App()
    app.ask(EMAIL, "email")
    body = {"link": door.link.rpartition("/")[2], "tokens": {}}
    app.keep(app.json("/api/auth/v1/links/consume", body).json()["tokens"])
    assert app.look().status_code == 200
    secret = app.ask().json()["challenge"]
    door.directory.is_down = True
    ticket = app.give(secret, door.code).json()["ticket"]
    door.directory.is_down = False
    answer = app.json("/api/auth/v1/tickets/redeem", {"ticket": ticket, "tokens": {}})
    app.keep(answer.json()["tokens"])
    assert app.look().status_code == 200


def test_r14_what_is_over_is_purged_and_only_that(app: App, door: Door) -> None:
    first = app.refresh
    begin = clock.now()
    with time_machine.travel(begin + dt.timedelta(days=29), tick=False):
        app.keep(app.exchange(first).json())
    with time_machine.travel(begin + dt.timedelta(days=31), tick=False):
        assert "token" in {each.kind for each in purge.purge()}
        assert Token.objects.count() == 1
        assert app.exchange(app.refresh).status_code == 200
    with time_machine.travel(begin + dt.timedelta(days=125), tick=False):
        assert {"token", "token_family"} <= {each.kind for each in purge.purge()}
        assert list(purge.purge()) == []
    assert not TokenFamily.objects.exists()
    assert not Token.objects.exists()


def test_reuse_raises_after_its_commit(pair: Pair) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        token.refresh(secret=pair.refresh)
        now.shift(GRACE)
        with pytest.raises(TokenReuseDetected):
            token.refresh(secret=pair.refresh)
    assert TokenFamily.objects.get().ended_at is not None
