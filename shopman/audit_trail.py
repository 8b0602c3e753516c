"""The audit trail as people read it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from shopman import masking
from shopman.models import AuditEntry

#: Characters of a value that are shown.
SHOWN_LENGTH = 120

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One changed field. ``old`` and ``new`` are texts, empty for nothing."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change. ``action`` is the service's verb in words, ``Customer: update``."""

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
    """An entry in words, its contacts as the reader may see them."""
    whose = customer_of(row)
    return Entry(
        at=row.at,
        action=_action(row.action),
        actor=row.actor_label or row.actor_id or row.actor_kind,
        reason=masking.text(row.reason, customer=whose),
        request_id=row.request_id,
        lines=list(
            _lines(
                masking.facts(row.before, customer=whose), masking.facts(row.after, customer=whose)
            )
        ),
    )


def customer_of(row: AuditEntry) -> UUID | None:
    """The customer an entry is about, if it is about one."""
    kind, _sign, key = row.subject.partition(":")
    return UUID(key) if kind == "customer" and _is_key(key) else None


def _lines(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> Iterator[Line]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if name == "version" or old == new:
            continue
        if _is_key(name):
            yield from _row_lines(old, new, path)
        elif isinstance(old, Mapping) or isinstance(new, Mapping):
            yield from _lines(_mapping(old), _mapping(new), _label(name, path))
        elif text(old) != text(new):
            yield Line(field=_label(name, path), old=text(old), new=text(new))


def _action(name: str) -> str:
    noun, _dot, verb = name.replace("_", " ").partition(".")
    return f"{noun.capitalize()}: {verb}" if verb else noun


def _row_lines(old: Any, new: Any, path: str) -> Iterator[Line]:
    """A related row in one line when it came or went, else its changed fields."""
    if old and new:
        yield from _lines(old, new, path)
    else:
        yield Line(field=path, old=_summary(old), new=_summary(new))


def _summary(row: Any) -> str:
    values = (value for name, value in _mapping(row).items() if name != "version")
    plain = (value for value in values if value and not isinstance(value, (bool, Mapping)))
    return ", ".join(map(text, plain))


def _is_key(name: str) -> bool:
    # The keys of related rows say nothing to people; what they belong to does.
    return len(name) == 36 and name.count("-") == 4


def _label(name: str, path: str) -> str:
    words = name.removesuffix("_id").replace("_", " ")
    return f"{path}: {words}" if path else words


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def text(value: Any) -> str:
    """A JSON value of the trail in words; empty for nothing. Times in the zone in force."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    words = str(value)
    if _TIME.match(words):
        moment = timezone.localtime(dt.datetime.fromisoformat(words))
        return date_format(moment, "SHORT_DATETIME_FORMAT")
    return words if len(words) <= SHOWN_LENGTH else f"{words[:SHOWN_LENGTH]}…"
