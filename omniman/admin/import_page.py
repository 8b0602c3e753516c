"""The parts of an import's page: how far it got, what it did, which rows did not count."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from omniman.admin import import_words, words
from omniman.conf import conf
from omniman.models import ImportReject, ImportRun
from shopman import clock, masking, panels, trail_words
from shopman.admin.numbering import page_number
from shopman.panels import Panel
from shopman.spreadsheets import safe
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

#: The page of an import, for ``shopman.panels``.
IMPORT_PAGE: Final = "omniman.import_run"
#: Rows of the table on one page.
PAGE_SIZE: Final = 50
#: A run that was not heard of for so long was killed, or its machine was.
SILENCE: Final = dt.timedelta(minutes=10)


def state(run: ImportRun) -> str:
    """``running``, ``stopped`` (it would go on with the same command) or ``finished``."""
    if run.status == ImportRun.RUNNING and clock.now() - run.updated_at > SILENCE:
        return "stopped"
    return str(run.status)


STATES: Final[Mapping[str, tuple[str, Any]]] = {
    "running": ("info", gettext_lazy("Running")),
    "stopped": ("warning", gettext_lazy("Stopped")),
    "finished": ("success", gettext_lazy("Finished")),
}


def duration(run: ImportRun) -> str:
    """How long it took, or has taken so far, ``1:02:03``."""
    seconds = int(((run.finished_at or run.updated_at) - run.started_at).total_seconds())
    return str(dt.timedelta(seconds=max(0, seconds)))


def progress(run: ImportRun) -> dict[str, Any]:
    """What the template ``omniman/admin/import_progress.html`` shows."""
    known = state(run)
    colour, text = STATES[known]
    return {
        "run": run,
        "state": known,
        "badge": colour,
        "standing": str(text),
        "duration": duration(run),
        "actor": trail_words.someone(run.actor_label) or _("unknown"),
        "percent": run.position * 100 // run.order_count if run.order_count else None,
    }


def _summary(request: HttpRequest, run: ImportRun) -> Mapping[str, Any]:
    def told(name: str) -> str:
        return words.told(counts[name], run.currency)

    counts = run.counts
    return {
        "rows": [
            (_("New sales"), counts["sale_count"], told("sales_amount")),
            (_("New returns"), counts["return_count"], told("returns_amount")),
            (_("New lines"), counts["line_count"], ""),
            (_("New orders of guests"), counts["guest_count"], ""),
            (_("Unchanged: they were here already"), counts["existing_count"], ""),
            (_("Of these with another total"), counts["different_count"], ""),
            (_("Rejected rows"), run.reject_count, ""),
        ],
        "net": words.told(counts["sales_amount"] + counts["returns_amount"], run.currency),
    }


def _rejects(request: HttpRequest, run: ImportRun) -> Mapping[str, Any]:
    chosen = request.GET.get("reason", "")
    chosen = chosen if chosen in run.reject_counts else ""
    kept = ImportReject.objects.filter(run=run).order_by("line", "reason")
    if chosen:
        kept = kept.filter(reason=chosen)
    number = page_number(request, most=1000)
    start = (number - 1) * PAGE_SIZE
    rows = list(kept[start : start + PAGE_SIZE + 1])
    rejected = run.reject_counts.get(chosen, 0) if chosen else run.reject_count
    return {
        "rows": [_row(row) for row in rows[:PAGE_SIZE]],
        "newer": number - 1,
        "older": number + 1 if len(rows) > PAGE_SIZE else 0,
        "chosen": chosen,
        "rejected": rejected,
        "missing": rejected - kept.count(),
        "limit": conf.IMPORT_REJECTS_KEPT,
        "days": conf.IMPORT_REJECTS_KEEP_DAYS,
        "reasons": [
            {"code": code, "text": import_words.reason(code), "count": count}
            for code, count in sorted(run.reject_counts.items(), key=lambda each: -each[1])
        ],
        "may_download": bool(rows) and staff.may(request, Right.EXPORT),
    }


def _row(row: ImportReject) -> dict[str, Any]:
    return {
        "line": row.line,
        "reason": import_words.reason(row.reason),
        "cells": shown_cells(row.content),
    }


def shown_cells(cells: Sequence[str]) -> list[str]:
    """The cells of a row; for who may not see contacts, what looks like one is masked."""
    return [masking.text(cell) for cell in cells]


def as_csv(run: ImportRun) -> Iterator[str]:
    """The kept rejects as CSV, line by line: line of the file, reason, reason in words, cells."""
    yield _written([_("Line"), _("Reason"), _("In words"), _("Row")])
    for row in ImportReject.objects.filter(run=run).order_by("line", "reason"):
        told = [str(row.line), row.reason, import_words.reason(row.reason)]
        yield _written([*told, *shown_cells(row.content)])


def _written(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(map(safe, cells))
    return line.getvalue()


for _position, (_key, _title, _facts) in enumerate(
    (
        ("import_summary", gettext_lazy("What it did"), _summary),
        ("import_rejects", gettext_lazy("Rows that did not count"), _rejects),
    )
):
    panels.register(
        IMPORT_PAGE,
        Panel(
            key=_key,
            title=_title,
            template=f"omniman/admin/{_key}.html",
            facts=_facts,
            position=10 * (_position + 1),
        ),
    )
