"""What a job may be refused for."""

from shopman.errors import Conflict, Denied, Invalid, NotFound


class UnknownJobKind(NotFound):
    """There is no such kind of job."""

    code = "unknown_job_kind"


class JobNotFound(NotFound):
    """There is no such job."""

    code = "job_not_found"


class JobDenied(Denied):
    """Whoever started this may not do it."""

    code = "job_denied"


class NothingSelected(Invalid):
    """Choose some rows first."""

    code = "nothing_selected"


class SelectionTooLong(Invalid):
    """This list is narrowed by too much to work on it."""

    code = "selection_too_long"


class TooManyRows(Invalid):
    """These are too many rows for a spreadsheet. Export them as CSV."""

    code = "too_many_rows"


class JobFinished(Conflict):
    """The job is finished."""

    code = "job_finished"
