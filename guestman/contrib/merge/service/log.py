"""What merges wrote down about rows, read backwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F

from guestman.contrib.merge.models import Merge, MergeMove, MergeReturn
from guestman.contrib.merge.service.images import Image

#: A customer's version is one thing: the number and when it was made.
VERSION = ("version", "updated_at")
Version = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """A move of a merge that was taken back. Keys of merges and un-merges tell their order."""

    move: MergeMove
    undo: UUID

    @property
    def merge(self) -> UUID:
        return self.move.merge_id


class Log:
    """The moves of a merge, and what to know of other merges to undo them.

    Merges of the same rows may be taken back in any order. A row of the duplicate that an earlier
    merge had brought, which was taken back while this one stood, has gone home already: it is no
    business of this merge any more. What such a merge had changed on other rows is taken out of
    what this one remembers.
    """

    def __init__(self, merge: Merge) -> None:
        moves = MergeMove.objects.filter(merge=merge).order_by("-uuid")
        self.moves = list(moves)
        self._taken_back = _taken_back(merge, {move.row for move in self.moves})
        self._returned = _returned(merge)
        self.moves = [move for move in self.moves if not self._went_home(move.row)]

    def of_duplicate(self, label: str | None = None) -> list[MergeMove]:
        """Moves of rows that go back to the duplicate, of one model or of all."""
        return [
            move
            for move in self.moves
            if move.is_of_duplicate and (label is None or move.model == label)
        ]

    def of_survivor(self) -> list[MergeMove]:
        """Moves that changed rows of the survivor, the last one first."""
        return [move for move in self.moves if not move.is_of_duplicate]

    def before(self, move: MergeMove) -> Image:
        """The row before the move, without what merges had brought that were taken back since."""
        found = dict(move.before)
        for earlier in self._taken_back.get(move.row, ()):
            take_out(found, earlier)
        return found

    def is_adjusted(self, row: UUID) -> bool:
        """Whether ``before`` tells of a row what it never was: without what others had brought."""
        return bool(self._taken_back.get(row))

    def _went_home(self, row: UUID) -> bool:
        return row in self._returned or any(
            move.is_of_duplicate for move in self._taken_back.get(row, ())
        )


def _taken_back(merge: Merge, rows: Collection[UUID]) -> dict[UUID, list[MergeMove]]:
    """By row, moves of earlier merges that were taken back while ``merge`` stood; last first."""
    undone = MergeMove.objects.filter(
        merge__uuid__lt=merge.pk, merge__undo__isnull=False, row__among=rows
    )
    by_row: dict[UUID, list[_Past]] = defaultdict(list)
    for move in undone.annotate(undone_by=F("merge__undo__uuid")).order_by("-uuid"):
        by_row[move.row].append(_Past(move=move, undo=move.undone_by))
    found = {}
    for row, past in by_row.items():
        later = [each for each in past if each.undo > merge.pk]
        found[row] = [each.move for each in later if not _is_void(each, past, merge.pk)]
    return found


def _returned(merge: Merge) -> set[UUID]:
    """Rows that went to the duplicate of an earlier merge when that was taken back since."""
    rows = MergeReturn.objects.filter(
        outcome=MergeReturn.Outcome.RETURNED,
        undo__uuid__gt=merge.pk,
        undo__merge__uuid__lt=merge.pk,
        row__in=MergeMove.objects.filter(merge=merge).values("row"),
    )
    return set(rows.values_list("row", flat=True))


def _is_void(one: _Past, past: list[_Past], moment: UUID) -> bool:
    """Whether a row had gone home from a merge before ``moment``, with one that came before it."""
    return any(
        each.move.is_of_duplicate
        and each.merge < one.merge < each.undo < moment
        and not _is_void(each, past, each.undo)
        for each in past
    )


def take_out(columns: Image, move: MergeMove) -> None:
    """Put back in ``columns`` what a move changed, where it still is as the move left it."""
    has_version = all(columns.get(name) == move.after.get(name) for name in VERSION)
    for name, value in move.after.items():
        if name in columns and columns[name] == value and (name not in VERSION or has_version):
            columns[name] = move.before[name]


def version_before(customer: UUID, now: Version, *, without: Merge | None = None) -> Version | None:
    """The version a customer had before merges that were taken back, ``without`` among them.

    None when it cannot have that again: a merge still stands that came later, or somebody changed
    the customer in between.
    """
    links: dict[Version, tuple[Version, Merge, bool]] = {}
    changed = MergeMove.objects.filter(row=customer, kind=MergeMove.Kind.CHANGED)
    for move in changed.select_related("merge__undo"):
        if "version" in move.after:
            links[_version(move.after)] = (_version(move.before), move.merge, True)
    bumps = MergeReturn.objects.filter(row=customer, outcome=MergeReturn.Outcome.VERSION)
    for bump in bumps.select_related("undo__merge"):
        links[_version(bump.left)] = (_version(bump.found), bump.undo.merge, False)
    brought, took_back = set(), set()
    found = now
    while found in links:
        before, its_merge, is_merge = links.pop(found)
        if is_merge and not hasattr(its_merge, "undo"):
            break
        found = before
        if is_merge:
            brought.add(its_merge.pk)
        elif its_merge.survivor_id == customer:
            took_back.add(its_merge.pk)
    is_whole = took_back <= brought and (without is None or without.pk in brought)
    return found if is_whole else None


def _version(columns: Image) -> Version:
    return tuple(columns.get(name) for name in VERSION)
