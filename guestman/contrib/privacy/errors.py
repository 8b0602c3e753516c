"""Named failures of exports and erasures."""

from __future__ import annotations

from shopman.errors import Conflict, Invalid, Unavailable


class StalePreview(Conflict):
    """Something changed since the preview was made. Look at it again before you erase."""

    code = "stale_preview"


class NotInDoubt(Invalid):
    """What is to be erased as well is not among the records that may be this person's."""

    code = "not_in_doubt"


class ReasonMissing(Invalid):
    """Say why the customer is erased, for example the number of the request."""

    code = "reason_missing"


class SuppressionKeysMissing(Unavailable):
    """The keys are missing by which an erased person is recognised later."""

    code = "suppression_keys_missing"


class LedgerUnreadable(Invalid):
    """This is not a ledger of erasures of this shop."""

    code = "ledger_unreadable"
