"""What can go wrong with possible duplicates."""

from __future__ import annotations

from shopman.errors import BadRequest, Conflict, NotFound


class PairNotFound(NotFound):
    """There is no such pair of customers."""

    code = "pair_not_found"


class PairMerged(Conflict):
    """These two were merged; take the merge back first."""

    code = "pair_merged"


class DifferentPeople(Conflict):
    """Somebody said that these are different people; take that back before you merge them."""

    code = "different_people"


class ScanInProgress(Conflict):
    """A search for duplicates of this shop is already running."""

    code = "scan_in_progress"


class ScanLost(Conflict):
    """Another worker has taken over this part of the search."""

    code = "scan_lost"


class UnreadablePairs(BadRequest):
    """This file of pairs cannot be read."""

    code = "unreadable_pairs"
