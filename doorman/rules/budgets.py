"""How much is allowed in which time: the list of windows that one act is counted in."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

MINUTE = 60
QUARTER_HOUR = 15 * MINUTE
HOUR = 60 * MINUTE
DAY = 24 * HOUR

#: Rows are locked in this order, whoever takes them: the ones everybody shares come last.
LOCK_ORDER = ("identifier", "address", "region", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most ``limit`` acts of one subject in ``seconds`` from the first one.

    ``spacing``: seconds to wait after the first, second and further acts of the window.
    """

    #: ``send`` or ``failure``.
    act: str
    #: One of LOCK_ORDER.
    kind: str
    #: Keyed hash, region or empty; what is counted.
    subject: str
    seconds: int
    limit: int
    spacing: tuple[int, ...] = ()

    @property
    def scope(self) -> str:
        """Names the budget without its subject, ``send.identifier.900``."""
        return f"{self.act}.{self.kind}.{self.seconds}"


def in_lock_order(windows: Sequence[Window]) -> list[Window]:
    """The windows in the one order in which their rows may be locked."""
    return sorted(
        windows,
        key=lambda each: (LOCK_ORDER.index(each.kind), each.subject, each.seconds, each.act),
    )


def network(address: str) -> str:
    """What one subscriber holds: the IPv4 address itself, the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        if mapped:
            return str(mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
