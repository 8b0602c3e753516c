"""What the rows of imports keep about customers."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guestman.contrib.imports.models import ImportRow, ImportRun
from guestman.contrib.imports.services import uploads
from shopman import subjects
from shopman.person import Person
from shopman.personal import Erasing, Keyless, Personal, empty, hinting, meaning, naming
from shopman.subjects import Subject


def connect() -> None:
    """Called when the app is ready."""
    # History of what a file said: it names who it was then.
    subjects.register(
        Subject(key="guestman.imports", models=(ImportRow,), personal=(_rows(), _previews()))
    )


def _rows() -> Personal:
    return Personal(
        key="imports.rows",
        kept='Cells GUESTMAN["IMPORTS"]["KEEP_DAYS"]; what became of a row, as long as the run.',
        title=_("Rows of imported files"),
        model=ImportRow,
        columns=("customer_uuid", "content", "errors", "changes"),
        rows=_own_rows,
        told=("line", "outcome", "content", "changes"),
        erase=empty(content=[], errors=[], changes={}),
        fate=_("What became of the row stays; its cells, and what could be taken back, go."),
        keyless=Keyless(
            own=_rejected,
            doubtful=lambda person: hinting(
                _without_customer().exclude(pk__in=person.also), person, "content"
            ),
            label=lambda row: " · ".join(map(str, row.content)),
        ),
    )


def _own_rows(person: Person) -> QuerySet[ImportRow]:
    own = Q(customer_uuid__in=person.keys) | Q(pk__in=_rejected(person).values("pk"))
    return ImportRow.objects.filter(own)


def _rejected(person: Person) -> QuerySet[ImportRow]:
    meant = meaning(_without_customer(), person, "content").values("pk")
    return ImportRow.objects.filter(Q(pk__in=meant) | Q(pk__in=person.also))


def _without_customer() -> QuerySet[ImportRow]:
    return ImportRow.objects.filter(customer_uuid__isnull=True).exclude(content=[])


def _previews() -> Personal:
    return Personal(
        key="imports.previews",
        kept='GUESTMAN["IMPORTS"]["KEEP_DAYS"].',
        title=_("Imports: previews and uploaded files"),
        model=ImportRun,
        columns=("mapping", "counts", "preview"),
        rows=_touching_runs,
        erase=_forget_files,
        fate=_("Examples of a preview, and files of imports that are done, are deleted."),
        is_steady=False,
    )


def _touching_runs(person: Person) -> QuerySet[ImportRun]:
    """Runs whose preview names the person, and done ones, whose file may."""
    named = naming(ImportRun.objects.exclude(preview={}), person, "preview").values("pk")
    status = ImportRun.Status
    done = Q(status__in=(status.FINISHED, status.REVERTED, status.FAILED))
    return ImportRun.objects.filter(Q(pk__in=named) | done)


def _forget_files(rows: QuerySet[ImportRun], erasing: Erasing) -> int:
    for run in rows:
        if run.status not in uploads.WORKING and uploads.file_of(run).exists():
            transaction.on_commit(partial(uploads.forget_files, run))
    return rows.exclude(preview={}).update(preview={})
