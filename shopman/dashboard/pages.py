"""The dashboard's addresses: the page's parts, each by itself, and the CSV of each figure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify

from shopman import audit, charts, clock, tenancy
from shopman.dashboard import measuring, registry
from shopman.dashboard.measuring import Taken
from shopman.dashboard.registry import Figure, Measure, Number, Part, Picture, Scope
from shopman.spreadsheets import as_file, safe
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

NUMBERS = "numbers"
FIGURES = "figures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Parts that are made from one measure and stand in one place; they arrive together."""

    place: str
    measure: Measure
    parts: Sequence[Part]

    @property
    def href(self) -> str:
        return reverse("admin:dashboard_block", args=[self.place, self.measure.key])


def scope(request: HttpRequest) -> Scope:
    """What the signed-in member of staff may see of the shop in use, now."""
    access = staff.access(request)
    assert access is not None, "the admin site lets nobody else in"
    organization = tenancy.current_organization()
    chosen = frozenset([organization.pk]) if organization else access.organizations
    return Scope(as_of=clock.now(), organizations=chosen)


def context(request: HttpRequest) -> dict[str, Any]:
    """What the index shows: first steps to take, and blocks, those that are kept made already."""
    steps = [(step, step.is_done()) for step in registry.steps()]
    is_new = bool(steps) and not any(done for _, done in steps)
    is_fresh, may_export = "fresh" in request.GET, staff.may(request, Right.EXPORT)
    wanted, blocks = scope(request), [] if is_new else _blocks()
    kept = {} if is_fresh else measuring.known([each.measure for each in blocks], wanted)
    return {
        "is_new": is_new,
        "steps": [{"step": step, "link": step.link(), "done": done} for step, done in steps]
        if not all(done for _, done in steps)
        else [],
        "places": [
            {
                "name": place,
                "blocks": [
                    {
                        "content": content(
                            block,
                            wanted,
                            kept.get(block.measure.key),
                            is_fresh=is_fresh,
                            may_export=may_export,
                        )
                    }
                    for block in blocks
                    if block.place == place
                ],
            }
            for place in (NUMBERS, FIGURES)
        ],
        "is_dashboard": True,
    }


def content(
    block: Block,
    wanted: Scope,
    taken: Taken | None,
    *,
    is_fresh: bool = False,
    may_export: bool = False,
) -> SafeString:
    """A block with its numbers, or with the promise to fetch them."""
    facts: dict[str, Any] = {"block": block, "is_fresh": is_fresh, "is_there": taken is not None}
    if taken is not None:
        # As of the moment they were measured at, kept numbers are told.
        told = replace(wanted, as_of=taken.at)
        facts["as_of"] = taken.at.astimezone(tenancy.current().zone)
        facts["parts"] = [_shown(part, taken, told, may_export) for part in block.parts]
    return render_to_string(f"shopman/dashboard/{block.place}.html", facts)


def block(request: HttpRequest, place: str, key: str) -> SafeString:
    """One block, measured now unless its numbers are kept. 404 for one that is not there."""
    found = next((b for b in _blocks() if b.place == place and b.measure.key == key), None)
    if found is None:
        raise Http404
    wanted = scope(request)
    taken = measuring.take(found.measure, wanted, fresh="fresh" in request.GET)
    return content(found, wanted, taken, may_export=staff.may(request, Right.EXPORT))


def csv_file(request: HttpRequest, key: str) -> HttpResponse:
    """A figure's table as CSV (RFC 4180, UTF-8), for those who may export; it is remembered.

    404 for one that has none.
    """
    part = registry.figure(key)
    if part is None:
        raise Http404
    if not staff.may(request, Right.EXPORT):
        raise PermissionDenied
    wanted = scope(request)
    taken = measuring.take(part.measure, wanted)
    rows = _rows(part.show(taken.facts, replace(wanted, as_of=taken.at)))
    if rows is None:
        raise Http404
    day = taken.at.astimezone(tenancy.current().zone).date().isoformat()
    audit.record(subject=f"figure:{key}", action="figure.download")
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers=as_file(f"{slugify(key)}-{day}.csv")
    )
    writer = csv.writer(response)
    writer.writerows(map(safe, row) for row in rows)
    return response


def _rows(picture: Picture) -> Iterable[Sequence[Any]] | None:
    if picture.chart is not None:
        return charts.rows(picture.chart)
    if picture.table is not None:
        return [picture.table.head, *([cell.text for cell in row] for row in picture.table.rows)]
    return None


def _blocks() -> list[Block]:
    return [*_grouped(NUMBERS, registry.numbers()), *_grouped(FIGURES, registry.figures())]


def _grouped(place: str, parts: Sequence[Part]) -> list[Block]:
    """One block for each measure, where its first part stands."""
    of_measure: dict[str, list[Part]] = {}
    for part in parts:
        of_measure.setdefault(part.measure.key, []).append(part)
    return [
        Block(place=place, measure=found[0].measure, parts=found) for found in of_measure.values()
    ]


def _shown(part: Part, taken: Taken, told: Scope, may_export: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {"part": part, "link": part.link() if part.link else None}
    if isinstance(part, Number):
        return {**facts, "told": part.tell(taken.facts, told)}
    assert isinstance(part, Figure)
    picture = part.show(taken.facts, told)
    csv_url = reverse("admin:dashboard_csv", args=[part.key]) if may_export else ""
    drawn = charts.html(picture.chart, csv_url=csv_url) if picture.chart else None
    return {**facts, "picture": picture, "drawn": drawn, "csv_url": csv_url}
