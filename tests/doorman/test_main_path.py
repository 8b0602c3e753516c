"""The main job: a code is asked for, typed, and somebody is in."""

from __future__ import annotations

from doorman.models import Challenge, CustomerSession
from tests.doorman.conftest import EMAIL, PHONE, Browser, Caller, Door


def test_new_phone_signs_in_through_the_api(caller: Caller, door: Door) -> None:
    asked = caller.ask("(11) 98765-4321", next="/account/")
    assert asked.status_code == 202
    body = asked.json()
    assert set(body) == {
        "challenge", "channel", "masked", "code_length", "expires_in", "resend_in",
    }  # fmt: skip
    assert (body["masked"], body["code_length"]) == ("+55•••••••4321", 6)
    assert (body["expires_in"], body["resend_in"]) == (300, 60)
    answer = caller.give(body["challenge"], door.code)
    assert answer.status_code == 200
    entered = answer.json()
    assert entered["created"] is True
    assert entered["amr"] == ["otp_sms"]
    assert entered["next"] == "/account/"
    session = CustomerSession.objects.get()
    assert str(session.customer_uuid) == entered["customer"]["uuid"]
    assert str(session.pk) == entered["session"]
    seen = caller.get("/api/auth/v1/session")
    assert seen.status_code == 200
    assert seen.json()["customer"] == entered["customer"]


def test_a_known_phone_finds_its_customer(caller: Caller, door: Door) -> None:
    known = door.directory.add(name="Ana Souza", phone=PHONE)
    entered = caller.login(door).json()
    assert entered["customer"] == {"uuid": str(known.uuid), "code": None, "name": "Ana Souza"}
    assert entered["created"] is False
    assert "mark_verified" in door.directory.asked


def test_a_verified_email_signs_in(caller: Caller, door: Door) -> None:
    known = door.directory.add(name="Ana Souza", email=EMAIL)
    entered = caller.login(door, " Ana@Example.com ", "email").json()
    assert entered["customer"]["uuid"] == str(known.uuid)
    assert entered["amr"] == ["email_link"]
    assert len(door.code) == 8


def test_pages_sign_in_without_script(browser_client: Browser, door: Door) -> None:
    asked = browser_client.submit(
        "/auth/login/", identifier="11 98765-4321", next="/account/orders"
    )
    assert (asked.status_code, asked["Location"]) == (303, "/auth/code/")
    page = browser_client.get("/auth/code/")
    assert "+55•••••••4321" in page.content.decode()
    entered = browser_client.submit("/auth/code/", code=f"{door.code[:3]} {door.code[3:]}")
    assert (entered.status_code, entered["Location"]) == (303, "/account/orders")
    assert Challenge.objects.get().status == "verified"
    mine = browser_client.get("/auth/sessions/")
    assert mine.status_code == 200
    out = browser_client.submit("/auth/logout/")
    assert (out.status_code, out["Location"]) == (303, "/auth/login/")
    assert CustomerSession.objects.get().end_reason == "signed_out"
