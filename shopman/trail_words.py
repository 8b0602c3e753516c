"""What the names in the audit trail and in the outbox mean to people; each app says its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopman.models import AuditEntry

Text = str | Promise

_KEY: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_ACTORS: Final[Mapping[str, Text]] = {
    "system": gettext_lazy("the system"),
    "task": gettext_lazy("the system"),
    "command": gettext_lazy("a command"),
    "customer": gettext_lazy("the customer"),
    "client": gettext_lazy("a visitor"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the names of fields and values mean; what is not in here is read letter by letter."""

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

#: What records are called, by key. One query.
Names = Callable[[Collection[UUID]], Mapping[UUID, str]]
#: Words for some entries of one subject, with the names of what the entries refer to.
Referring = Callable[[Words, Sequence[AuditEntry]], Words]


def _nameless(_keys: Collection[UUID]) -> Mapping[UUID, str]:
    return {}


def _as_they_are(words: Words, _rows: Sequence[AuditEntry]) -> Words:
    return words


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What changes and events are about: the word before the colon of ``customer:<uuid>``."""

    #: What people call one.
    called: Text
    #: Name of a record's page in the admin; empty where it has none.
    page: str = ""
    words: Words = LETTERS
    names: Names = _nameless
    referring: Referring = _as_they_are


_KINDS: Final[dict[str, Kind]] = {}
_ACTIONS: Final[dict[str, Text]] = {}
_COMMANDS: Final[dict[str, Text]] = {}
_EVENTS: Final[dict[str, Text]] = {}


def name_kind(key: str, kind: Kind) -> None:
    """Say what records of a kind are called, and how changes of them read."""
    _KINDS[key] = kind


def name_actions(actions: Mapping[str, Text]) -> None:
    """Say what services did, ``customer.update``, in a sentence."""
    _ACTIONS.update(actions)


def name_commands(commands: Mapping[str, Text]) -> None:
    """Say what commands do, as somebody who acts: ``omniman_purge``, ``the clearing of carts``."""
    _COMMANDS.update(commands)


def name_events(events: Mapping[str, Text]) -> None:
    """Say what the outbox tells, ``guestman.customer_created``, in a sentence."""
    _EVENTS.update(events)


def kind(subject: str) -> Kind | None:
    """The kind a subject is of, if an installed app knows it."""
    return _KINDS.get(subject.partition(":")[0])


def key(subject: str) -> UUID | None:
    """The key in a subject, ``customer:<uuid>``."""
    text = subject.partition(":")[2]
    return UUID(text) if is_key(text) else None


def is_key(text: str) -> bool:
    """Whether a text is a UUID as the trail writes it."""
    return _KEY.fullmatch(text) is not None


def of(subject: str, rows: Sequence[AuditEntry]) -> Words:
    """The words for these entries of one subject, the names they refer to among them."""
    known = kind(subject)
    return known.referring(known.words, rows) if known else LETTERS


def action(name: str) -> str:
    """What was done, in a sentence."""
    if name in _ACTIONS:
        return str(_ACTIONS[name])
    noun, _dot, verb = name.replace("_", " ").partition(".")
    return f"{noun.capitalize()}: {verb}" if verb else noun


def event(name: str) -> str:
    """What an event tells, in a sentence."""
    known = _EVENTS.get(name)
    return str(known) if known else name.rpartition(".")[2].replace("_", " ").capitalize()


def called(subject: str) -> str:
    """What people call such a thing."""
    known = kind(subject)
    return str(known.called) if known else subject.partition(":")[0].replace("_", " ")


def actor(kind: str, key: str = "", label: str = "") -> str:
    """Who acted, as the trail names it, in words."""
    if kind == "user":
        return label or _("user %(key)s") % {"key": key}
    if kind == "command" and label:
        known = _COMMANDS.get(label)
        return str(known) if known else _("the command %(name)s") % {"name": label}
    named = _ACTORS.get(kind)
    return str(named) if named else label or key or kind


def someone(name: str) -> str:
    """Who acted, in words, of whom only one name was kept: a person's, a command's or a kind's."""
    known = _ACTORS.get(name) or _COMMANDS.get(name)
    return str(known) if known else name


def fields(*kinds: type[models.Model]) -> dict[str, Text]:
    """What the columns of models are called."""
    return {each.name: each.verbose_name for kind in kinds for each in kind._meta.concrete_fields}


def choices(*kinds: type[models.Model]) -> dict[str, dict[str, Text]]:
    """What the values of columns with choices are called."""
    return {
        each.name: {str(value): text for value, text in each.flatchoices}
        for kind in kinds
        for each in kind._meta.concrete_fields
        if each.flatchoices
    }


def named(model: type[models.Model], *related: str) -> Names:
    """Names that are what the rows are called; ``related``: what their names need."""

    def names(keys: Collection[UUID]) -> Mapping[UUID, str]:
        rows: Any = model._default_manager.filter(pk__in=keys)
        found = rows.select_related(*related) if related else rows
        return {row.pk: str(row) for row in found}

    return names
