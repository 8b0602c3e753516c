"""A sender that keeps failing is left alone for a while.

The state lives in the process. Each worker learns within a few messages that a provider is down,
which is all that is wanted: its requests stop waiting for time-outs. A shared store would make
sending depend on one more service and cost a query a message.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from doorman.conf import conf
from shopman import clock


@dataclass(slots=True)
class Breaker:
    """Counts failures in a row; open after too many, then lets one message try."""

    failures: int = 0
    paused_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def admits(self) -> bool:
        """Whether a message may be tried now. After a pause one may, and the next waits again."""
        now = clock.now().timestamp()
        with self.lock:
            if self.failures < conf.BREAKER_FAILURES:
                return True
            if now < self.paused_until:
                return False
            self.paused_until = now + conf.BREAKER_PAUSE_SECONDS
            return True

    def succeeded(self) -> None:
        with self.lock:
            self.failures = 0

    def failed(self) -> bool:
        """Whether this failure opened the breaker."""
        with self.lock:
            self.failures += 1
            self.paused_until = clock.now().timestamp() + conf.BREAKER_PAUSE_SECONDS
            return self.failures == conf.BREAKER_FAILURES


_breakers: dict[str, Breaker] = {}


def of(sender_path: str) -> Breaker:
    """The breaker of a sender in this process."""
    return _breakers.setdefault(sender_path, Breaker())


def forget() -> None:
    """Close every breaker of this process."""
    _breakers.clear()
