"""Rows that were made since a merge, and whose they are when it is taken back.

A row goes to the side that owns what it came in by: the identifier that matched, or the merged
record that somebody named. What nobody can tell stays with the survivor, and is listed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, QuerySet

from guestman.contrib.merge.models import Merge, MergeMove
from guestman.contrib.merge.service import cascade
from guestman.contrib.merge.service.images import Image, difference, encoded, image
from guestman.contrib.merge.service.log import Log
from guestman.contrib.merge.service.plan import column
from guestman.contrib.merge.service.returns import Note, Outcome, put, registered
from guestman.models import ContactPoint, Customer, ExternalIdentity
from guestman.services import observers
from guestman.services.observers import Change, ContactChange
from shopman.subjects import Belonging

#: Told to observers, whose rows are made of these.
_OBSERVED = (ContactPoint, ExternalIdentity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One row that was made since."""

    rule: Belonging
    row: Model
    #: What it came in by.
    came_by: UUID | None
    #: A row that goes back stands for the same.
    is_twin: bool


class Arrivals:
    """The rows of a customer that were made since ``merge``, and those of them that leave."""

    def __init__(self, merge: Merge, log: Log, root: Customer, named: Collection[UUID]) -> None:
        since = _Since(merge, log, root.pk)
        self.found = [each for rule in _rules() for each in since.rows(rule)]
        self._leaving = _leaving(self.found, {*named, *(move.row for move in log.of_duplicate())})
        self._before = {each.row.pk: image(each.row) for each in self.leaving}

    @property
    def leaving(self) -> list[Arrival]:
        """Those that go to the duplicate."""
        return [each for each in self.found if each.row.pk in self._leaving]

    def make_room(self, at: dt.datetime) -> None:
        """Park what stands for the same as a row that is about to come back."""
        for each in self.leaving:
            parked = encoded(each.rule.model, each.rule.parked(at))
            if each.is_twin and parked:
                self._write(each, parked)

    def give(self, duplicate: Customer, *, note: Note) -> set[UUID]:
        """Give the duplicate what is its own; list that, and the rest as staying."""
        given = set()
        for each in self.found:
            if each.row.pk in self._leaving and self._give(each, duplicate, note):
                given.add(each.row.pk)
            else:
                note(Outcome.STAYED, each.rule.model, each.row.pk)
        return given

    def _give(self, each: Arrival, duplicate: Customer, note: Note) -> bool:
        before = self._before[each.row.pk]
        if not self._write(each, {column(each.rule): str(duplicate.pk)}):
            return False
        after = difference(before, image(each.row))
        found = {name: before[name] for name in after}
        note(Outcome.RETURNED, each.rule.model, each.row.pk, found=found, left=after)
        return True

    def _write(self, each: Arrival, columns: Image) -> bool:
        if not put(each.rule, each.row.pk, columns):
            return False
        old = copy(each.row)
        each.row.refresh_from_db()
        _observe(old, each.row)
        return True


def _rules() -> list[Belonging]:
    """Those whose rows others are made of come first."""
    return sorted(registered().values(), key=lambda rule: rule.model not in _OBSERVED)


class _Since:
    """What a customer has that was made after a merge. Keys are in the order of time."""

    def __init__(self, merge: Merge, log: Log, root: UUID) -> None:
        self.merge, self.log, self.root = merge, log, root
        #: What the survivor had went on to the root; what others brought was not made here.
        onward = [each.pk for each in cascade.onward(merge, root)]
        self.brought = (
            MergeMove.objects.filter(merge__undo__isnull=True, row=OuterRef("pk"))
            .exclude(kind=MergeMove.Kind.CHANGED)
            .exclude(merge__in=[merge.pk, *onward])
        )

    def rows(self, rule: Belonging) -> Iterator[Arrival]:
        """Those of one model."""
        known = {move.row for move in self.log.of_duplicate(rule.label)}
        since = {rule.column: self.root, "pk__gt": self.merge.pk}
        rows: QuerySet[Any] = rule.model._default_manager.filter(~Exists(self.brought), **since)
        twins = {_stands_for(rule, move.before) for move in self.log.of_duplicate(rule.label)}
        for row in rule.originals(rows).order_by("pk"):
            if row.pk not in known:
                yield Arrival(
                    rule=rule,
                    row=row,
                    came_by=getattr(row, rule.came_by) if rule.came_by else None,
                    is_twin=bool(rule.stands_for) and _stands_for(rule, image(row)) in twins,
                )


def _stands_for(rule: Belonging, columns: Image) -> tuple[Any, ...]:
    return tuple(columns.get(name) for name in rule.stands_for)


def _leaving(found: Iterable[Arrival], owned: set[UUID]) -> set[UUID]:
    """Who came by what the duplicate owns, and who came by those in turn."""
    leaving: set[UUID] = set()
    waiting = list(found)
    while True:
        gone = [each for each in waiting if each.is_twin or each.came_by in owned | leaving]
        if not gone:
            return leaving
        leaving |= {each.row.pk for each in gone}
        waiting = [each for each in waiting if each.row.pk not in leaving]


def _observe(old: Model, now: Model) -> None:
    if isinstance(old, _OBSERVED) and isinstance(now, _OBSERVED):
        changes = []
        if _kind(old):
            changes.append(ContactChange(row=old, change="removed"))
        if kind := _kind(now):
            changes.append(ContactChange(row=now, change=kind))
        observers.tell(changes)


def _kind(row: ContactPoint | ExternalIdentity) -> Change | None:
    """What observers hear of a row that somebody is given; None for what is history only."""
    if isinstance(row, ContactPoint):
        return None if row.released_at else "verified" if row.is_verified else "added"
    return "added" if row.is_active else None
