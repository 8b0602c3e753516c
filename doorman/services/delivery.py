"""Handing codes to senders: in process, after commit, with one retry, never loud.

Whoever asked for a code learns nothing about the delivery: the answer was given by the budget.
"""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction

from doorman import signals
from doorman.errors import DeliveryFailed
from doorman.protocols.sender import DeliveryReference, Message
from doorman.services import auth_event, breaker, message, neighbours
from shopman.keys import uuid7

logger = logging.getLogger(__name__)

#: One retry, with the same idempotency key.
TRIES = 2


def send(
    *, challenge_uuid: UUID, channel: str, to: str, code: str, link: str, locale: str, ttl: int
) -> None:
    """Send one code, and a link if there is one.

    A failure becomes a line in the event log and in the log, nothing else.
    """
    letter = message.compose(
        channel=channel,
        to=to,
        code=code,
        link=link,
        locale=locale,
        ttl_seconds=ttl,
        key=uuid7(),
    )
    port, path = neighbours.senders[channel]
    guard = breaker.of(path())
    if not guard.admits():
        _note_failure(challenge_uuid, channel, "breaker_open")
        return
    for attempt in range(1, TRIES + 1):
        try:
            _hand_over(letter, port)
        except DeliveryFailed as error:
            # The cause may quote the message; only its type is safe to tell.
            cause = type(error.__cause__ or error).__qualname__
            logger.warning("Sender %s failed (try %d): %s", path(), attempt, cause)
        else:
            guard.succeeded()
            return
    if guard.failed():
        auth_event.tell(signals.delivery_breaker_opened, channel=channel, sender_path=path())
    _note_failure(challenge_uuid, channel, "not_accepted")


def _hand_over(letter: Message, port: neighbours.SenderPort) -> DeliveryReference:
    try:
        return port.get().send(letter)
    except DeliveryFailed:
        raise
    # Whatever a provider's adapter raises, the message was not accepted.
    except Exception as error:
        raise DeliveryFailed from error


def _note_failure(challenge_uuid: UUID, channel: str, reason: str) -> None:
    with transaction.atomic():
        auth_event.record(
            "delivery_failed", channel=channel, reason=reason, challenge_uuid=challenge_uuid
        )
