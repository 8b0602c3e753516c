"""The audit trail as people read it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopman import masking
from shopman.models import AuditEntry

Text = str | Promise

_ACTORS: Final[Mapping[str, Text]] = {
    "system": gettext_lazy("the system"),
    "task": gettext_lazy("the system"),
    "command": gettext_lazy("a command"),
    "customer": gettext_lazy("the customer"),
    "client": gettext_lazy("a visitor"),
}

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the names in the trail mean to people; what is not in here is read letter by letter."""

    #: By a service's name for what it did, ``customer.update``.
    actions: Mapping[str, Text] = field(default_factory=dict)
    #: By a field's name.
    fields: Mapping[str, Text] = field(default_factory=dict)
    #: By a field's name: what its values are called.
    values: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    #: By the key of a related row: what the row is called.
    rows: Mapping[str, str] = field(default_factory=dict)
    #: By a field's name: how a value of it is written.
    writers: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    #: Fields that say nothing to people.
    hidden: Collection[str] = frozenset({"version"})


#: Nothing is known about the names.
LETTERS: Final = Words()

#: By a service's name for what it did: the sentences of all apps, for the trail of everything.
_ACTIONS: Final[dict[str, Text]] = {}


def name_actions(actions: Mapping[str, Text]) -> None:
    """Say what an app's actions are called on pages that know nothing of the app."""
    _ACTIONS.update(actions)


def rows(subject: str, *, limit: int, offset: int = 0) -> list[AuditEntry]:
    """The changes of a subject (``customer:<uuid>``), newest first. One query."""
    found = AuditEntry.objects.filter(subject=subject).order_by("-at", "-uuid")
    return list(found[offset : offset + limit])


def of(subject: str, *, limit: int, offset: int = 0) -> list[Entry]:
    """The changes of a subject in words, newest first. One query."""
    return [read(row) for row in rows(subject, limit=limit, offset=offset)]


def read(row: AuditEntry, words: Words = LETTERS) -> Entry:
    """An entry in words, its contacts as the reader may see them."""
    whose = customer_of(row)
    before = masking.facts(row.before, customer=whose)
    after = masking.facts(row.after, customer=whose)
    return Entry(
        at=row.at,
        action=str(words.actions.get(row.action) or _action(row.action)),
        actor=actor_words(row.actor_kind, row.actor_id, row.actor_label),
        reason=masking.text(row.reason, customer=whose),
        request_id=row.request_id,
        lines=list(_lines(before, after, words)),
    )


def customer_of(row: AuditEntry) -> UUID | None:
    """The customer an entry is about, if it is about one."""
    kind, _sign, key = row.subject.partition(":")
    return UUID(key) if kind == "customer" and _is_key(key) else None


def actor_words(kind: str, key: str = "", label: str = "") -> str:
    """Who acted, as the trail names it, in words."""
    if kind == "user":
        return label or _("user %(key)s") % {"key": key}
    if kind == "command" and label:
        return _("the command %(name)s") % {"name": label}
    named = _ACTORS.get(kind)
    return str(named) if named else label or key or kind


def _lines(
    before: Mapping[str, Any], after: Mapping[str, Any], words: Words, path: str = ""
) -> Iterator[Line]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if name in words.hidden or old == new:
            continue
        if _is_key(name):
            yield from _row_lines(old, new, words, words.rows.get(name) or path)
        elif isinstance(old, Mapping) or isinstance(new, Mapping):
            label = _label(name, path, words)
            yield from _lines(_mapping(old), _mapping(new), words, label)
        else:
            told, telling = _value(name, old, words), _value(name, new, words)
            if told != telling:
                yield Line(field=_label(name, path, words), old=told, new=telling)


def _action(name: str) -> str:
    if name in _ACTIONS:
        return str(_ACTIONS[name])
    noun, _dot, verb = name.replace("_", " ").partition(".")
    return f"{noun.capitalize()}: {verb}" if verb else noun


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


def _is_key(name: str) -> bool:
    # The keys of related rows say nothing to people; what they belong to does.
    return len(name) == 36 and name.count("-") == 4


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
