"""What can go wrong with insights."""

from __future__ import annotations

from shopman.errors import Conflict, Invalid, NotFound


class RunInProgress(Conflict):
    """A recalculation of this shop is already running."""

    code = "run_in_progress"


class RunLost(Conflict):
    """Another worker has taken over this part of the recalculation."""

    code = "run_lost"


class UnknownPolicy(Invalid):
    """There is no such policy."""

    code = "unknown_policy"


class UnknownSegment(Invalid):
    """There is no such segment."""

    code = "unknown_segment"


class AmbiguousMoment(Invalid):
    """A moment needs an offset from UTC; a date alone means the start of that day."""

    code = "ambiguous_moment"


class NoInsight(NotFound):
    """Nothing was calculated for this customer yet."""

    code = "no_insight"
