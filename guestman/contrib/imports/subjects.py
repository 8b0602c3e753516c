"""What the rows of imports keep about customers."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guestman.contrib.imports.models import ImportRow, ImportRun
from shopman import subjects
from shopman.person import Person
from shopman.personal import Personal, empty, naming
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
        title=_("Rows of imported files"),
        model=ImportRow,
        columns=("customer_uuid", "content", "errors", "changes"),
        rows=_own_rows,
        told=("line", "outcome", "content", "changes"),
        erase=empty(content=[], errors=[], changes={}),
        fate=_("What became of the row stays; its cells, and what could be taken back, go."),
    )


def _own_rows(person: Person) -> QuerySet[ImportRow]:
    named = naming(ImportRow.objects.exclude(content=[]), person, "content").values("pk")
    own = Q(customer_uuid__in=person.keys)
    # A row that did not count may name somebody else as well: the copy has only proved ones.
    return ImportRow.objects.filter(own | Q(customer_uuid__isnull=True, pk__in=named))


def _previews() -> Personal:
    return Personal(
        key="imports.previews",
        title=_("Previews of imports"),
        model=ImportRun,
        columns=("mapping", "counts", "preview"),
        rows=lambda person: naming(ImportRun.objects.exclude(preview={}), person, "preview"),
        erase=empty(preview={}),
        fate=_("Deleted."),
    )
