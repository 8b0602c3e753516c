"""Rate limits, redirects and operations: rows R1 to R15 of the catalogue."""

from __future__ import annotations

import base64
import datetime as dt
import inspect
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as hypothesis
from pytest_django import Settings

from doorman import tasks, web
from doorman.conf import DoormanSettings, conf
from doorman.errors import CodeInvalid, TooManyAttempts
from doorman.models import AuthEvent, Challenge, CustomerSession, ProofTicket, RateCounter
from doorman.rules.budgets import Window
from doorman.services import budget, challenge, purge, session
from doorman.services.challenge_row import Claim
from shopman import clock, tenancy
from shopman.keys import uuid7
from shopman.models import Immutable, Tenant
from tests.conftest import Race
from tests.doorman.conftest import OTHER_PHONE, PHONE, Browser, Caller, Door
from tests.doorman.test_codes_under_attack import give, start

pytestmark = pytest.mark.django_db


def window(**changes: Any) -> Window:
    facts: dict[str, Any] = {
        "act": "send", "kind": "all", "subject": "x", "seconds": 60, "limit": 3,
    } | changes  # fmt: skip
    return Window(**facts)


def take(*windows: Window) -> list[budget.Admission]:
    with transaction.atomic():
        return budget.take(windows)


def test_r1_forwarded_addresses_are_believed_from_our_proxies_only(
    caller: Caller, door: Door, settings: Settings
) -> None:
    door.open_wide()
    door.set(SENDS_PER_ADDRESS_QUARTER_HOUR=1)

    def ask(**headers: str) -> int:
        return caller.json(
            "/api/auth/v1/challenges", {"channel": "sms", "identifier": PHONE}, **headers
        ).status_code

    assert ask(HTTP_X_FORWARDED_FOR="198.51.100.1", HTTP_FORWARDED="for=198.51.100.1") == 202
    assert ask(HTTP_X_FORWARDED_FOR="198.51.100.2", HTTP_X_REAL_IP="198.51.100.2") == 429
    settings.SHOPMAN = {**settings.SHOPMAN, "TRUSTED_PROXY_COUNT": 1}
    assert ask(HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.3") == 202
    assert ask(HTTP_X_FORWARDED_FOR="203.0.113.10, 198.51.100.3") == 429


def test_r1_an_ipv6_subscriber_is_one(caller: Caller, door: Door) -> None:
    door.open_wide()
    door.set(SENDS_PER_ADDRESS_QUARTER_HOUR=1)
    body = {"channel": "sms", "identifier": PHONE}
    statuses = [
        caller.json("/api/auth/v1/challenges", body, REMOTE_ADDR=address).status_code
        for address in ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1")
    ]
    assert statuses == [202, 429, 202]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_r3_of_two_hundred_at_once_no_more_than_the_limit_get_in(
    door: Door, in_tenant: Tenant, race: Race
) -> None:
    windows = [window(limit=20), window(kind="identifier", subject="y", limit=50, seconds=600)]

    def act() -> int:
        admitted = 0
        for _ in range(5):
            try:
                take(*windows)
            except TooManyAttempts:
                continue
            admitted += 1
        return admitted

    outcomes = race(*[act] * 40)
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert sum(outcome.value for outcome in outcomes) == 20
    assert sorted(RateCounter.objects.values_list("hits", flat=True)) == [20, 20]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_r3_guesses_on_many_challenges_of_one_number_share_its_budget_at_once(
    door: Door, in_tenant: Tenant, race: Race
) -> None:
    door.open_wide()
    started = [start() for _ in range(8)]
    outcomes = race(*[lambda each=each: give(each, "000000") for each in started * 5])
    wrong = [each for each in outcomes if isinstance(each.error, CodeInvalid)]
    assert len(wrong) == 10


def test_r4_two_windows_of_one_subject_are_two_rows(in_tenant: Tenant, door: Door) -> None:
    begin = clock.now()
    short, long = window(seconds=60, limit=2), window(seconds=3600, limit=3)
    take(short, long)
    take(short, long)
    assert sorted(RateCounter.objects.values_list("scope", "hits")) == [
        ("send.all.3600", 2), ("send.all.60", 2),
    ]  # fmt: skip
    with pytest.raises(TooManyAttempts) as refusal:
        take(short, long)
    assert refusal.value.retry_after_seconds in (59, 60)
    with time_machine.travel(begin + dt.timedelta(seconds=61), tick=False):
        take(short, long)
        with pytest.raises(TooManyAttempts) as refusal:
            take(short, long)
    assert 3500 < refusal.value.retry_after_seconds <= 3600


def test_an_act_counts_in_all_windows_or_in_none(in_tenant: Tenant, door: Door) -> None:
    take(window(limit=1))
    with pytest.raises(TooManyAttempts):
        take(window(limit=1), window(kind="identifier", subject="fresh", limit=5))
    assert RateCounter.objects.count() == 1


def test_tenants_have_budgets_of_their_own(
    tenant: Tenant, other_tenant: Tenant, door: Door
) -> None:
    for each in (tenant, other_tenant):
        with tenancy.use(each):
            take(window(limit=1))
            assert RateCounter.objects.get().hits == 1
            with pytest.raises(TooManyAttempts):
                take(window(limit=1))


def test_r6_no_setting_moves_the_budgets_into_a_cache(
    caller: Caller, door: Door, settings: Settings
) -> None:
    known = list(DoormanSettings.keys())
    assert not [name for name in known if "CACHE" in name or "LIMITER" in name]
    settings.CACHES = {"default": {"BACKEND": "no.such.Cache"}}
    assert caller.ask().status_code == 202
    assert caller.ask().status_code == 429


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_r6_four_workers_share_one_budget(door: Door, in_tenant: Tenant, race: Race) -> None:
    door.open_wide()
    door.set(SENDS_PER_DAY=10)
    outcomes = race(*[lambda: [attempt_start() for _ in range(5)]] * 4)
    assert sum(sum(outcome.value) for outcome in outcomes) == 10
    assert Challenge.objects.count() == 10


def attempt_start() -> bool:
    try:
        start()
    except TooManyAttempts:
        return False
    return True


def test_r7_a_flood_of_keys_leaves_few_rows(caller: Caller, door: Door) -> None:
    door.set(SENDS_PER_MINUTE=5)
    for number in range(40):
        caller.json(
            "/api/auth/v1/challenges",
            {"channel": "sms", "identifier": f"+55119876501{number:02}"},
            REMOTE_ADDR=f"203.0.113.{number}",
        )
    rows = RateCounter.objects.count()
    assert rows <= 5 * 4 + 3, "refused acts leave none"
    for key, scope in RateCounter.objects.values_list("key", "scope"):
        assert len(key) == 64
        assert "+55" not in scope
    with time_machine.travel(clock.now() + dt.timedelta(days=1, seconds=1), tick=False):
        call_command("doorman_purge")
        assert not RateCounter.objects.exists()


BAD_NEXT = [
    *("//e", "/\\e", "\\\\e", "http:e", "https:///e", "http://e", "/\te", "/\n/e", "https://u@e/"),
    *("javascript:alert(1)", "foo", "?x", "/%2f%2fe", "/%5ce", "/../../admin", "/auth/logout/?x=1"),
    *("/admin/", "/ADMIN/x", "/a/../admin/", "/./admin/", "/%2e%2e/admin", "/%61dmin/", "/a b"),
    *("/a%00", "/a%0d%0aX: y", "/%252f%252fe", "/a\u00a0b", "/a\u200bb", "/" + "a" * 512, ""),
    *("/auth", "/admin", "//auth/", 5, None, ["/"]),
]


@pytest.mark.parametrize("path", BAD_NEXT)
def test_r8_a_return_path_that_leads_away_is_the_default(door: Door, path: Any) -> None:
    assert web.accepted_next(path) == ""


@pytest.mark.parametrize(
    "path",
    ["/", "/account/", "/a?b=c&d=%20#e", "/authors/", "/administrator", "/p/caf%C3%A9", "/p/café"],
)
def test_r8_a_path_of_the_shop_is_taken(door: Door, path: str) -> None:
    assert web.accepted_next(path) == path


@hypothesis(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies.text(alphabet="/\\.%2fe5c:@?#a \t\n\x00", max_size=20))
def test_r8_nothing_accepted_can_leave_the_host(door: Door, tail: str) -> None:
    accepted = web.accepted_next("/" + tail)
    if accepted:
        assert accepted[1:2] not in ("/", "\\")
        assert not set(accepted) & set("\\\n\t\x00 ")
        assert ".." not in accepted.split("?")[0].split("#")[0].split("/")


def test_r8_the_path_is_stored_at_the_start_and_never_read_again(
    browser_client: Browser, door: Door
) -> None:
    browser_client.submit("/auth/login/", identifier=PHONE, next="/orders")
    entered = browser_client.submit("/auth/code/", code=door.code, next="/elsewhere")
    assert entered["Location"] == "/orders"


@pytest.mark.parametrize("bad", ["//evil.example", "https://evil.example/"])
def test_r8_pages_never_leave_the_host(browser_client: Browser, door: Door, bad: str) -> None:
    assert "evil" not in browser_client.get("/auth/login/", {"next": bad}).content.decode()
    browser_client.submit("/auth/login/", identifier=PHONE, next=bad)
    assert browser_client.submit("/auth/code/", code=door.code)["Location"] == "/account/"


def test_r9_a_return_path_names_no_host_whatever_hosts_are_allowed(
    settings: Settings, door: Door
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert web.accepted_next("http://testserver/a") == ""


def test_r10_names_are_escaped_and_languages_come_from_the_list(
    browser_client: Browser, door: Door
) -> None:
    door.open_wide()
    door.directory.add(name="<b>{{ 7|add:7 }}</b>", phone=PHONE)
    browser_client.submit("/auth/login/", identifier=PHONE)
    browser_client.submit("/auth/code/", code=door.code)
    text = browser_client.get("/auth/sessions/").content.decode()
    assert "&lt;b&gt;{{ 7|add:7 }}&lt;/b&gt;" in text
    for language, expected in (
        ("pt-BR", "pt-br"),
        ("../../etc", "pt-br"),
        ("es", "es"),
        ("xx", "pt-br"),
    ):
        Caller().json(
            "/api/auth/v1/challenges",
            {"channel": "sms", "identifier": OTHER_PHONE},
            HTTP_ACCEPT_LANGUAGE=language,
        )
        assert door.sent[-1].locale in (expected, "en"), language


def test_r12_old_keys_verify_and_new_ones_sign(
    caller: Caller, door: Door, settings: Settings
) -> None:
    door.open_wide()
    caller.login(door)
    secret = Caller().ask(OTHER_PHONE).json()["challenge"]
    code = door.code
    new = f"new:{base64.b64encode(b'n' * 32).decode()}"
    door.set(
        HMAC_KEYS=[new, *settings.DOORMAN["HMAC_KEYS"]],
        SEAL_KEYS=[new, *settings.DOORMAN["SEAL_KEYS"]],
    )
    settings.SECRET_KEY = "rotated-" + "0" * 50
    assert caller.get("/api/auth/v1/session").status_code == 200
    assert Caller().give(secret, code).status_code == 200
    Caller().ask(OTHER_PHONE)
    assert Challenge.objects.order_by("-pk")[0].key_id == "new"


def test_r12_a_key_that_is_gone_closes_its_challenges(caller: Caller, door: Door) -> None:
    secret = caller.ask().json()["challenge"]
    new = f"new:{base64.b64encode(b'n' * 32).decode()}"
    door.set(HMAC_KEYS=[new])
    assert caller.give(secret, door.code).status_code == 400
    assert not CustomerSession.objects.exists()


def test_r13_the_log_is_only_added_to(caller: Caller, door: Door) -> None:
    caller.login(door)
    event = AuthEvent.objects.all()[0]
    event.reason = "changed"
    with pytest.raises(Immutable):
        event.save()
    for act in (
        event.delete,
        AuthEvent.objects.all().delete,
        lambda: AuthEvent.objects.update(reason="changed"),
    ):
        with pytest.raises(Immutable):
            act()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE doorman_authevent SET reason = 'changed'")
    assert {each.name for each in AuthEvent.objects.all()} == {"otp_requested", "login_succeeded"}


def test_r13_repeated_failures_are_sampled(caller: Caller, door: Door) -> None:
    door.set(FAILURES_PER_ADDRESS_5_MINUTES=100)
    for _ in range(100):
        caller.give("x" * 43, "123456")
    repeats = AuthEvent.objects.filter(name="otp_failed").values_list("repeat", flat=True)
    assert sorted(repeats) == [1, 2, 3, 4, 5, 8, 16, 32, 64]
    for _ in range(50):
        assert caller.give("x" * 43, "123456").status_code == 429
    assert AuthEvent.objects.filter(name="otp_failed").count() == 9
    assert AuthEvent.objects.filter(name="otp_locked").count() == 1


def test_r14_purging_is_idempotent_chunked_and_never_needed(caller: Caller, door: Door) -> None:
    door.open_wide()
    begin = clock.now()
    secrets = [caller.ask().json()["challenge"] for _ in range(5)]
    door.directory.is_down = True
    caller.give(secrets[0], door.sent[0].code)
    session.open(customer_uuid=uuid7(), amr="otp_sms")
    with time_machine.travel(begin + dt.timedelta(minutes=6), tick=False):
        # Not purged yet: the time counts.
        assert caller.give(secrets[1], door.sent[1].code).status_code == 410
        done = list(purge.purge(chunk_size=2))
        assert [each.count for each in done if each.kind == "sealed_contact"] == [2, 1, 1]
        assert not Challenge.objects.exclude(sealed_identifier=b"").exists()
        assert not ProofTicket.objects.exclude(sealed_identifier=b"").exists()
        assert Challenge.objects.count() == 5
    with time_machine.travel(begin + dt.timedelta(days=2), tick=False):
        list(purge.purge(chunk_size=2))
        assert not Challenge.objects.exists()
        assert not ProofTicket.objects.exists()
        assert CustomerSession.objects.count() == 1
        assert list(purge.purge()) == []
    with time_machine.travel(begin + dt.timedelta(days=61), tick=False):
        list(purge.purge())
        assert not CustomerSession.objects.exists()


def test_r14_the_command_says_what_it_did(
    caller: Caller, door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    caller.ask()
    with time_machine.travel(clock.now() + dt.timedelta(days=2), tick=False):
        call_command("doorman_purge")
        assert "challenge: 1" in capsys.readouterr().out
        call_command("doorman_purge")
    assert capsys.readouterr().out == "nothing to delete\n"


def test_r14_a_worker_deletes_the_same(caller: Caller, door: Door) -> None:
    caller.ask()
    with time_machine.travel(clock.now() + dt.timedelta(days=2), tick=False):
        assert tasks.purge_expired() > 0
        assert tasks.purge_expired() == 0
    assert not Challenge.all_tenants.exists()


@pytest.mark.parametrize("code", ["424242", "000000", "123456", "111111"])
def test_r15_there_is_no_code_that_always_works(
    caller: Caller, door: Door, settings: Settings, code: str
) -> None:
    settings.DEBUG = True
    secret = caller.ask().json()["challenge"]
    if door.code != code:
        assert caller.give(secret, code).status_code == 400
    known = list(DoormanSettings.keys())
    assert not [name for name in known if "DEMO" in name or "TEST" in name]


def test_settings_are_read_when_used(door: Door, in_tenant: Tenant) -> None:
    door.set(SMS_CODE_LENGTH=8)
    assert conf.SMS_CODE_LENGTH == 8
    assert start().code_length == 8
    assert len(door.code) == 8


def test_every_setting_says_what_it_means() -> None:
    source = Path(inspect.getfile(DoormanSettings)).read_text().splitlines()
    for number, line in enumerate(source):
        if line.startswith("    ") and line.strip()[:1].isupper() and ": " in line:
            assert source[number - 1].strip().startswith("#:"), line


def test_a_challenge_shows_itself_to_its_claim_only(door: Door, in_tenant: Tenant) -> None:
    started = start()
    assert challenge.current(claim=Claim(secret=started.secret, flow=None)).masked == started.masked
    with pytest.raises(CodeInvalid):
        challenge.current(claim=Claim(secret=None, flow=""))
    assert connection.vendor in ("sqlite", "postgresql")
