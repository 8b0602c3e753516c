"""Work on many rows in the background.

    # in the admin module of an app
    jobs.register(
        Kind(
            key="guestman.group",
            page="guestman.customer",
            title=_("Put in a group"),
            right=Right.BULK,
            form=GroupForm,
            act=one_by_one(put_in_group, label=lambda row: row.code),
        )
    )

    job = jobs.start(kind="guestman.group", user=user, parameters={...}, query="status=active")
    while jobs.advance(job.uuid, seconds=2).is_open:
        ...

A job is done in slices, each in one transaction with the job's own place, by whoever calls
``advance``: a worker until it is done, or the progress page with each look. Two at once cannot do a
slice twice, and a job that is killed goes on from its last slice.
"""

from shopman.jobs.forms import JobForm
from shopman.jobs.registry import (
    Kind,
    Refusal,
    Table,
    Work,
    kind,
    kinds,
    one_by_one,
    register,
    register_rows,
    unregister,
)
from shopman.jobs.results import purge, result_file
from shopman.jobs.running import advance, cancel, find, lost, start

__all__ = [
    "JobForm",
    "Kind",
    "Refusal",
    "Table",
    "Work",
    "advance",
    "cancel",
    "find",
    "kind",
    "kinds",
    "lost",
    "one_by_one",
    "purge",
    "register",
    "register_rows",
    "result_file",
    "start",
    "unregister",
]
