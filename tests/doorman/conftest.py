"""A door with a customer directory in memory and senders that keep what they were given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from doorman.conf import DoormanSettings
from doorman.protocols.sender import Message
from doorman.services import breaker
from shopman.models import Tenant
from tests.doorman.standins import Directory, Outbox, directory

PHONE = "+5511987654321"
OTHER_PHONE = "+5511912345678"
EMAIL = "ana@example.com"


@dataclass
class Door:
    """What a test turns, and what it looks at."""

    settings: Settings

    def set(self, **values: Any) -> None:
        """Change doorman's settings for this test."""
        self.settings.DOORMAN = {**self.settings.DOORMAN, **values}

    def open_wide(self) -> None:
        """Lift the budgets of sending, for tests about something else."""
        sends = [name for name in DoormanSettings.keys() if name.startswith("SENDS_PER_")]  # noqa: SIM118
        self.set(RESEND_AFTER_SECONDS=[0], **dict.fromkeys(sends, 100_000))

    @property
    def directory(self) -> Directory:
        return directory

    @property
    def sent(self) -> list[Message]:
        return Outbox.sent

    @property
    def code(self) -> str:
        """The code of the newest message."""
        return Outbox.sent[-1].code

    @property
    def link(self) -> str:
        """The path of the newest message's link."""
        return urlsplit(Outbox.sent[-1].link).path

    @property
    def wrong_code(self) -> str:
        """A well-formed code that is not the newest one."""
        return "".join("2" if each != "2" else "3" for each in self.code)


@pytest.fixture
def door(settings: Settings) -> Iterator[Door]:
    settings.DOORMAN = {
        **settings.DOORMAN,
        "CUSTOMER_RESOLVER": "tests.doorman.standins.directory",
        "SMS_SENDER": "tests.doorman.standins.Outbox",
        "EMAIL_SENDER": "tests.doorman.standins.Outbox",
    }
    breaker.forget()
    Outbox.reset()
    directory.reset()
    yield Door(settings)
    breaker.forget()
    Outbox.reset()


class Caller(Client):
    """A client of the API: no browser's headers, JSON, no cookies unless it was given some."""

    def ask(self, identifier: str = PHONE, channel: str = "sms", **more: Any) -> HttpResponse:
        body = {"channel": channel, "identifier": identifier, **more}
        return self.json("/api/auth/v1/challenges", body)

    def give(self, challenge: str, code: Any) -> HttpResponse:
        return self.json(f"/api/auth/v1/challenges/{challenge}/verify", {"code": code})

    def resend(self, challenge: str) -> HttpResponse:
        return self.json(f"/api/auth/v1/challenges/{challenge}/resend", {})

    def json(self, path: str, body: Any, **more: Any) -> HttpResponse:
        return self.post(path, body, content_type="application/json", **more)

    def login(self, door: Door, identifier: str = PHONE, channel: str = "sms") -> HttpResponse:  # type: ignore[override]
        challenge = self.ask(identifier, channel).json()["challenge"]
        answer = self.give(challenge, door.code)
        assert answer.status_code == 200, answer.content
        return answer


@pytest.fixture
def caller(door: Door, in_tenant: Tenant) -> Caller:
    return Caller()


class Browser(Caller):
    """A browser: an Origin on every change, CSRF checks in force, its token sent along."""

    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=True)
        self.get("/auth/login/")

    def json(self, path: str, body: Any, **more: Any) -> HttpResponse:
        return super().json(path, body, **{**self._signs(), **more})

    def submit(self, path: str, **fields: Any) -> HttpResponse:
        """Send a form of the pages."""
        token = self._token()
        return self.post(path, {"csrfmiddlewaretoken": token, **fields}, **self._signs())

    def remove(self, path: str) -> HttpResponse:
        return self.delete(path, **self._signs())

    def _signs(self) -> dict[str, str]:
        return {"HTTP_ORIGIN": "http://testserver", "HTTP_X_CSRFTOKEN": self._token()}

    def _token(self) -> str:
        return self.cookies["csrftoken"].value if "csrftoken" in self.cookies else ""


@pytest.fixture
def browser_client(door: Door, in_tenant: Tenant) -> Browser:
    return Browser()
