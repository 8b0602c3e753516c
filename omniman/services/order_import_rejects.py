"""Rows of an order file that did not count: a bounded number of them kept, all of them counted."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from omniman.conf import conf
from omniman.models import ImportReject, ImportRun
from omniman.services.order_spool import Reject
from shopman import clock

#: Cells of a row, and characters of a cell, that are kept.
CELL_LIMIT = 40
TEXT_LIMIT = 200
#: Rows written, or deleted, in one statement.
BATCH = 500


@dataclass(slots=True)
class Rejects:
    """Takes the rejected rows of one run and passes each on; ``keep`` writes down what came.

    A run that goes on after it was killed is told of its earlier rejects again; each is kept once.
    """

    run: UUID
    tell: Reject
    counts: Counter[str] = field(default_factory=Counter)
    _waiting: list[ImportReject] = field(default_factory=list)
    #: How many had come when they were last written down; -1: never.
    _told: int = -1
    _room: int = field(default_factory=lambda: conf.IMPORT_REJECTS_KEPT)

    def __call__(self, line: int, reason: str, content: Sequence[str]) -> None:
        self.tell(line, reason, content)
        self.counts[reason] += 1
        if self._room > 0:
            self._room -= 1
            cells = [_plain(cell) for cell in content[:CELL_LIMIT]]
            row = ImportReject(run_id=self.run, line=line, reason=reason, content=cells)
            self._waiting.append(row)

    def keep(self, *, order_count: int) -> None:
        """Write down the rows that wait, and how many there were of each reason, if any are new."""
        if self.counts.total() != self._told:
            self._write(order_count)
            self._told = self.counts.total()

    @transaction.atomic
    def _write(self, order_count: int) -> None:
        ImportReject.objects.bulk_create(self._waiting, batch_size=BATCH, ignore_conflicts=True)
        self._waiting.clear()
        ImportRun.objects.filter(pk=self.run).update(
            reject_counts=dict(self.counts), order_count=order_count, updated_at=clock.now()
        )


def purge() -> int:
    """Delete the kept rows of runs that ended long ago; how many. All tenants, idempotent."""
    before = clock.now() - dt.timedelta(days=conf.IMPORT_REJECTS_KEEP_DAYS)
    old = ImportReject.all_tenants.filter(run__updated_at__lt=before).order_by("pk")
    count = 0
    while keys := list(old.values_list("pk", flat=True)[:BATCH]):
        count += ImportReject.all_tenants.filter(pk__in=keys).delete()[0]
    return count


def _plain(cell: str) -> str:
    """What every database can keep: no NUL, no bytes of another encoding."""
    text = cell[:TEXT_LIMIT].replace("\x00", "\\x00")
    return text.encode(errors="backslashreplace").decode()
