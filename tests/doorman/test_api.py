"""What the API takes, refuses, costs and says about itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from drf_spectacular.generators import SchemaGenerator

from doorman import signals
from doorman.api import permissions
from doorman.models import Challenge, CustomerSession
from shopman.api.permissions import HasRecentAuth, IsCustomer
from tests.doorman.conftest import EMAIL, PHONE, Caller, Door

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"channel": "sms"},
        {"channel": "pigeon", "identifier": PHONE},
        {"channel": "whatsapp", "identifier": PHONE},
        {"channel": "sms", "identifier": 5511987654321},
        {"channel": "sms", "identifier": [PHONE]},
        {"channel": "sms", "identifier": ""},
        {"channel": "sms", "identifier": "9" * 5000},
        {"channel": "sms", "identifier": PHONE, "purpose": "step_up"},
        {"channel": "sms", "identifier": PHONE, "next": 5},
    ],
)
def test_malformed_questions_are_422(caller: Caller, door: Door, body: Any) -> None:
    answer = caller.json("/api/auth/v1/challenges", body)
    assert answer.status_code == 422, answer.content
    assert not door.sent


def test_unknown_fields_of_an_answer_are_422(caller: Caller, door: Door) -> None:
    secret = caller.ask().json()["challenge"]
    for extra in ("customer_uuid", "is_staff", "purpose"):
        body = {"code": door.code, extra: "x"}
        answer = caller.json(f"/api/auth/v1/challenges/{secret}/verify", body)
        assert answer.status_code == 422
    assert Challenge.objects.get().attempts == 0


@pytest.mark.parametrize("identifier", ["not a phone", "+55", "", "x@", "@", "+5511"])
def test_what_is_no_contact_is_named_so(caller: Caller, door: Door, identifier: str) -> None:
    for channel in ("sms", "email"):
        answer = caller.ask(identifier or "x", channel)
        assert (answer.status_code, answer.json()["code"]) == (422, "identifier_invalid")


def test_a_channel_without_a_sender_is_closed(caller: Caller, door: Door) -> None:
    door.set(SMS_SENDER="doorman.adapters.null.NullSender")
    answer = caller.ask()
    assert (answer.status_code, answer.json()["code"]) == (422, "identifier_unsupported")
    assert caller.ask(EMAIL, "email").status_code == 202


def test_unknown_challenges_answer_like_wrong_codes(caller: Caller, door: Door) -> None:
    secret = caller.ask().json()["challenge"]
    wrong = caller.give(secret, door.wrong_code).json()
    unknown = caller.give("y" * 43, door.wrong_code).json()
    for problem in (wrong, unknown):
        problem.pop("instance")
    assert wrong == unknown
    assert caller.resend("y" * 43).json()["code"] == "code_invalid"


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "challenges"), ("put", "challenges"), ("get", "tickets/redeem"), ("post", "session")],
)
def test_other_methods_are_405_or_401(caller: Caller, door: Door, method: str, path: str) -> None:
    assert getattr(caller, method)(f"/api/auth/v1/{path}").status_code in (405, 401, 403)


def test_nothing_of_the_door_is_cached(caller: Caller, door: Door) -> None:
    asked = caller.ask()
    given = caller.give(asked.json()["challenge"], door.code)
    for answer in (asked, given, caller.get("/api/auth/v1/session"), Caller().ask("x")):
        assert answer["Cache-Control"] == "no-store"


def test_permissions_are_the_kernels() -> None:
    assert (permissions.IsCustomer, permissions.HasRecentAuth) == (IsCustomer, HasRecentAuth)


def test_a_login_costs_few_queries(caller: Caller, door: Door) -> None:
    door.directory.add(phone=PHONE)
    Client().get("/auth/login/")
    with CaptureQueriesContext(connection) as start:
        secret = caller.ask().json()["challenge"]
    with CaptureQueriesContext(connection) as verify:
        assert caller.give(secret, door.code).status_code == 200
    # upsert of the budgets, challenge, event
    assert len(on_doorman(start)) == 3
    # challenge, upsert, challenge, refund; session, surplus, event
    assert len(on_doorman(verify)) == 7
    wrong = caller.ask("+5511912345678").json()["challenge"]
    with CaptureQueriesContext(connection) as failing:
        caller.give(wrong, door.wrong_code)
    assert len(on_doorman(failing)) == 4


def on_doorman(queries: CaptureQueriesContext) -> list[str]:
    return [each["sql"] for each in queries if "doorman" in each["sql"]]


def test_the_schema_names_every_address_without_warning(
    capsys: pytest.CaptureFixture[str],
) -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    paths = {path for path in schema["paths"] if path.startswith("/api/auth/")}
    assert paths == {
        f"/api/auth/v1/{name}"
        for name in (
            "challenges",
            "challenges/{secret}/resend",
            "challenges/{secret}/verify",
            "tickets/redeem",
            "links/consume",
            "token/refresh",
            "token/revoke",
            "csrf",
            "session",
            "sessions",
            "sessions/{uuid}",
        )
    }
    assert "doorman" not in capsys.readouterr().err
    assert "202" in schema["paths"]["/api/auth/v1/challenges"]["post"]["responses"]


@pytest.mark.django_db(transaction=True)
def test_signals_tell_ids_and_hashes_only(caller: Caller, door: Door) -> None:
    told: list[tuple[str, dict[str, Any]]] = []
    names = ("otp_requested", "otp_failed", "login_succeeded", "session_revoked", "login_denied")
    keep = {}
    for name in names:

        def receive(name: str = name, **facts: Any) -> None:
            told.append((name, {key: value for key, value in facts.items() if key != "signal"}))

        keep[name] = receive
        getattr(signals, name).connect(receive)
    try:
        door.open_wide()
        secret = caller.ask().json()["challenge"]
        caller.give(secret, door.wrong_code)
        caller.give(secret, door.code)
        caller.get("/api/auth/v1/session")
        door.directory.deactivate(CustomerSession.objects.get().customer_uuid)
        caller.get("/api/auth/v1/session")
        caller.give(caller.ask().json()["challenge"], door.code)
    finally:
        for name, receive in keep.items():
            getattr(signals, name).disconnect(receive)
    assert [name for name, _ in told] == [
        "otp_requested", "otp_failed", "login_succeeded", "session_revoked", "otp_requested",
        "login_denied",
    ]  # fmt: skip
    for _, facts in told:
        assert PHONE not in str(facts)
        assert door.code not in [str(value) for value in facts.values()]


def test_the_admin_shows_no_secret_and_ends_sessions(caller: Caller, door: Door) -> None:
    door.open_wide()
    caller.login(door)
    caller.ask(EMAIL, "email")
    staff = Client()
    staff.force_login(get_user_model().objects.create_superuser("eva", password="x"))
    row = Challenge.objects.order_by("-pk")[0]
    for model in ("challenge", "customersession", "authevent", "ratecounter", "proofticket"):
        assert staff.get(f"/admin/doorman/{model}/").status_code == 200, model
    text = staff.get(f"/admin/doorman/challenge/{row.pk}/change/").content.decode()
    for secret in (row.secret_hash, row.identifier_hash, EMAIL, bytes(row.code_mac).hex()):
        assert secret not in text
    session = CustomerSession.objects.get()
    text = staff.get(f"/admin/doorman/customersession/{session.pk}/change/").content.decode()
    assert session.secret_hash not in text
    chosen = {"action": "end", "_selected_action": [str(session.pk)]}
    assert staff.post("/admin/doorman/customersession/", chosen).status_code == 302
    assert CustomerSession.objects.get().end_reason == "ended_by_staff"
    assert caller.get("/api/auth/v1/session").status_code == 401
