"""What a customer is expected to spend. Business default: the past pace goes on."""

from __future__ import annotations

from guestman.contrib.insights.rules.arithmetic import divide


def projected(
    *, net_amount: int, order_count: int, gap: int | None, horizon_days: int, floor_days: int
) -> int | None:
    """Average order × orders in the horizon, in minor units, rounded once half to even.

    ``gap`` is in hundredths of a day and counts as at least ``floor_days``; None (fewer than two
    orders) gives None: one order shows no pace.
    """
    if gap is None:
        return None
    pace = max(gap, floor_days * 100)
    return divide(net_amount * horizon_days * 100, order_count * pace)
