"""The door's records as staff read them: in words, and without anything secret."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from doorman.admin import words
from doorman.models import AuthEvent, Challenge, CustomerSession, ProofTicket, RateCounter
from shopman import clock
from shopman.keys import uuid7
from shopman.models import Tenant
from tests.shopman.factories import member

pytestmark = pytest.mark.django_db

SECRET = "5ec7e7" * 8


@pytest.fixture
def rows(in_tenant: Tenant) -> dict[str, object]:
    now = clock.now()
    later = now + dt.timedelta(minutes=5)
    key = uuid7()
    return {
        "challenge": Challenge.objects.create(
            purpose="login", channel="sms", key_id="k1", identifier_hash=SECRET, salt=b"s",
            code_mac=b"m", secret_hash=SECRET, flow_hash=SECRET, locale="en", resend_at=later,
            expires_at=now - dt.timedelta(minutes=1),
        ),
        "proofticket": ProofTicket.objects.create(
            channel="email", challenge_uuid=key, identifier_hash=SECRET, secret_hash=SECRET,
            expires_at=later,
        ),
        "ratecounter": RateCounter.objects.create(
            key=SECRET, scope="send.identifier.900", hits=3, hit_limit=3, opened_at=now,
            closes_at=later,
        ),
        "authevent": AuthEvent.objects.create(
            name="login_denied", reason="inactive", channel="sms", customer_uuid=key,
            identifier_hash=SECRET, address_hash=SECRET,
        ),
        "customersession": CustomerSession.objects.create(
            customer_uuid=key, secret_hash=SECRET, amr="otp_sms", expires_at=later,
            device="Chrome, Android",
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("challenge", ["sign in", "text message", "expired"]),
        ("proofticket", ["e-mail"]),
        ("ratecounter", ["Codes sent to one phone or e-mail in 15 minutes", "3 of 3"]),
        ("authevent", ["Turned away", "the customer is not active"]),
        # With guestman beside it the customer is a link.
        pytest.param("authevent", ["customer …"], marks=pytest.mark.suite),
        ("customersession", ["signed in", "code by text message", "Chrome, Android"]),
    ],
)
def test_lists_and_pages_speak_plainly_and_keep_secrets(
    client: Client, in_tenant: Tenant, rows: dict[str, object], model: str, said: list[str]
) -> None:
    client.force_login(member(in_tenant))
    listed = client.get(reverse(f"admin:doorman_{model}_changelist"))
    key = getattr(rows[model], "pk", "")
    page = client.get(reverse(f"admin:doorman_{model}_change", args=[key]))
    for answer in (listed, page):
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode()
    for each in said:
        assert each in listed.content.decode()


def test_sessions_and_events_are_filtered_in_words(
    client: Client, in_tenant: Tenant, rows: dict[str, object]
) -> None:
    client.force_login(member(in_tenant))
    for model, name, hit, miss in (
        ("customersession", "state", "running", "over"),
        ("authevent", "event", "login_denied", "login_succeeded"),
    ):
        address = reverse(f"admin:doorman_{model}_changelist")
        for value, count in ((hit, 1), (miss, 0)):
            assert len(client.get(address, {name: value}).context["cl"].result_list) == count


def test_what_is_not_known_is_read_letter_by_letter() -> None:
    assert words.reason("something_new") == "something new"
    assert words.event("passkey_added") == "passkey added"
    assert words.limit("send.identifier") == ""
    assert words.reason("failure.address.86400") == (
        "Wrong codes from one internet connection in 1 day"
    )
