"""Who walks through the suite: shoppers with a browser, and staff at their desk."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from doorman.protocols.sender import Message
from tests.doorman.standins import Outbox

STORE = "/api/v1/store"
AUTH = "/api/auth/v1"
STAFF = "/api/v1"
PASSWORD = "correct horse battery staple"


class Person(Client):
    """A browser: it keeps its cookies, names its origin and sends the CSRF token back."""

    def __init__(self, host: str = "testserver") -> None:
        super().__init__(enforce_csrf_checks=True, headers={"host": host})
        self.host = host

    def ask(self, path: str, **headers: str) -> HttpResponse:
        return self.get(path, headers=_named(headers))

    def send(self, path: str, body: Any = None, *, verb: str = "post", **headers: str) -> Any:
        """A change in JSON, as a page's script would make it."""
        signs = {
            "Origin": f"http://{self.host}",
            "X-CSRFToken": self.cookies["csrftoken"].value if "csrftoken" in self.cookies else "",
        }
        named = {**signs, **_named(headers)}
        call = getattr(self, verb)
        return call(path, body or {}, content_type="application/json", headers=named)


class Shopper(Person):
    """Signs in with codes and buys."""

    def __init__(self, host: str = "testserver") -> None:
        super().__init__(host)
        # Any page or this address hands out the CSRF cookie.
        self.get(f"{AUTH}/session")

    def ask_for_code(self, phone: str) -> str:
        """The secret of a challenge; the code went to the phone."""
        asked = self.send(f"{AUTH}/challenges", {"channel": "sms", "identifier": phone})
        assert asked.status_code == 202, asked.content
        return str(asked.json()["challenge"])

    def give_code(self, challenge: str, code: str) -> HttpResponse:
        answer: HttpResponse = self.send(f"{AUTH}/challenges/{challenge}/verify", {"code": code})
        return answer

    def login(self, phone: str) -> dict[str, Any]:
        """Signed in, with whatever the newest message said."""
        answer = self.give_code(self.ask_for_code(phone), newest_message().code)
        assert answer.status_code == 200, answer.content
        entered: dict[str, Any] = answer.json()
        return entered

    def put_in_cart(self, sku: str, quantity: object, **headers: str) -> dict[str, Any]:
        body = {"sku": sku, "quantity": quantity}
        answer = self.send(f"{STORE}/cart/lines", body, **headers)
        assert answer.status_code == 201, answer.content
        shown: dict[str, Any] = answer.json()
        return shown

    def order(self, key: str = "", **headers: str) -> Any:
        return self.send(f"{STORE}/orders", {}, Idempotency_Key=key or str(uuid4()), **headers)


class Clerk(Person):
    """A member of staff, signed in at the admin with a password."""

    def sign_in(self, username: str) -> Clerk:
        self.get("/admin/login/")
        given = {
            "username": username,
            "password": PASSWORD,
            "csrfmiddlewaretoken": self.cookies["csrftoken"].value,
        }
        answer = self.post("/admin/login/", given, headers={"Origin": f"http://{self.host}"})
        assert answer.status_code == 302, answer.content
        return self

    def change(self, path: str, body: Any) -> Any:
        """PATCH what was just read, naming the version that was read."""
        version = self.get(path)["ETag"]
        return self.send(path, body, verb="patch", If_Match=version)


def newest_message() -> Message:
    return Outbox.sent[-1]


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
