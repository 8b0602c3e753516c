"""Rows that gave way to one that leaves.

A merge that stands had parked a row because another one, of a customer who is separated now, stood
for the same. With that one gone there is no reason to keep the parked row hidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from guestman.contrib.merge.models import Merge, MergeMove
from guestman.contrib.merge.service.images import image
from guestman.contrib.merge.service.returns import put, registered
from guestman.models import Customer
from shopman.subjects import Belonging

Kind = MergeMove.Kind


def revive(gone: Iterable[MergeMove], undone: Merge) -> None:
    """Bring back what merges other than ``undone`` parked beside the rows that are gone."""
    keys = {move.row for move in gone}
    standing = MergeMove.objects.filter(merge__undo__isnull=True).exclude(merge=undone)
    took_a_place = standing.filter(row__among=keys, kind=Kind.MOVED, beside__isnull=False)
    for move in took_a_place.order_by("-uuid"):
        parked = standing.filter(merge=move.merge_id, row=move.beside, kind=Kind.CHANGED)
        for each in parked.order_by("-uuid"):
            _give_place_back(each)
    for each in standing.filter(beside__among=keys, kind=Kind.PARKED).order_by("uuid"):
        _bring_over(each)


def give_content_back(row: UUID, undone: Merge) -> None:
    """Rows that took over what ``row`` had from ``undone``, by merges that stand, lose it, too."""
    took_over = MergeMove.objects.filter(
        merge__undo__isnull=True, kind=Kind.CHANGED, beside=row
    ).exclude(merge=undone)
    for move in took_over.order_by("-uuid"):
        give_content_back(move.row, undone)
        _give_place_back(move)


def _give_place_back(move: MergeMove) -> None:
    """A row of the survivor is again what it was."""
    found = _row(move)
    if found is not None:
        rule, now = found
        changed = {
            name: move.before[name] for name, value in move.after.items() if now[name] == value
        }
        put(rule, move.row, changed)


def _bring_over(move: MergeMove) -> None:
    """A row of the duplicate goes over after all; written into the moves of its merge."""
    found = _row(move)
    merge = move.merge
    if found is None:
        return
    rule, now = found
    if now != {**move.before, **move.after}:
        return
    root = Customer.objects.filter(pk=merge.survivor_id).values_list("merged_into", flat=True).get()
    owner: Any = rule.model._meta.get_field(rule.column)
    wanted = {**move.before, owner.attname: str(root or merge.survivor_id)}
    if put(rule, move.row, wanted):
        row = rule.model._default_manager.get(pk=move.row)
        after = {name: value for name, value in image(row).items() if move.before[name] != value}
        MergeMove.objects.create(
            merge=merge,
            kind=Kind.MOVED,
            model=move.model,
            column=move.column,
            row=move.row,
            before=move.before,
            after=after,
        )


def _row(move: MergeMove) -> tuple[Belonging, dict[str, Any]] | None:
    rule = registered().get(move.model)
    row = rule and rule.model._default_manager.filter(pk=move.row).first()
    return (rule, image(row)) if rule and row else None
