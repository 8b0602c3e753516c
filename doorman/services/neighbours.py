"""The ports of the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from doorman.conf import conf
from doorman.errors import ResolverUnavailable
from doorman.protocols.customer import CustomerResolver
from doorman.protocols.sender import MessageSender
from shopman.ports import Port

T = TypeVar("T")

customers: Port[CustomerResolver] = Port(
    CustomerResolver, setting="DOORMAN['CUSTOMER_RESOLVER']", path=lambda: conf.CUSTOMER_RESOLVER
)

SenderPort = Port[MessageSender]

_sms: SenderPort = Port(
    MessageSender, setting="DOORMAN['SMS_SENDER']", path=lambda: conf.SMS_SENDER
)
_email: SenderPort = Port(
    MessageSender, setting="DOORMAN['EMAIL_SENDER']", path=lambda: conf.EMAIL_SENDER
)

#: Channel to its port and the path in force.
senders: dict[str, tuple[SenderPort, Callable[[], str]]] = {
    "sms": (_sms, lambda: conf.SMS_SENDER),
    "email": (_email, lambda: conf.EMAIL_SENDER),
}

NO_SENDER = "doorman.adapters.null.NullSender"


def is_open(channel: str) -> bool:
    """Whether codes go out by this channel at all."""
    return channel in senders and senders[channel][1]() != NO_SENDER


def ask(question: Callable[[CustomerResolver], T]) -> T:
    """The resolver's answer. Whatever it raises is a ResolverUnavailable, as its port says."""
    try:
        return question(customers.get())
    except ResolverUnavailable:
        raise
    except Exception as error:
        raise ResolverUnavailable from error
