"""First login, the resolver, and what becomes of sessions: rows C1 to C12 of the catalogue."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doorman.errors import CodeInvalid, ResolverUnavailable
from doorman.models import AuthEvent, CustomerSession, ProofTicket
from doorman.protocols.customer import DoormanCustomerInfo
from doorman.services import login, neighbours, session, sweep
from doorman.services.challenge_row import Claim
from shopman import clock, outbox, tenancy
from shopman.keys import uuid7
from shopman.models import OutboxEvent, Tenant
from tests.conftest import Race
from tests.doorman.conftest import EMAIL, OTHER_PHONE, PHONE, Browser, Caller, Door
from tests.doorman.test_codes_under_attack import start

pytestmark = pytest.mark.django_db


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_c1_two_browsers_with_one_new_phone_make_one_customer(
    door: Door, in_tenant: Tenant, race: Race
) -> None:
    door.open_wide()
    claims = [(start(), door.code) for _ in range(2)]

    def enter(started: Any, code: str) -> login.Login:
        return login.verify(
            claim=Claim(secret=started.secret, flow=None),
            code=code,
            address="192.0.2.1",
            user_agent="",
        )

    outcomes = race(*[lambda pair=pair: enter(*pair) for pair in claims])
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert len({outcome.value.customer.uuid for outcome in outcomes}) == 1
    assert CustomerSession.objects.count() == 2


@pytest.mark.parametrize(
    "failure", ["raises", "answers nonsense", "creates nobody", "fails to mark"]
)
def test_c2_a_resolver_that_fails_leaves_a_ticket(
    caller: Caller, door: Door, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    challenge = caller.ask().json()["challenge"]
    with monkeypatch.context() as patch:
        if failure == "raises":
            patch.setattr(door.directory, "is_down", True)
        elif failure == "answers nonsense":
            patch.setattr(door.directory, "get_by_phone", lambda phone: {"uuid": "x"})
        elif failure == "creates nobody":
            patch.setattr(door.directory, "create_for_phone", lambda phone, method: None)
        else:
            door.directory.add(phone=PHONE)
            patch.setattr(door.directory, "mark_verified", lambda *args, **kwargs: 1 / 0)
        answer = caller.give(challenge, door.code)
        assert (answer.status_code, answer.json()["code"]) == (503, "resolver_unavailable")
        assert int(answer["Retry-After"]) > 0
        ticket = answer.json()["ticket"]
        assert not CustomerSession.objects.exists()
        assert caller.give(challenge, door.code).json()["code"] == "code_invalid"
        assert redeem(caller, ticket).status_code == 503
    assert redeem(Caller(), ticket).status_code == 200
    assert redeem(Caller(), ticket).json()["code"] == "code_invalid"
    assert CustomerSession.objects.count() == 1
    assert len(door.sent) == 1
    row = ProofTicket.objects.get()
    assert row.used_at is not None
    assert bytes(row.sealed_identifier) == b""


def test_c2_a_ticket_dies_after_five_minutes(caller: Caller, door: Door) -> None:
    challenge = caller.ask().json()["challenge"]
    door.directory.is_down = True
    ticket = caller.give(challenge, door.code).json()["ticket"]
    door.directory.is_down = False
    with time_machine.travel(clock.now() + dt.timedelta(minutes=5), tick=False):
        assert redeem(caller, ticket).json()["code"] == "code_invalid"


def test_c2_a_ticket_belongs_to_its_browser(browser_client: Browser, door: Door) -> None:
    challenge = browser_client.ask().json()["challenge"]
    door.directory.is_down = True
    ticket = browser_client.give(challenge, door.code).json()["ticket"]
    door.directory.is_down = False
    assert redeem(Browser(), ticket).json()["code"] == "code_invalid"
    assert redeem(Caller(), ticket).json()["code"] == "code_invalid"
    assert redeem(browser_client, ticket).status_code == 200


def test_c2_the_pages_finish_without_another_code(browser_client: Browser, door: Door) -> None:
    browser_client.submit("/auth/login/", identifier=PHONE)
    door.directory.is_down = True
    page = browser_client.submit("/auth/code/", code=door.code)
    assert page.status_code == 503
    assert "you do not need another one" in page.content.decode()
    assert browser_client.submit("/auth/code/finish/").status_code == 503
    door.directory.is_down = False
    done = browser_client.submit("/auth/code/finish/")
    assert (done.status_code, done["Location"]) == (303, "/account/")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_c2_a_ticket_is_one_shot_under_concurrency(
    door: Door, in_tenant: Tenant, race: Race
) -> None:
    caller = Caller()
    challenge = caller.ask().json()["challenge"]
    door.directory.is_down = True
    ticket = caller.give(challenge, door.code).json()["ticket"]
    door.directory.is_down = False
    outcomes = race(
        *[lambda: login.redeem(claim=Claim(secret=ticket, flow=None), user_agent="")] * 10
    )
    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert CustomerSession.objects.count() == 1


@pytest.mark.parametrize("who", ["known", "unknown", "blocked"])
@pytest.mark.parametrize(("channel", "identifier"), [("sms", PHONE), ("email", EMAIL)])
def test_c3_start_and_resend_ask_the_resolver_nothing_and_answer_alike(
    caller: Caller, door: Door, who: str, channel: str, identifier: str
) -> None:
    door.open_wide()
    if who != "unknown":
        door.directory.add(phone=PHONE, email=EMAIL, is_active=who == "known")
    caller.get("/api/auth/v1/session")
    with CaptureQueriesContext(connection) as queries:
        asked = caller.ask(identifier, channel)
        again = caller.resend(asked.json()["challenge"])
    assert door.directory.asked == []
    assert (asked.status_code, again.status_code) == (202, 202)
    shape = {
        "keys": sorted(asked.json()),
        "headers": sorted(set(asked.headers) - {"X-Request-ID"}),
        "tables": [each["sql"].split('"')[1] for each in queries if '"doorman' in each["sql"]],
    }
    assert shape == SHAPES.setdefault(channel, shape)


#: What one kind of asking looked like first; the others must look the same.
SHAPES: dict[str, dict[str, Any]] = {}


def test_c5_an_unknown_address_learns_so_only_after_its_proof(
    caller: Caller, browser_client: Browser, door: Door
) -> None:
    door.open_wide()
    challenge = caller.ask(EMAIL, "email").json()["challenge"]
    answer = caller.give(challenge, door.code)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_account")
    assert "create_for_phone" not in door.directory.asked
    assert not CustomerSession.objects.exists()
    browser_client.submit("/auth/login/", identifier=EMAIL)
    page = browser_client.submit("/auth/code/", code=door.code)
    text = page.content.decode()
    assert "There is no account for this address yet." in text
    assert "/auth/login/" in text


def test_c6_a_disabled_customer_is_turned_away_in_one_sentence(caller: Caller, door: Door) -> None:
    door.directory.add(phone=PHONE, is_active=False)
    answer = caller.give(caller.ask().json()["challenge"], door.code)
    assert (answer.status_code, answer.json()["code"]) == (403, "login_not_allowed")
    assert "mark_verified" not in door.directory.asked
    assert not CustomerSession.objects.exists()
    event = AuthEvent.objects.get(name="login_denied")
    assert event.reason == "inactive"


def test_c7_deactivation_ends_the_session_at_the_next_request(caller: Caller, door: Door) -> None:
    key = UUID(caller.login(door).json()["customer"]["uuid"])
    assert caller.get("/api/auth/v1/session").status_code == 200
    door.directory.deactivate(key)
    assert caller.get("/api/auth/v1/session").status_code == 401
    assert CustomerSession.objects.get().end_reason == "customer_inactive"


def test_c7_a_merged_customer_signs_in_anew(
    caller: Caller, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller.login(door)
    survivor = door.directory.add(phone=OTHER_PHONE)
    monkeypatch.setattr(door.directory, "get_by_uuid", lambda uuid: survivor)
    assert caller.get("/api/auth/v1/session").status_code == 401


def test_c7_a_resolver_that_is_down_is_no_sign_out(caller: Caller, door: Door) -> None:
    caller.login(door)
    door.directory.is_down = True
    assert caller.get("/api/auth/v1/session").status_code == 503
    door.directory.is_down = False
    assert caller.get("/api/auth/v1/session").status_code == 200


@pytest.mark.parametrize(
    "name", ["guestman.customer_deactivated", "guestman.contact_point_released"]
)
def test_c7_the_outbox_sweep_ends_sessions_twice_without_harm(
    caller: Caller, door: Door, name: str
) -> None:
    key = caller.login(door).json()["customer"]["uuid"]
    event = outbox.record(name, subject=f"customer:{key}")
    for _ in range(2):
        sweep.consume(event)
    assert CustomerSession.objects.get().ended_at is not None
    assert AuthEvent.objects.filter(name="session_revoked").count() == 1


def test_c7_other_events_and_other_customers_are_left_alone(caller: Caller, door: Door) -> None:
    key = caller.login(door).json()["customer"]["uuid"]
    sweep.consume(OutboxEvent(name="guestman.customer_updated", subject=f"customer:{key}"))
    sweep.consume(OutboxEvent(name="guestman.customer_deactivated", subject=f"customer:{uuid7()}"))
    assert CustomerSession.objects.get().ended_at is None


def test_c12_an_address_matches_its_verified_owner_only(caller: Caller, door: Door) -> None:
    """The resolver answers for verified addresses; doorman asks it for nothing else."""
    owner = door.directory.add(email=EMAIL)
    entered = caller.login(door, EMAIL, "email").json()
    assert entered["customer"]["uuid"] == str(owner.uuid)
    assert door.directory.asked[:2] == ["get_by_email", "mark_verified"]


def test_the_eleventh_session_ends_the_longest_unused_one(caller: Caller, door: Door) -> None:
    door.open_wide()
    first = caller
    first.login(door)
    for _ in range(10):
        Caller().login(door)
    assert CustomerSession.objects.filter(ended_at__isnull=True).count() == 10
    assert first.get("/api/auth/v1/session").status_code == 401
    assert CustomerSession.objects.get(ended_at__isnull=False).end_reason == "too_many"


def test_other_tenants_sessions_and_challenges_are_unknown(
    door: Door, tenant: Tenant, other_tenant: Tenant
) -> None:
    with tenancy.use(tenant):
        started = start()
        code = door.code
        secret = session.open(customer_uuid=uuid7(), amr="otp_sms").secret
    with tenancy.use(other_tenant), pytest.raises(CodeInvalid):
        login.verify(
            claim=Claim(secret=started.secret, flow=None), code=code, address="", user_agent=""
        )
    with tenancy.use(other_tenant):
        assert not session.identify(secret=secret).customer.is_authenticated


def test_the_resolver_port_wraps_every_failure(door: Door, in_tenant: Tenant) -> None:
    door.directory.is_down = True
    with pytest.raises(ResolverUnavailable):
        neighbours.ask(lambda customers: customers.get_by_uuid(uuid7()))


def redeem(caller: Caller, ticket: str) -> Any:
    return caller.json("/api/auth/v1/tickets/redeem", {"ticket": ticket})


def test_what_a_resolver_answers_is_frozen() -> None:
    customer = DoormanCustomerInfo(uuid=uuid7(), name="", phone="", email="", is_active=True)
    with pytest.raises(AttributeError):
        customer.is_active = False  # type: ignore[misc]
