"""Which of two customers' fields survive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from guestman.conf import conf
from guestman.contrib.merge.rules.survivorship import LEVELS, Choice, Claim, choose, choose_name
from guestman.models import Customer
from shopman.models import AuditEntry

#: Columns that are chosen together, by the name people know them by.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("first_name", "last_name"),
    "document": ("document", "document_kind", "document_country"),
    "birth_date": ("birth_date",),
    "group": ("group_id",),
    "locale": ("locale",),
    "assigned_to": ("assigned_to_id",),
    "source": ("source",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChoice:
    """One field: both values, the one that stays, and why. Values are by column."""

    name: str
    survivor: Mapping[str, Any]
    duplicate: Mapping[str, Any]
    value: Mapping[str, Any]
    choice: Choice


def choices(survivor: Customer, duplicate: Customer) -> list[FieldChoice]:
    """Every field that a merge decides on, in the order people read them."""
    ours, theirs = _Told(survivor), _Told(duplicate)
    found = []
    for name, columns in GROUPS.items():
        decide = choose_name if name == "name" else choose
        chosen = decide(ours.claim(columns), theirs.claim(columns))
        winner = duplicate if chosen.winner == "duplicate" else survivor
        found.append(_choice(name, columns, survivor, duplicate, _values(winner, columns), chosen))
    found.append(_joined("notes", survivor, duplicate, _notes(survivor, duplicate)))
    metadata = {**duplicate.metadata, **survivor.metadata}
    found.append(_joined("metadata", survivor, duplicate, metadata))
    return found


class _Told:
    """Who said the fields of a customer, and when: the audit trail, in one query."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self.by_name: dict[str, tuple[int, dt.datetime]] = {}
        entries = AuditEntry.objects.filter(
            subject=customer.subject, action__startswith="customer."
        )
        told = entries.order_by("at", "uuid").values_list("after", "actor_kind", "at")
        for after, kind, at in told.iterator():
            for name in after:
                self.by_name[name] = (LEVELS.get(kind, 0), at)

    def claim(self, columns: tuple[str, ...]) -> Claim:
        names = [column.removesuffix("_id") for column in columns]
        unknown = (0, self.customer.created_at)
        level, at = max(self.by_name.get(name, unknown) for name in names)
        value = tuple(getattr(self.customer, column) for column in columns)
        return Claim(value=value, level=level, at=at)


def _joined(name: str, survivor: Customer, duplicate: Customer, value: Any) -> FieldChoice:
    ours, theirs = getattr(survivor, name), getattr(duplicate, name)
    if value == ours:
        reason = Choice(winner="survivor", reason="same" if ours == theirs else "only")
    elif value == theirs:
        reason = Choice(winner="duplicate", reason="only")
    else:
        reason = Choice(winner="both", reason="joined")
    return _choice(name, (name,), survivor, duplicate, {name: value}, reason)


def _notes(survivor: Customer, duplicate: Customer) -> str:
    if duplicate.notes in survivor.notes:
        return survivor.notes
    joined = "\n\n".join(filter(None, (survivor.notes, duplicate.notes)))
    # What does not fit stays readable on the record that was merged.
    return joined if len(joined) <= conf.NOTES_MAX_LENGTH else survivor.notes


def _choice(
    name: str,
    columns: tuple[str, ...],
    survivor: Customer,
    duplicate: Customer,
    value: Mapping[str, Any],
    choice: Choice,
) -> FieldChoice:
    return FieldChoice(
        name=name,
        survivor=_values(survivor, columns),
        duplicate=_values(duplicate, columns),
        value=value,
        choice=choice,
    )


def _values(customer: Customer, columns: tuple[str, ...]) -> dict[str, Any]:
    return {column: getattr(customer, column) for column in columns}
