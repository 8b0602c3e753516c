"""A door with an in-memory customer directory and senders that keep what they were given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client

from doorman.adapters.memory import MemoryResolver
from doorman.protocols.sender import DeliveryReference, Message, MessageSender
from doorman.services import breaker, neighbours
from shopman.models import Tenant

PHONE = "+5511987654321"
OTHER_PHONE = "+5511912345678"
EMAIL = "ana@example.com"


class Outbox(MessageSender):
    """Keeps messages in ``sent`` (newest last)."""

    sent: list[Message] = []

    def send(self, message: Message) -> DeliveryReference:
        self.sent.append(message)
        return DeliveryReference(sender="outbox")


@dataclass
class Door:
    """What a test turns and looks at."""

    settings: Any
    sent: list[Message] = field(default_factory=list)

    def set(self, **values: Any) -> None:
        self.settings.DOORMAN = {**self.settings.DOORMAN, **values}

    @property
    def resolver(self) -> MemoryResolver:
        found = neighbours.customers.get()
        assert isinstance(found, MemoryResolver)
        return found

    @property
    def code(self) -> str:
        """The code of the newest message."""
        return self.sent[-1].code


@pytest.fixture
def door(settings: Any) -> Iterator[Door]:
    """Null resolver, recording senders, no waiting between messages."""
    settings.DOORMAN = {
        **project.DOORMAN,
        "CUSTOMER_RESOLVER": "doorman.adapters.memory.MemoryResolver",
        "SMS_SENDER": f"{__name__}.Outbox",
        "EMAIL_SENDER": f"{__name__}.Outbox",
    }
    breaker.forget()
    Outbox.sent = []
    made = Door(settings)
    made.sent = Outbox.sent
    yield made
    breaker.forget()


@pytest.fixture
def api(door: Door, in_tenant: Tenant) -> Client:
    """A client without a browser's headers and without CSRF checks."""
    return Client()
