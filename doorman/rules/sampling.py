"""Which of many equal failures are worth a line in the event log."""

from __future__ import annotations


def worth_recording(count: int) -> bool:
    """The first five, then each power of two: a flood leaves a trace, not a flood.

    >>> [n for n in range(1, 40) if worth_recording(n)]
    [1, 2, 3, 4, 5, 8, 16, 32]
    """
    return count <= 5 or count & (count - 1) == 0
