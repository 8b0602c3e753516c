"""The rows of a run that were left out, as lines of a file that can be mended and imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import models

from guestman.contrib.imports.models import ImportRow, ImportRun, Outcome
from shopman.spreadsheets import safe


def rows(run: ImportRun) -> models.QuerySet[ImportRow]:
    """Conflicts and rejected rows, in the order of the file."""
    found: models.QuerySet[ImportRow] = ImportRow.objects.filter(
        run=run, outcome__in=(Outcome.CONFLICT, Outcome.REJECTED)
    ).order_by("line")
    return found


def lines(run: ImportRun | None, header: Sequence[str]) -> Iterator[Sequence[str]]:
    """The header, then a line for each row: line, why, cells in question, and what it says.

    No cell begins a formula.
    """
    yield ["line", "outcome", "reason", "cells", *header]
    if run is None:
        return
    for row in rows(run).iterator(chunk_size=2000):
        cells = " ".join(f"{field}:{code}" for field, code in row.errors)
        told = [str(row.line), row.outcome, row.reason, cells, *row.content]
        yield [str(safe(cell)) for cell in told]
