"""Why two customers cannot be merged, or not any more."""

from __future__ import annotations

from shopman.errors import Conflict, Invalid, NotFound


class SelfMerge(Invalid):
    """A customer cannot be merged with itself."""

    code = "self_merge"


class ForeignMerge(Invalid):
    """Customers of two shops cannot be merged."""

    code = "foreign_merge"


class AlreadyMerged(Conflict):
    """One of the customers was merged into another one meanwhile."""

    code = "already_merged"


class DifferentTypes(Conflict):
    """A person and a company cannot be merged."""

    code = "different_types"


class DifferentDocuments(Conflict):
    """The customers have different documents: they are different people."""

    code = "different_documents"


class DifferentBirthDates(Conflict):
    """The customers have different birth dates: they are different people."""

    code = "different_birth_dates"


class InvalidPreview(Invalid):
    """This is not the digest of a preview."""

    code = "invalid_preview"


class StalePreview(Conflict):
    """The customers changed since the preview was made. Look at a new one."""

    code = "stale_preview"


class MergeNotFound(NotFound):
    """There is no such merge."""

    code = "merge_not_found"


class AlreadyUnmerged(Conflict):
    """This merge was taken back already."""

    code = "already_unmerged"
