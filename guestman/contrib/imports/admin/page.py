"""The page of an import: where it is, what it would do, what it did."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guestman.contrib.imports.admin import words
from guestman.contrib.imports.conf import conf
from guestman.contrib.imports.models import ImportRow, ImportRun, Outcome
from guestman.contrib.imports.services import counts as counting
from guestman.contrib.imports.services import rejects, revert, uploads
from guestman.models import Customer
from shopman import masking, trail_words
from shopman.admin.numbering import page_number
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

#: Rows of a table on one page.
PAGE_SIZE: Final = 50
Status = ImportRun.Status


def state(run: ImportRun) -> dict[str, Any]:
    """The part of the page that is asked for again and again while something goes on."""
    is_working = run.status in uploads.WORKING
    return {
        "run": run,
        "tone": words.TONES[run.status],
        "is_working": is_working,
        "sentence": sentence(run),
        "percent": percent(run) if is_working else None,
        "actor": trail_words.someone(run.actor_label),
    }


def percent(run: ImportRun) -> int | None:
    """How much is done; None before it is known."""
    if run.status == Status.REVERTING:
        done = ImportRow.objects.filter(run=run, outcome=Outcome.CREATED, changes={}).count()
        total = counting.of(run.counts).created
        return done * 100 // total if total else None
    return run.position * 100 // run.group_count if run.group_count else None


def sentence(run: ImportRun) -> str:
    """Where an import is, in one sentence."""
    said: Mapping[str, str] = {
        Status.DRAFT: _("Choose what the columns are."),
        Status.PREVIEWING: _("Finding out what would happen. Nothing is written."),
        Status.PREVIEWED: _("This is what would happen. Nothing was written so far."),
        Status.RUNNING: _("The customers are being imported. You may leave this page."),
        Status.FINISHED: _("The import is finished."),
        Status.REVERTING: _("The import is being taken back. You may leave this page."),
        Status.REVERTED: _("The import was taken back."),
        Status.FAILED: run.problem or _("It could not be done."),
    }
    return _(said[run.status])


def facts(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """Everything on the page below its head."""
    may = staff.may(request, Right.BULK)
    is_previewed = run.status == Status.PREVIEWED
    stored = run.preview.get("counts", {}) if is_previewed else run.counts
    is_told = is_previewed or run.status in (Status.FINISHED, Status.REVERTING, Status.REVERTED)
    has_file = uploads.file_of(run).exists()
    return {
        **state(run),
        "numbers": numbers(stored) if is_told else [],
        "examples": list(examples(run)) if is_previewed else [],
        "may_start": may and is_previewed,
        "may_choose": may and has_file and run.status in ("draft", "previewed", "failed"),
        "may_revert": may and run.status == Status.FINISHED,
        "result": list(left_out(request, run)) if is_told and not is_previewed else [],
        **paging(request, run),
        "may_download": staff.may(request, Right.EXPORT)
        and run.status in (Status.FINISHED, Status.REVERTING, Status.REVERTED)
        and rejects.rows(run).exists(),
        "kept": list(kept(run)) if run.status == Status.REVERTED else [],
        "undone": revert.reverted(run) if run.status == Status.REVERTED else None,
        "keep_days": conf.KEEP_DAYS,
        "columns": [
            {"field": words.FIELD_NAMES.get(field, field), "header": header}
            for field, header in run.mapping.get("columns", {}).items()
        ],
    }


def numbers(stored: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The counts, in words."""
    counts = counting.of(stored)
    return [
        (_("New customers"), counts.created),
        (_("Further rows of the same people"), counts.duplicate),
        (_("Existing customers"), counts.matched + counts.enriched),
        (_("Of these completed"), counts.enriched),
        (_("Imported before"), counts.same),
        (_("Conflicts"), counts.conflict),
        (_("Rejected rows"), counts.rejected),
    ]


def examples(run: ImportRun) -> Iterator[dict[str, Any]]:
    """A few people of each kind."""
    found = run.preview.get("examples", {})
    names = _names([each.get("customer", "") for told in found.values() for each in told])
    for kind, title in words.KINDS.items():
        if kind in found:
            rows = [_example(each, names) for each in found[kind]]
            has_reasons = any(row["why"] for row in rows)
            yield {"kind": kind, "title": title, "rows": rows, "has_reasons": has_reasons}


def left_out(request: HttpRequest, run: ImportRun) -> Iterator[dict[str, Any]]:
    """Conflicts and rejected rows of one page."""
    start = (page_number(request, most=1000) - 1) * PAGE_SIZE
    for row in rejects.rows(run)[start : start + PAGE_SIZE]:
        why = words.errors(row.errors) if row.errors else words.reason(row.reason)
        yield {
            "line": row.line,
            "outcome": row.get_outcome_display(),
            "why": why,
            "said": [masking.text(cell) for cell in row.content if cell],
        }


def paging(request: HttpRequest, run: ImportRun) -> dict[str, int]:
    """Which pages of left out rows there are besides this one."""
    number = page_number(request, most=1000)
    following = rejects.rows(run)[number * PAGE_SIZE : number * PAGE_SIZE + 1]
    return {"earlier": number - 1, "later": number + 1 if following else 0}


def kept(run: ImportRun) -> Iterator[dict[str, Any]]:
    """Why a revert left customers as they are, and how many."""
    rows = ImportRow.objects.filter(run=run).exclude(kept="")
    for code, count in rows.values_list("kept").annotate(count=Count("uuid")).order_by("kept"):
        few = rows.filter(kept=code).order_by("line").values_list("customer_uuid", flat=True)[:20]
        names = _names([str(key) for key in few])
        people = [{"key": key, "name": name} for key, name in names.items()]
        yield {"why": words.reason(code), "count": count, "people": people}


def rejects_csv(run: ImportRun, header: Sequence[str]) -> str:
    """The left out rows as a file; contacts masked for who may not see them."""
    out = io.StringIO()
    lines = rejects.lines(run, header)
    writer = csv.writer(out)
    writer.writerow(next(lines))
    for line in lines:
        writer.writerow([masking.text(cell) for cell in line])
    return out.getvalue()


def _example(told: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    why = words.errors(told["errors"]) if "errors" in told else words.reason(told["reason"])
    key = told.get("customer", "")
    return {
        "lines": ", ".join(map(str, told["lines"])),
        "name": told.get("name", ""),
        "said": [masking.text(cell) for cell in told["said"] if cell],
        "why": why,
        "customer": {"key": key, "name": names[key]} if key in names else None,
    }


def _names(keys: Sequence[str]) -> dict[str, str]:
    """Names of customers by key; those that are gone are left out."""
    rows = Customer.objects.filter(pk__in=[key for key in keys if key])
    return {str(row.pk): str(row) for row in rows}
