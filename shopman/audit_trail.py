"""The audit trail as people read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from shopman.models import AuditEntry

#: Characters of a value that are shown.
SHOWN_LENGTH = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One changed field. ``old`` and ``new`` are texts, empty for nothing."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change. ``action`` is the service's verb, ``customer.update``."""

    at: dt.datetime
    action: str
    actor: str
    reason: str
    request_id: str
    lines: Sequence[Line]


def of(subject: str, *, limit: int, offset: int = 0) -> list[Entry]:
    """The changes of a subject (``customer:<uuid>``), newest first. One query."""
    rows = AuditEntry.objects.filter(subject=subject).order_by("-at", "-uuid")
    return [read(row) for row in rows[offset : offset + limit]]


def read(row: AuditEntry) -> Entry:
    """An entry in words."""
    return Entry(
        at=row.at,
        action=row.action,
        actor=row.actor_label or row.actor_id or row.actor_kind,
        reason=row.reason,
        request_id=row.request_id,
        lines=list(_lines(row.before, row.after)),
    )


def _lines(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> Iterator[Line]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if name == "version" or old == new:
            continue
        label = _label(name, path)
        if isinstance(old, Mapping) or isinstance(new, Mapping):
            yield from _lines(_mapping(old), _mapping(new), label)
        else:
            yield Line(field=label, old=_text(old), new=_text(new))


def _label(name: str, path: str) -> str:
    # The keys of related rows say nothing to people; what they belong to does.
    if len(name) == 36 and name.count("-") == 4:
        return path
    words = name.removesuffix("_id").replace("_", " ")
    return f"{path}: {words}" if path else words


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = str(value)
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"
