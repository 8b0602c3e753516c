"""Facts told to code in the same process, after they are committed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import Signal

logger = logging.getLogger(__name__)


def announce(signal: Signal, *, sender: object, **facts: Any) -> None:
    """Send a signal once the running transaction has committed; never when it rolled back.

    A receiver that fails does not stop the others nor the caller: the failure is logged. What
    must not be lost is recorded in the outbox as well.
    """
    transaction.on_commit(partial(_send, signal, sender, facts))


def announce_many(signal: Signal, *, sender: object, facts: Sequence[Mapping[str, Any]]) -> None:
    """The same once for each of ``facts``; costs nothing where nobody listens."""
    transaction.on_commit(partial(_send_many, signal, sender, facts))


def _send_many(signal: Signal, sender: object, facts: Sequence[Mapping[str, Any]]) -> None:
    if signal.has_listeners(sender):
        for each in facts:
            _send(signal, sender, each)


def _send(signal: Signal, sender: object, facts: Mapping[str, Any]) -> None:
    for receiver, outcome in signal.send_robust(sender=sender, **facts):
        if isinstance(outcome, Exception):
            name = getattr(receiver, "__qualname__", repr(receiver))
            logger.error("A receiver failed: %s", name, exc_info=outcome)
