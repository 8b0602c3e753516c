"""How doorman has a message delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol
from uuid import UUID

Channel = Literal["sms", "whatsapp", "email"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one person. Its repr shows neither the address nor the text.

    ``idempotency_key`` is the same when the same message is tried again, so that a provider that
    knows such keys delivers once. ``link``, mostly empty, signs in whoever opens it; ``text`` and
    ``html`` hold it already. ``locale`` is a language tag such as ``pt-br``.
    """

    channel: Channel
    to: str = field(repr=False)
    code: str = field(repr=False)
    link: str = field(default="", repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    locale: str = "en"
    idempotency_key: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReference:
    """What the provider calls the message, for its delivery reports; empty without a name."""

    sender: str
    reference: str = ""


class MessageSender(Protocol):
    """Whatever ``send`` raises counts as ``doorman.errors.DeliveryFailed``."""

    def send(self, message: Message) -> DeliveryReference:
        """Hand the message over within five seconds.

        Raises ``doorman.errors.DeliveryFailed`` when it was not accepted.
        """
        ...
