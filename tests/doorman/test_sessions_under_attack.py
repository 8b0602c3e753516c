"""Sessions, cookies, CSRF and headers: rows S1 to S18 of the catalogue."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.checks import run_checks
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from pytest_django import Settings
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request

from doorman.models import AuthEvent, Challenge, CustomerSession
from doorman.rules import device
from doorman.services import session
from shopman import clock
from shopman.models import Membership, Tenant
from tests.conftest import Race
from tests.doorman.conftest import PHONE, Browser, Caller, Door

pytestmark = pytest.mark.django_db

SESSION, FLOW = "__Host-doorman", "__Host-doorman_flow"


def sign_in(browser: Browser, door: Door, **fields: Any) -> Any:
    browser.submit("/auth/login/", identifier=PHONE, **fields)
    return browser.submit("/auth/code/", code=door.code)


def test_s1_nothing_that_was_fixed_before_survives_a_login(
    browser_client: Browser, door: Door
) -> None:
    door.open_wide()
    browser_client.cookies[SESSION] = "chosen-by-somebody"
    browser_client.cookies[FLOW] = "chosen-by-somebody"
    token = browser_client.cookies["csrftoken"].value
    browser_client.submit("/auth/login/", identifier=PHONE)
    assert browser_client.cookies[FLOW].value != "chosen-by-somebody"
    browser_client.submit("/auth/code/", code=door.code)
    first = browser_client.cookies[SESSION].value
    assert first != "chosen-by-somebody"
    assert browser_client.cookies[FLOW].value == ""
    assert browser_client.cookies["csrftoken"].value != token
    challenge = browser_client.ask().json()["challenge"]
    browser_client.give(challenge, door.code)
    assert browser_client.cookies[SESSION].value != first
    assert not session.identify(secret=first).customer.is_authenticated
    assert CustomerSession.objects.get(ended_at__isnull=False).end_reason == "superseded"


def test_s1_a_cart_in_djangos_session_is_kept_under_a_new_key(
    browser_client: Browser, door: Door
) -> None:
    held = browser_client.session
    held["cart"] = "c-1"
    held.save()
    before = held.session_key
    sign_in(browser_client, door)
    assert browser_client.session.session_key != before
    assert browser_client.session["cart"] == "c-1"
    assert not Session.objects.filter(session_key=before).exists()


def test_s1_a_visitor_without_a_session_gets_none(browser_client: Browser, door: Door) -> None:
    sign_in(browser_client, door)
    assert not Session.objects.exists()


def test_s3_secrets_are_stored_as_their_sha256(browser_client: Browser, door: Door) -> None:
    browser_client.submit("/auth/login/", identifier=PHONE)
    flow = browser_client.cookies[FLOW].value
    assert Challenge.objects.get().flow_hash == hashlib.sha256(flow.encode()).hexdigest()
    browser_client.submit("/auth/code/", code=door.code)
    secret = browser_client.cookies[SESSION].value
    row = CustomerSession.objects.get()
    assert row.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert len(secret) == 43, "256 bits"
    stored = [str(value) for each in CustomerSession.objects.values_list() for value in each]
    assert secret not in "".join(stored)


def test_s4_a_cookie_does_nothing_after_logout(browser_client: Browser, door: Door) -> None:
    sign_in(browser_client, door)
    secret = browser_client.cookies[SESSION].value
    page = browser_client.get("/auth/sessions/")
    assert page["Cache-Control"] == "no-store"
    out = browser_client.submit("/auth/logout/")
    assert out["Clear-Site-Data"] == '"cache", "storage"'
    assert (out.cookies[SESSION].value, out.cookies[SESSION]["max-age"]) == ("", 0)
    browser_client.cookies[SESSION] = secret
    assert browser_client.get("/api/auth/v1/session").status_code == 401
    assert browser_client.get("/auth/sessions/")["Location"] == "/auth/login/"


def test_s4_the_api_logs_out_too(browser_client: Browser, door: Door) -> None:
    sign_in(browser_client, door)
    answer = browser_client.remove("/api/auth/v1/session")
    assert answer.status_code == 204
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert browser_client.get("/api/auth/v1/session").status_code == 401


@pytest.mark.parametrize("method", ["get", "head", "options", "put"])
def test_s5_logout_takes_post_only(browser_client: Browser, door: Door, method: str) -> None:
    sign_in(browser_client, door)
    answer = getattr(browser_client, method)("/auth/logout/")
    assert answer.status_code in (405, 403) or method == "options"
    assert browser_client.get("/api/auth/v1/session").status_code == 200


def test_s6_the_server_decides_when_a_session_is_over(caller: Caller, door: Door) -> None:
    caller.login(door)
    begin = clock.now()
    second = dt.timedelta(seconds=1)
    with time_machine.travel(begin + dt.timedelta(days=14) - second, tick=False):
        assert caller.get("/api/auth/v1/session").status_code == 200
    # Seen again on day 14, it goes on, but never beyond day 30.
    with time_machine.travel(begin + dt.timedelta(days=27), tick=False):
        assert caller.get("/api/auth/v1/session").status_code == 200
    with time_machine.travel(begin + dt.timedelta(days=30), tick=False):
        caller.cookies[SESSION]["max-age"] = 10**9
        assert caller.get("/api/auth/v1/session").status_code == 401


def test_s6_a_session_nobody_uses_ends_after_two_weeks(caller: Caller, door: Door) -> None:
    caller.login(door)
    with time_machine.travel(clock.now() + dt.timedelta(days=14), tick=False):
        assert caller.get("/api/auth/v1/session").status_code == 401


def test_a_session_gets_a_new_secret_every_day(caller: Caller, door: Door) -> None:
    caller.login(door)
    old = caller.cookies[SESSION].value
    begin = clock.now()
    with time_machine.travel(begin + dt.timedelta(hours=25), tick=False):
        answer = caller.get("/api/auth/v1/session")
        new = answer.cookies[SESSION].value
        assert new != old
        # A request that was under way with the old one is let in and gets no third one.
        late = session.identify(secret=old)
        assert late.customer.is_authenticated
        assert late.fresh_secret == ""
    with time_machine.travel(begin + dt.timedelta(hours=26), tick=False):
        assert caller.get("/api/auth/v1/session").status_code == 200
        assert session.identify(secret=old).customer.is_authenticated
    with time_machine.travel(begin + dt.timedelta(hours=26, seconds=61), tick=False):
        assert not session.identify(secret=old).customer.is_authenticated
        assert session.identify(secret=new).customer.is_authenticated


def test_an_answer_that_got_lost_does_not_sign_out(caller: Caller, door: Door) -> None:
    caller.login(door)
    old = caller.cookies[SESSION].value
    begin = clock.now()
    with time_machine.travel(begin + dt.timedelta(hours=25), tick=False):
        lost = session.identify(secret=old).fresh_secret
        assert lost
    with time_machine.travel(begin + dt.timedelta(hours=27), tick=False):
        again = session.identify(secret=old)
        assert again.customer.is_authenticated
        assert again.fresh_secret not in ("", lost)
        assert not session.identify(secret=lost).customer.is_authenticated


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_parallel_requests_rotate_once(door: Door, in_tenant: Tenant, race: Race) -> None:
    caller = Caller()
    caller.login(door)
    secret = caller.cookies[SESSION].value
    CustomerSession.objects.update(rotated_at=clock.now() - dt.timedelta(hours=25))
    outcomes = race(*[lambda: session.identify(secret=secret)] * 10)
    visits = [outcome.value for outcome in outcomes]
    assert all(visit.customer.is_authenticated for visit in visits)
    assert sum(bool(visit.fresh_secret) for visit in visits) == 1


UNSAFE = [
    ("post", "/api/auth/v1/challenges"),
    ("post", "/api/auth/v1/challenges/xyz/resend"),
    ("post", "/api/auth/v1/challenges/xyz/verify"),
    ("post", "/api/auth/v1/tickets/redeem"),
    ("post", "/api/auth/v1/links/consume"),
    ("post", "/api/auth/v1/token/refresh"),
    ("post", "/api/auth/v1/token/revoke"),
    ("delete", "/api/auth/v1/session"),
    ("delete", "/api/auth/v1/sessions"),
    ("delete", "/api/auth/v1/sessions/01890000-0000-7000-8000-000000000000"),
    ("post", "/auth/login/"),
    ("post", "/auth/code/"),
    ("post", "/auth/code/resend/"),
    ("post", "/auth/link/"),
    ("post", "/auth/code/finish/"),
    ("post", "/auth/logout/"),
    ("post", "/auth/language/"),
    ("post", "/auth/sessions/others/end/"),
    ("post", "/auth/sessions/01890000-0000-7000-8000-000000000000/end/"),
]  # fmt: skip


def test_s8_every_unsafe_address_is_in_the_list() -> None:
    known = {path.replace("xyz", "<str:secret>").replace(
        "01890000-0000-7000-8000-000000000000", "<uuid:uuid>") for _, path in UNSAFE}  # fmt: skip
    for prefix in ("auth/", "api/auth/v1/"):
        resolver = next(each for each in get_resolver().url_patterns if str(each.pattern) == prefix)
        for each in resolver.url_patterns:
            methods = {name for name in ("post", "delete", "put", "patch") if unsafe(each, name)}
            assert not methods or f"/{prefix}{each.pattern}" in known, each


def unsafe(pattern: Any, method: str) -> bool:
    view = getattr(pattern.callback, "view_class", None) or pattern.callback.cls
    return hasattr(view, method)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver.evil.example"]
)
@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_s8_other_sites_get_403(
    browser_client: Browser, door: Door, method: str, path: str, origin: str
) -> None:
    sign_in(browser_client, door)
    sent = len(door.sent)
    body = (
        {"data": {}}
        if path.startswith("/auth/")
        else {"data": "{}", "content_type": "application/json"}
    )
    answer = getattr(browser_client, method)(path, HTTP_ORIGIN=origin, **body)
    assert answer.status_code == 403
    assert len(door.sent) == sent
    assert CustomerSession.objects.get().ended_at is None


@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_s8_a_request_without_origin_but_with_cookies_needs_the_token(
    browser_client: Browser, door: Door, method: str, path: str
) -> None:
    sign_in(browser_client, door)
    body = (
        {"data": {}}
        if path.startswith("/auth/")
        else {"data": "{}", "content_type": "application/json"}
    )
    assert getattr(browser_client, method)(path, **body).status_code == 403


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_s8_json_is_called_json(caller: Caller, door: Door, content_type: str) -> None:
    body = '{"channel":"sms","identifier":"+5511987654321"}'
    answer = caller.post("/api/auth/v1/challenges", body, content_type=content_type)
    assert answer.status_code == 415
    assert not door.sent


def test_s9_nobody_is_signed_in_as_somebody_else(
    browser_client: Browser, caller: Caller, door: Door
) -> None:
    """An attacker's challenge and code, posted from the victim's browser, token and all."""
    challenge = caller.ask().json()["challenge"]
    assert browser_client.give(challenge, door.code).json()["code"] == "code_invalid"
    assert SESSION not in browser_client.cookies
    assert caller.give(challenge, door.code).status_code == 200


def test_s10_no_origin_is_allowed_to_read(caller: Caller, door: Door) -> None:
    for origin in ("https://evil.example", "https://shop.test.evil", "null"):
        answer = caller.options("/api/auth/v1/session", HTTP_ORIGIN=origin)
        assert "Access-Control-Allow-Origin" not in answer
        assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("path", ["/auth/login/", "/auth/code/", "/auth/sessions/"])
def test_s11_pages_are_framed_by_nobody(browser_client: Browser, door: Door, path: str) -> None:
    sign_in(browser_client, door)
    page = browser_client.get(path)
    assert page["X-Frame-Options"] == "DENY"
    policy = page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "same-origin"


def test_s13_staff_and_customer_share_a_browser_and_nothing_else(
    browser_client: Browser, door: Door
) -> None:
    door.open_wide()
    staff = get_user_model().objects.create_superuser("eva", password="x")
    browser_client.force_login(staff)
    sign_in(browser_client, door)
    assert browser_client.get("/admin/").status_code == 200
    assert browser_client.get("/api/auth/v1/session").status_code == 200
    browser_client.submit("/auth/logout/")
    assert browser_client.get("/admin/").status_code == 200
    assert browser_client.get("/api/auth/v1/session").status_code == 401
    browser_client.get("/auth/login/")
    sign_in(browser_client, door)
    del browser_client.cookies["staff_session"]
    assert browser_client.get("/api/auth/v1/session").status_code == 200
    assert browser_client.get("/admin/").status_code == 302


def test_s14_a_customer_is_no_user(caller: Caller, door: Door) -> None:
    caller.login(door)
    assert caller.get("/admin/").status_code == 302
    customer = session.identify(secret=caller.cookies[SESSION].value).customer
    assert customer.is_authenticated
    assert not customer.is_staff
    assert not customer.is_superuser
    assert not customer.has_perm("guestman.view_customer")
    assert not customer.has_perms(["guestman.view_customer"])
    assert not customer.has_module_perms("guestman")
    assert customer.pk is None
    request = Request(RequestFactory().get("/"))
    request.user = customer
    assert not IsAdminUser().has_permission(request, None)
    with pytest.raises(ValueError, match="must be a"):
        Membership(user=customer)


@pytest.mark.suite
def test_s14_staff_api_refuses_customers(caller: Caller, door: Door) -> None:
    caller.login(door)
    assert caller.get("/api/v1/customers").status_code in (401, 403)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SESSION_COOKIE_SECURE": False}, "doorman.E009"),
        ({"CSRF_COOKIE_SECURE": False}, "doorman.E009"),
        ({"ALLOWED_HOSTS": ["*"]}, "doorman.E006"),
    ],
)
def test_s16_r9_unsafe_settings_are_errors_outside_debug(
    settings: Settings, door: Door, changes: dict[str, Any], code: str
) -> None:
    settings.DEBUG = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.ALLOWED_HOSTS = ["shop.example"]
    door.set(BASE_URL="https://shop.example")
    assert not errors()
    for name, value in changes.items():
        setattr(settings, name, value)
    assert code in errors()
    settings.DEBUG = True
    assert code not in errors()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"HMAC_KEYS": []}, "doorman.E001"),
        ({"HMAC_KEYS": ["k:c2hvcnQ="]}, "doorman.E001"),
        ({"SEAL_KEYS": ["no-colon"]}, "doorman.E001"),
        ({"SMS_CODE_TTL_SECONDS": 601}, "doorman.E002"),
        ({"SMS_CODE_LENGTH": 4}, "doorman.E003"),
        ({"CODE_ATTEMPTS": 100}, "doorman.E004"),
        ({"BRAND_COLOR": "red; }"}, "doorman.E005"),
        ({"BASE_URL": "http://shop.example"}, "doorman.E007"),
        ({"SMS_SENDER": "doorman.adapters.console.ConsoleSender"}, "doorman.E008"),
        ({"CUSTOMER_RESOLVER": "no.such.Resolver"}, "shopman.E003"),
        ({"CODE_ATEMPTS": 5}, "shopman.E001"),
    ],
)
def test_s16_unsafe_doorman_settings_are_errors(
    settings: Settings, door: Door, change: dict[str, Any], code: str
) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.ALLOWED_HOSTS = ["shop.example"]
    door.set(BASE_URL="https://shop.example")
    assert not errors()
    door.set(**change)
    assert errors() == {code}


def errors() -> set[str]:
    found = run_checks()
    return {each.id for each in found if each.id.startswith(("doorman.", "shopman."))}


def test_s16_cookies_are_bound_to_the_host_and_to_tls(
    browser_client: Browser, door: Door, settings: Settings
) -> None:
    door.open_wide()
    answer = sign_in(browser_client, door)
    morsel = answer.cookies[SESSION]
    assert (morsel["secure"], morsel["httponly"], morsel["samesite"]) == (True, True, "Lax")
    assert (morsel["path"], morsel["domain"]) == ("/", "")
    settings.DEBUG = True
    plain = Caller()
    plain.login(door)
    assert "doorman" in plain.cookies
    assert not plain.cookies["doorman"]["secure"]


def test_s18_header_values_are_told_never_kept(browser_client: Browser, door: Door) -> None:
    browser_client.submit("/auth/login/", identifier=PHONE, next="/a\r\nSet-Cookie: x=1")
    entered = browser_client.post(
        "/auth/code/",
        {"code": door.code, "csrfmiddlewaretoken": browser_client.cookies["csrftoken"].value},
        HTTP_USER_AGENT="<script>Chrome</script>\r\nAndroid; evil\x00",
        HTTP_ORIGIN="http://testserver",
    )
    assert entered["Location"] == "/account/"
    assert CustomerSession.objects.get().device == "Chrome, Android"
    assert "<script>" not in browser_client.get("/auth/sessions/").content.decode()
    assert device.label("\r\nnothing known") == ""


def test_request_customer_costs_one_query_and_only_when_asked(caller: Caller, door: Door) -> None:
    caller.login(door)
    door.directory.asked.clear()
    assert len(door_queries(lambda: caller.get("/api/auth/v1/session"))) == 1
    assert door.directory.asked == ["get_by_uuid"]
    assert not door_queries(lambda: caller.get("/auth/brand.css"))
    assert not door_queries(lambda: Caller().get("/api/auth/v1/session"))


def door_queries(act: Callable[[], object]) -> list[str]:
    """The statements on doorman's tables; the tenant is found by another part."""
    with CaptureQueriesContext(connection) as queries:
        act()
    return [each["sql"] for each in queries if "doorman" in each["sql"]]


def test_ending_sessions_of_others_is_not_possible(caller: Caller, door: Door) -> None:
    door.open_wide()
    caller.login(door)
    other = Caller()
    other.login(door, "+5511912345678")
    theirs = other.get("/api/auth/v1/sessions").json()["results"][0]["uuid"]
    answer = caller.delete(f"/api/auth/v1/sessions/{theirs}")
    assert (answer.status_code, answer.json()["code"]) == (404, "session_missing")
    assert other.get("/api/auth/v1/session").status_code == 200


def test_a_customer_ends_one_and_all_other_sessions(browser_client: Browser, door: Door) -> None:
    door.open_wide()
    others = [Caller() for _ in range(3)]
    for other in others:
        other.login(door)
    sign_in(browser_client, door)
    rows = browser_client.get("/api/auth/v1/sessions").json()["results"]
    assert [row["is_current"] for row in rows].count(True) == 1
    first = next(row["uuid"] for row in reversed(rows) if not row["is_current"])
    assert browser_client.submit(f"/auth/sessions/{first}/end/").status_code == 303
    assert CustomerSession.objects.filter(ended_at__isnull=True).count() == 3
    assert browser_client.submit("/auth/sessions/others/end/").status_code == 303
    assert CustomerSession.objects.get(ended_at__isnull=True).device == ""
    assert AuthEvent.objects.filter(reason="ended_by_customer").count() == 3
    assert browser_client.get("/auth/sessions/").status_code == 200
