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

from shopman import masking, trail_words
from shopman.models import AuditEntry
from shopman.trail_words import Words

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
    """One change. ``action`` says in words what was done."""

    at: dt.datetime
    action: str
    actor: str
    reason: str
    request_id: str
    lines: Sequence[Line]


def rows(subject: str, *, limit: int, offset: int = 0) -> list[AuditEntry]:
    """The changes of a subject (``customer:<uuid>``), newest first. One query."""
    found = AuditEntry.objects.filter(subject=subject).order_by("-at", "-uuid")
    return list(found[offset : offset + limit])


def of(subject: str, *, limit: int, offset: int = 0) -> list[Entry]:
    """The changes of a subject in words, newest first.

    One query, and those its kind needs for the names of what they refer to.
    """
    found = rows(subject, limit=limit, offset=offset)
    words = trail_words.of(subject, found)
    return [_read(row, words) for row in found]


def read(row: AuditEntry) -> Entry:
    """An entry in words, its contacts as the reader may see them."""
    return _read(row, trail_words.of(row.subject, [row]))


def _read(row: AuditEntry, words: Words) -> Entry:
    whose = customer_of(row)
    before = masking.facts(row.before, customer=whose)
    after = masking.facts(row.after, customer=whose)
    return Entry(
        at=row.at,
        action=trail_words.action(row.action),
        actor=trail_words.actor(row.actor_kind, row.actor_id, row.actor_label),
        reason=masking.text(row.reason, customer=whose),
        request_id=row.request_id,
        lines=list(_lines(before, after, words)),
    )


def facts(subject: str, payload: Mapping[str, Any]) -> list[Line]:
    """What an event carries, line by line; the keys of records say nothing to people."""
    words = trail_words.of(subject, [])
    return [
        Line(field=_label(name, "", words), old="", new=_fact(name, value, words))
        for name, value in payload.items()
        if not name.endswith(("_uuid", "_uuids")) and name not in words.hidden
    ]


def _fact(name: str, value: Any, words: Words) -> str:
    if isinstance(value, list):
        # Names of changed fields.
        return ", ".join(_label(str(each), "", words) for each in value)
    return _value(name, value, words)


def customer_of(row: AuditEntry) -> UUID | None:
    """The customer an entry is about, if it is about one."""
    is_customer = row.subject.startswith("customer:")
    return trail_words.key(row.subject) if is_customer else None


def _lines(
    before: Mapping[str, Any], after: Mapping[str, Any], words: Words, path: str = ""
) -> Iterator[Line]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if name in words.hidden or old == new:
            continue
        # The keys of related rows say nothing to people; what they belong to does.
        if trail_words.is_key(name):
            yield from _row_lines(old, new, words, words.rows.get(name) or path)
        elif isinstance(old, Mapping) or isinstance(new, Mapping):
            label = _label(name, path, words)
            yield from _lines(_mapping(old), _mapping(new), words, label)
        else:
            told, telling = _value(name, old, words), _value(name, new, words)
            if told != telling:
                yield Line(field=_label(name, path, words), old=told, new=telling)


def _row_lines(old: Any, new: Any, words: Words, path: str) -> Iterator[Line]:
    """A related row in one line when it came or went, else its changed fields."""
    if old and new:
        yield from _lines(old, new, words, path)
    else:
        yield Line(field=path, old=_summary(old, words), new=_summary(new, words))


def _summary(row: Any, words: Words) -> str:
    plain = (
        (name, value)
        for name, value in _mapping(row).items()
        if name not in words.hidden and value and not isinstance(value, (bool, Mapping))
    )
    return ", ".join(_value(name, value, words) for name, value in plain)


def _value(name: str, value: Any, words: Words) -> str:
    named = words.values.get(name, {}).get(str(value))
    if named is not None:
        return str(named)
    told = text(value)
    write = words.writers.get(name)
    return write(told) if write and told else told


def _label(name: str, path: str, words: Words) -> str:
    plain = name.removesuffix("_id")
    # Without a word of its own: the letters, where the catalogues know them in the language.
    told = str(words.fields.get(plain) or _(plain.replace("_", " ")))
    return f"{path}: {told}" if path else told


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def text(value: Any) -> str:
    """A JSON value of the trail in words; empty for nothing. Times in the zone in force."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(text, value))
    words = str(value)
    if _TIME.match(words):
        moment = timezone.localtime(dt.datetime.fromisoformat(words))
        return date_format(moment, "SHORT_DATETIME_FORMAT")
    return words if len(words) <= SHOWN_LENGTH else f"{words[:SHOWN_LENGTH]}…"
