"""One-time codes: rows O1 to O32 of the catalogue of attacks that concern codes."""

from __future__ import annotations

import ast
import datetime as dt
import logging
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from pytest_django import Settings

from doorman.models import AuthEvent, Challenge, CustomerSession, RateCounter
from doorman.rules import codes
from doorman.services import challenge, challenge_row
from doorman.services.challenge_row import Claim
from shopman import clock, tenancy
from shopman.models import Tenant
from tests.conftest import Race
from tests.doorman.conftest import EMAIL, OTHER_PHONE, PHONE, Browser, Caller, Door
from tests.doorman.standins import Outbox

pytestmark = pytest.mark.django_db
DOORMAN = Path(__file__).parents[2] / "doorman"


def ask(caller: Caller, identifier: str = PHONE, channel: str = "sms") -> str:
    answer = caller.ask(identifier, channel)
    assert answer.status_code == 202, answer.content
    found: str = answer.json()["challenge"]
    return found


def test_o1_five_tries_then_the_right_code_is_refused_too(caller: Caller, door: Door) -> None:
    secret = ask(caller)
    for _ in range(5):
        answer = caller.give(secret, door.wrong_code)
        assert (answer.status_code, answer.json()["code"]) == (400, "code_invalid")
    answer = caller.give(secret, door.code)
    assert (answer.status_code, answer.json()["code"]) == (410, "challenge_closed")
    row = Challenge.objects.get()
    assert (row.status, row.attempts, bytes(row.sealed_identifier)) == (
        "attempts_exhausted",
        5,
        b"",
    )
    assert not CustomerSession.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_o2_fifty_wrong_codes_at_once_compare_five(
    door: Door, in_tenant: Tenant, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.set(FAILURES_PER_IDENTIFIER_HOUR=100, FAILURES_PER_IDENTIFIER_DAY=100)
    door.set(FAILURES_PER_ADDRESS_5_MINUTES=100)
    started = start()
    compared = []
    real = challenge_row.matches

    def counting(row: Challenge | None, typed: str) -> bool:
        if row is not None and challenge_row.is_open(row):
            compared.append(typed)
        return real(row, typed)

    monkeypatch.setattr(challenge_row, "matches", counting)
    wrong = door.wrong_code
    outcomes = race(*[lambda: give(started, wrong)] * 50)
    assert len(compared) == 5
    assert all(outcome.error is not None for outcome in outcomes)
    row = Challenge.objects.get()
    assert (row.attempts, row.status) == (5, "attempts_exhausted")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_o3_twenty_right_codes_at_once_succeed_once(
    door: Door, in_tenant: Tenant, race: Race
) -> None:
    started = start()
    code = door.code
    outcomes = race(*[lambda: give(started, code)] * 20)
    ends = Counter(
        getattr(each.error, "code", repr(each.error)) if each.error else "in" for each in outcomes
    )
    assert ends == {"in": 1, "code_invalid": 19}


@pytest.mark.django_db(transaction=True)
def test_o4_a_wrong_code_counts_under_atomic_requests(
    settings: Settings, caller: Caller, door: Door
) -> None:
    settings.DATABASES["default"]["ATOMIC_REQUESTS"] = True
    before = connection.settings_dict["ATOMIC_REQUESTS"]
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        secret = ask(caller)
        assert caller.give(secret, door.wrong_code).status_code == 400
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = before
    assert Challenge.objects.get().attempts == 1
    hits = RateCounter.objects.filter(scope__startswith="failure.identifier")
    assert [row.hits for row in hits] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_o4_a_caller_with_a_transaction_of_its_own_is_refused(
    door: Door, in_tenant: Tenant
) -> None:
    started = start()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        give(started, door.wrong_code)


def test_o5_identifier_budget_stops_guessing_across_challenges(caller: Caller, door: Door) -> None:
    door.open_wide()
    outcomes = []
    for attempt in range(14):
        secret = ask(caller)
        outcomes.append(
            caller.post(
                f"/api/auth/v1/challenges/{secret}/verify",
                {"code": door.wrong_code},
                content_type="application/json",
                REMOTE_ADDR=f"203.0.113.{attempt}",
            )
        )
    assert [each.status_code for each in outcomes] == [400] * 10 + [429] * 4
    assert 3500 < int(outcomes[-1]["Retry-After"]) <= 3600
    secret = ask(caller)
    assert caller.give(secret, door.code).status_code == 429
    with time_machine.travel(clock.now() + dt.timedelta(hours=1, seconds=1), tick=False):
        assert caller.give(ask(caller), door.code).status_code == 200


def test_o5_a_day_has_twenty_failures(caller: Caller, door: Door) -> None:
    door.open_wide()
    begin = clock.now()
    refused = []
    for hour in range(4):
        with time_machine.travel(begin + dt.timedelta(hours=hour, seconds=hour), tick=False):
            for _ in range(10):
                answer = caller.give(ask(caller), door.wrong_code)
                refused.append(answer.status_code == 429)
    assert refused.count(False) == 20


def test_o6_tries_survive_a_resend_and_resends_end(caller: Caller, door: Door) -> None:
    door.open_wide()
    secret = ask(caller)
    for _ in range(3):
        caller.give(secret, door.wrong_code)
        assert caller.resend(secret).status_code == 202
    assert Challenge.objects.get().attempts == 3
    assert caller.resend(secret).status_code == 429
    assert Challenge.objects.get().sends == 4
    caller.give(secret, door.wrong_code)
    caller.give(secret, door.wrong_code)
    assert caller.give(secret, door.code).status_code == 410


def test_o7_the_code_before_a_resend_is_void(caller: Caller, door: Door) -> None:
    door.open_wide()
    secret = ask(caller)
    old = door.code
    caller.resend(secret)
    assert old != door.code, "one in a million"
    assert caller.give(secret, old).json()["code"] == "code_invalid"
    assert caller.give(secret, door.code).status_code == 200


def test_o8_a_code_opens_its_own_challenge_only(caller: Caller, door: Door) -> None:
    door.open_wide()
    first = ask(caller)
    code_of_first = door.code
    second = ask(caller)
    assert door.code != code_of_first
    assert caller.give(second, code_of_first).status_code == 400
    assert caller.give(first, code_of_first).status_code == 200


def test_o8_the_mac_covers_the_challenge(caller: Caller, door: Door) -> None:
    """The same code, salt and key on another row do not match."""
    door.open_wide()
    ask(caller)
    code = door.code
    ask(caller)
    first, second = Challenge.objects.order_by("pk")
    second.salt, second.code_mac = first.salt, first.code_mac
    assert challenge_row.matches(first, code)
    assert not challenge_row.matches(second, code)


@pytest.mark.parametrize("purpose", ["change_phone", "link_identity", "step_up", "verify_contact"])
def test_o9_the_mac_covers_the_purpose(caller: Caller, door: Door, purpose: str) -> None:
    ask(caller)
    row = Challenge.objects.get()
    assert challenge_row.matches(row, door.code)
    row.purpose = purpose
    assert not challenge_row.matches(row, door.code)


def test_o10_the_mac_covers_the_channel(caller: Caller, door: Door) -> None:
    door.set(EMAIL_CODE_LENGTH=6)
    ask(caller)
    row = Challenge.objects.get()
    row.channel = "email"
    # A code of digits only that the e-mail alphabet has as well.
    code = "234567"
    row.channel = "sms"
    challenge_row.put_code(row, code, salt=b"1" * 16, resend_at=clock.now())
    assert challenge_row.matches(row, code)
    row.channel = "email"
    assert not challenge_row.matches(row, code)


def test_o11_another_browser_gets_nowhere_and_costs_the_victim_nothing(
    browser_client: Browser, door: Door
) -> None:
    secret = ask(browser_client)
    thief = Browser()
    foreign = Browser()
    ask(foreign, OTHER_PHONE)
    code = Outbox.sent[0].code
    for other in (thief, foreign):
        answer = other.give(secret, code)
        assert (answer.status_code, answer.json()["code"]) == (400, "code_invalid")
        assert answer.json()["detail"] == other.give("x" * 43, code).json()["detail"]
    row = Challenge.objects.get(identifier_hash=Challenge.objects.order_by("pk")[0].identifier_hash)
    assert (row.attempts, row.status) == (0, "open")
    assert not RateCounter.objects.filter(scope__startswith="failure.identifier").exists()
    assert browser_client.give(secret, code).status_code == 200


def test_o11_a_client_without_browser_proves_itself_by_the_secret(
    caller: Caller, door: Door
) -> None:
    secret = ask(caller)
    assert "__Host-doorman_flow" not in caller.cookies
    assert (
        Caller().give(secret[:-1] + ("A" if secret[-1] != "A" else "B"), door.code).status_code
        == 400
    )
    assert Caller().give(secret, door.code).status_code == 200


def test_o11_a_browser_cannot_use_a_challenge_of_a_client(caller: Caller, door: Door) -> None:
    secret = ask(caller)
    assert Browser().give(secret, door.code).json()["code"] == "code_invalid"


@pytest.mark.parametrize("way", ["clock", "row"])
def test_o12_a_code_dies_on_time(caller: Caller, door: Door, way: str) -> None:
    secret = ask(caller)
    second = dt.timedelta(seconds=1)
    if way == "row":
        Challenge.objects.update(expires_at=clock.now() - second)
        answer = caller.give(secret, door.code)
    else:
        expires_at = Challenge.objects.get().expires_at
        with time_machine.travel(expires_at, tick=False):
            answer = caller.give(secret, door.code)
    assert (answer.status_code, answer.json()["code"]) == (410, "challenge_closed")
    row = Challenge.objects.get()
    assert (row.status, bytes(row.sealed_identifier)) == ("expired", b"")


def test_o12_a_code_is_good_until_then(caller: Caller, door: Door) -> None:
    secret = ask(caller)
    last = Challenge.objects.get().expires_at - dt.timedelta(milliseconds=1)
    with time_machine.travel(last, tick=False):
        assert caller.give(secret, door.code).status_code == 200


@pytest.mark.parametrize(
    "spelling",
    ["{0[0]} {0[1]} {0[2]} {0[3]}{0[4]}{0[5]}", "{0[0]}{0[1]}{0[2]}-{0[3]}{0[4]}{0[5]}", " {0} ",
     "fullwidth", "arabic", "\u200b{0}"],
)  # fmt: skip
def test_o13_a_code_may_be_written_in_many_ways(caller: Caller, door: Door, spelling: str) -> None:
    secret = ask(caller)
    offsets = {"fullwidth": 0xFF10, "arabic": 0x0660}
    typed = (
        "".join(chr(offsets[spelling] + int(each)) for each in door.code)
        if spelling in offsets
        else spelling.format(door.code)
    )
    assert caller.give(secret, typed).status_code == 200


@pytest.mark.parametrize(
    "typed",
    ["9" * 4096, "12\x00456", "кодкод", "", "     ", ["1"], {"a": 1}, 123456, 7421, True, None, 1.5,
     "²²²²²²", "१२३x५६"],
)  # fmt: skip
def test_o13_what_is_no_code_is_refused_politely(caller: Caller, door: Door, typed: Any) -> None:
    answer = caller.give(ask(caller), typed)
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_o13_leading_zeros_count() -> None:
    assert codes.normalise("007421", channel="sms", length=6) == "007421"
    assert codes.normalise("7421", channel="sms", length=6) == ""


def test_o15_the_database_tells_no_code_and_no_contact(caller: Caller, door: Door) -> None:
    ask(caller)
    code = door.code
    ask(caller, EMAIL, "email")
    mail_code = door.code
    dump = dumped()
    for secret in (code, mail_code, PHONE, PHONE[3:], EMAIL, "ana@"):
        assert secret.encode() not in dump, secret


def test_o16_codes_are_in_no_log_repr_event_or_subject(
    caller: Caller, door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    Outbox.failures = 1
    secret = ask(caller)
    letter = door.sent[-1]
    caller.give(secret, door.wrong_code)
    caller.give(secret, door.code)
    row = Challenge.objects.get()
    seen = [record.getMessage() + str(record.exc_info) for record in caplog.records]
    seen += [repr(letter), repr(row), str(row), repr(Claim(secret=secret, flow=None))]
    seen += [repr(vars(event)) for event in AuthEvent.objects.all()]
    for text in seen:
        assert letter.code not in text
        assert PHONE not in text
    ask(caller, EMAIL, "email")
    assert door.code not in door.sent[-1].subject
    assert codes.grouped(door.code) not in door.sent[-1].subject


def test_o16_the_error_page_hides_what_was_typed(
    browser_client: Browser, door: Door, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEBUG = True
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    browser_client.raise_request_exception = False

    def broken(**kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(challenge, "start", broken)
    page = browser_client.submit("/auth/login/", identifier=PHONE)
    assert page.status_code == 500
    assert PHONE not in page.content.decode()


def test_o17_codes_are_uniform_and_come_from_secrets() -> None:
    counts = Counter("".join(codes.draw(channel="sms", length=6) for _ in range(100_000)))
    expected = 60_000
    chi_square = sum((counts[digit] - expected) ** 2 / expected for digit in codes.DIGITS)
    # 9 degrees of freedom; a fair source goes beyond this once in a million runs.
    assert chi_square < 45
    for file in DOORMAN.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            module = node.module if isinstance(node, ast.ImportFrom) else None
            assert "random" not in (*names, module), file


def test_o18_an_unknown_challenge_is_compared_all_the_same(
    caller: Caller, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[int, int]] = []
    real = challenge_row.hmac.compare_digest

    def counting(one: Any, other: Any) -> bool:
        compared.append((len(one), len(other)))
        return real(one, other)

    monkeypatch.setattr(challenge_row.hmac, "compare_digest", counting)
    caller.give("x" * 43, "123456")
    assert compared == [(32, 32)]


def test_o19_bombing_one_victim_is_slowed_and_ends(caller: Caller, door: Door) -> None:
    door.set(SENDS_PER_ADDRESS_QUARTER_HOUR=10_000, SENDS_PER_ADDRESS_DAY=10_000)
    begin = clock.now()
    sent_at = []
    for minute in range(0, 60 * 24, 1):
        with time_machine.travel(begin + dt.timedelta(minutes=minute), tick=False):
            answer = caller.ask()
            if answer.status_code == 202:
                sent_at.append(minute)
            else:
                assert answer.status_code == 429
                assert int(answer["Retry-After"]) > 0
    assert sent_at == [0, 1, 3, 15, 16, 18]
    with time_machine.travel(begin + dt.timedelta(hours=23), tick=False):
        assert caller.ask(EMAIL, "email").status_code == 202


def test_o19_the_waiting_time_is_told(caller: Caller, door: Door) -> None:
    assert caller.ask().json()["resend_in"] == 60
    answer = caller.ask()
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_o20_a_stranger_cannot_touch_the_victims_challenge_or_sessions(
    caller: Caller, door: Door
) -> None:
    door.open_wide()
    caller.login(door)
    victim = ask(Caller())
    code = door.code
    stranger = Caller()
    for _ in range(3):
        mine = ask(stranger)
        for _ in range(5):
            stranger.give(mine, "000000")
    assert stranger.give(victim[:-2] + "xx", "000000").status_code == 400
    assert Challenge.objects.get(secret_hash=keys_digest(victim)).attempts == 0
    # The number's budget is spent; the open session and the other channel are not touched.
    assert Caller().give(victim, code).status_code == 429
    assert caller.get("/api/auth/v1/session").status_code == 200
    door.directory.add(email=EMAIL)
    assert Caller().login(door, EMAIL, "email").status_code == 200


def test_o22_spraying_is_capped_for_all_and_for_an_address(
    caller: Caller, door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    door.set(SENDS_PER_ADDRESS_QUARTER_HOUR=1000, SENDS_PER_ADDRESS_DAY=1000)
    statuses = Counter()
    secrets = []
    for number in range(70):
        answer = caller.ask(f"+55119876500{number:02}")
        statuses[answer.status_code] += 1
        if answer.status_code == 202:
            secrets.append(answer.json()["challenge"])
    assert statuses == {202: 60, 429: 10}
    assert "send.all.60" in caplog.text
    guesses = Counter(caller.give(secret, "000000").status_code for secret in secrets)
    assert guesses[429] == 30
    assert AuthEvent.objects.filter(name="otp_locked", reason="failure.address.300").count() == 1


@pytest.mark.parametrize(
    "number",
    ["+1 809 555 1234", "+1 900 555 1234", "+44 20 7946 0000", "+881 6 1234 5678",
     "+882 16 1234567", "0300 123 4567", "0900 123 4567", "+44 70 1234 5678", "+55 800 123 4567"],
)  # fmt: skip
def test_o23_numbers_that_cost_or_lie_abroad_get_nothing(
    caller: Caller, door: Door, number: str
) -> None:
    answer = caller.ask(number)
    assert answer.status_code == 422
    assert answer.json()["code"] in ("identifier_unsupported", "identifier_invalid")
    assert not door.sent
    assert not RateCounter.objects.exists()


def test_o23_another_country_is_opened_by_the_setting_and_capped(
    caller: Caller, door: Door
) -> None:
    assert caller.ask("+351 912 345 678").json()["code"] == "identifier_unsupported"
    door.set(ALLOWED_REGIONS=["BR", "PT"], SENDS_PER_REGION_DAY=2)
    statuses = [caller.ask(f"+35191234567{n}").status_code for n in range(3)]
    assert statuses == [202, 202, 429]
    assert caller.ask().status_code == 202


def test_o23_a_region_whose_codes_nobody_types_is_closed(caller: Caller, door: Door) -> None:
    door.open_wide()
    door.set(ALLOWED_REGIONS=["BR", "PT"], CONVERSION_AFTER_SENDS=5)
    statuses = [caller.ask(f"+35191234567{n}").status_code for n in range(7)]
    assert statuses == [202] * 5 + [422] * 2
    assert caller.ask().status_code == 202


SPELLINGS = [
    "+55 (11) 99999-8888", "11 99999-8888", "(11) 99999 8888", "+5511999998888",
    "tel:+55-11-99999-8888", "+５５ １１ ９９９９９ ８８８８", "\u200b+55 11\u200b 99999-8888",
    "+55 ١١ ٩٩٩٩٩ ٨٨٨٨", "  11999998888\n", "0 11 99999-8888",
]  # fmt: skip


def test_o24_ten_spellings_are_one_number(caller: Caller, door: Door) -> None:
    door.open_wide()
    for spelling in SPELLINGS:
        ask(caller, spelling)
    assert {letter.to for letter in door.sent} == {"+5511999998888"}
    assert len(set(Challenge.objects.values_list("identifier_hash", flat=True))) == 1
    keys = RateCounter.objects.filter(scope__startswith="send.identifier").values_list("hits")
    assert list(keys) == [(10,), (10,)]


@pytest.mark.parametrize("number", ["+55 11 99999-8888 ext. 12", "0055 11 99999-8888"])
def test_o24_extensions_and_wrong_readings_are_refused(
    caller: Caller, door: Door, number: str
) -> None:
    assert caller.ask(number).json()["code"] in ("identifier_invalid", "identifier_unsupported")
    assert not door.sent


def test_o25_old_spellings_share_the_budget_and_reach_the_owner(caller: Caller, door: Door) -> None:
    door.open_wide()
    door.set(ALLOWED_REGIONS=["BR", "AR", "MX"])
    assert caller.ask("+55 11 9999-8888").status_code == 422
    assert caller.ask("+52 1 55 1234 5678").status_code in (202, 422)
    ask(caller, "+54 9 11 2345 6789")
    ask(caller, "+54 11 2345 6789")
    hashes = {row.identifier_hash for row in Challenge.objects.filter(region="AR")}
    assert len(hashes) == 1
    owner = door.directory.add(phone="+5491123456789")
    secret = ask(caller, "+54 9 11 2345 6789")
    assert caller.give(secret, door.code).json()["customer"]["uuid"] == str(owner.uuid)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ana@Example.com", "ana@example.COM"), ("jose\u0301@example.com", "jos\u00e9@example.com"),
     ("ana@b\u00fccher.example", "ana@xn--bcher-kva.example")],
)  # fmt: skip
def test_o26_spellings_of_an_address_are_one(
    caller: Caller, door: Door, one: str, other: str
) -> None:
    door.open_wide()
    for spelling in (one, other):
        ask(caller, spelling, "email")
    assert len({letter.to for letter in door.sent}) == 1
    assert len(set(Challenge.objects.values_list("identifier_hash", flat=True))) == 1


def test_o26_plus_tags_stay_and_headers_cannot_be_injected(caller: Caller, door: Door) -> None:
    door.open_wide()
    ask(caller, "ana+shop@example.com", "email")
    assert door.sent[-1].to == "ana+shop@example.com"
    for bad in ("ana@example.com\r\nBcc: eve@example.com", "ana@example.com\nX: y", "a\r\nb@c.de"):
        answer = caller.ask(bad, "email")
        assert (answer.status_code, answer.json()["code"]) == (422, "identifier_invalid")


def test_o27_a_look_alike_from_the_resolver_does_not_get_in(
    caller: Caller, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = door.directory.add(email="admin@example.com")
    secret = ask(caller, "ádmin@example.com", "email")
    monkeypatch.setattr(door.directory, "get_by_email", lambda email: admin)
    answer = caller.give(secret, door.code)
    assert (answer.status_code, answer.json()["code"]) == (403, "login_not_allowed")
    assert not CustomerSession.objects.exists()
    assert AuthEvent.objects.get(name="login_denied").reason == "contact_mismatch"


def test_o31_a_dead_provider_is_nobodys_business(caller: Caller, door: Door) -> None:
    door.open_wide()
    healthy = caller.ask()
    Outbox.reset()
    Outbox.failures = 1000
    failing = caller.ask()
    assert (failing.status_code, set(failing.json())) == (202, set(healthy.json()))
    assert len(Outbox.tried) == 2
    assert len(set(Outbox.tried)) == 1, "one idempotency key for one message"
    row = Challenge.objects.order_by("-pk")[0]
    assert (row.status, row.attempts) == ("open", 0)
    assert AuthEvent.objects.filter(name="delivery_failed").count() == 1
    assert caller.give(failing.json()["challenge"], "000000").status_code == 400


def test_o31_the_breaker_opens_and_closes(caller: Caller, door: Door) -> None:
    door.open_wide()
    Outbox.failures = 1000
    for _ in range(6):
        ask(caller)
    assert len(Outbox.tried) == 10, "five messages, two tries each; the sixth was not tried"
    Outbox.failures = 0
    with time_machine.travel(clock.now() + dt.timedelta(seconds=31), tick=False):
        ask(caller)
        ask(caller)
    assert len(door.sent) == 2


@pytest.mark.parametrize("act", ["start", "verify"])
def test_o32_without_budgets_the_door_is_shut_and_sessions_go_on(
    caller: Caller, door: Door, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.open_wide()
    caller.login(door)
    other = Caller()
    secret = ask(other, OTHER_PHONE)

    def locked(*args: Any) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr("doorman.services.budget.take", locked)
    answer = other.ask() if act == "start" else other.give(secret, door.code)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert caller.get("/api/auth/v1/session").status_code == 200
    assert Challenge.objects.filter(status="open").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_o32_locked_rows_are_not_waited_for(door: Door, in_tenant: Tenant, race: Race) -> None:
    door.open_wide()
    door.set(BUDGET_LOCK_TIMEOUT_MS=200)
    caller = Caller()
    caller.login(door)

    def outsider() -> Any:
        with tenancy.use(in_tenant):
            return Caller().ask(OTHER_PHONE), caller.get("/api/auth/v1/session")

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE doorman_ratecounter IN EXCLUSIVE MODE")
        (outcome,) = race(outsider)
    assert outcome.error is None
    asked, session = outcome.value
    assert (asked.status_code, session.status_code) == (503, 200)


# --- below the API -------------------------------------------------------------------------------


def start(identifier: str = PHONE) -> challenge.Started:
    return challenge.start(
        channel="sms", identifier=identifier, address="192.0.2.1", client="other", locale="en"
    )


def give(started: challenge.Started, code: str) -> Any:
    return challenge.verify(
        claim=Claim(secret=started.secret, flow=None), code=code, address="192.0.2.1"
    )


def keys_digest(secret: str) -> str:
    return challenge_row.keyring.digest(secret)


def dumped() -> bytes:
    """Every value of every row of doorman, as bytes and as hex."""
    parts = []
    for model in (Challenge, RateCounter, AuthEvent, CustomerSession):
        for row in model.objects.values_list():
            for value in row:
                raw = (
                    bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                )
                parts.append(raw)
    return b"\n".join(parts)
