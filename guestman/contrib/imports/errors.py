"""What can go wrong with an import as a whole; rows that cannot be imported are rejected alone."""

from __future__ import annotations

from shopman.errors import Conflict, Invalid, NotFound


class UnreadableFile(Invalid):
    """This file cannot be read as a table of customers."""

    code = "unreadable_file"


class InvalidMapping(Invalid):
    """This is not a mapping of columns."""

    code = "invalid_mapping"


class UnknownRun(NotFound):
    """There is no such import."""

    code = "unknown_import"


class ImportTakenOver(Conflict):
    """Somebody else is running this import."""

    code = "import_taken_over"


class ImportNotFinished(Conflict):
    """This import is still running."""

    code = "import_not_finished"


class ImportReverted(Conflict):
    """This import was reverted already."""

    code = "import_reverted"


class ImportNotReady(Conflict):
    """This import cannot be changed or started as it is now."""

    code = "import_not_ready"


class ImportRunning(Conflict):
    """The same file is being imported right now."""

    code = "import_running"
