"""Rows of the duplicate going back to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model

from guestman.contrib.merge.models import MergeMove, MergeReturn
from guestman.contrib.merge.service.execution import apply, grouped
from guestman.contrib.merge.service.images import Image, difference, encoded, image, rows_like
from guestman.contrib.merge.service.log import Log
from guestman.services import merging
from shopman.subjects import Belonging

Outcome = MergeReturn.Outcome
#: ``note(outcome, model, row, found=..., left=...)``.
Note = Callable[..., None]
#: What a row that somebody else has a better right to becomes instead, or None.
Taken = Callable[[type[Model], Image, Image], Image | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """A row and what it was before the merge."""

    move: MergeMove
    wanted: Image
    #: Columns that differ now.
    changes: Image


def give_back(log: Log, *, taken: Taken, note: Note) -> list[MergeMove]:
    """Put every row of the duplicate back as it was; returns their moves, one for each row.

    Customers' own rows are left to the caller, rows of an app that was taken out stay.
    """
    rules = registered()
    by_model: dict[str, dict[UUID, MergeMove]] = defaultdict(dict)
    for move in log.of_duplicate():
        if move.model in rules:
            by_model[move.model][move.row] = move
    for label, moves in sorted(by_model.items()):
        _give_back(rules[label].model, list(moves.values()), log, taken, note)
    return [move for moves in by_model.values() for move in moves.values()]


def registered() -> dict[str, Belonging]:
    """The rules of models whose rows go over, by label."""
    return {each.label: each for each in merging.belongings() if each.on_merge == "move"}


def _give_back(
    model: type[Model], moves: list[MergeMove], log: Log, taken: Taken, note: Note
) -> None:
    held = model._default_manager.filter(pk__among=[move.row for move in moves])
    rows = {row.pk: row for row in held.order_by("pk").select_for_update()}
    targets = []
    for move in moves:
        wanted = log.before(move)
        row = rows.get(move.row)
        if row is None:
            _recreate(model, move.row, wanted, taken, note)
            continue
        now = image(row)
        if instead := taken(model, wanted, now):
            note(Outcome.TAKEN, model, move.row, found=now, left=instead)
            wanted = instead
        else:
            _note_overwritten(model, move, wanted, now, note)
        changes = difference(now, wanted)
        targets.append(_Target(move=move, wanted=wanted, changes=changes))
    _write(model, targets, note)


def _recreate(model: type[Model], row: UUID, wanted: Image, taken: Taken, note: Note) -> None:
    """Make a row anew that was deleted since, unless somebody else has what it stood for."""
    instead = taken(model, wanted, wanted)
    left = instead or wanted
    try:
        with transaction.atomic():
            model._base_manager.bulk_create(rows_like(model, [left]))
    except IntegrityError:
        note(Outcome.TAKEN, model, row)
        return
    note(Outcome.TAKEN if instead else Outcome.RECREATED, model, row, left=left)


def _note_overwritten(
    model: type[Model], move: MergeMove, wanted: Image, now: Image, note: Note
) -> None:
    left_as = {**move.before, **move.after}
    # Whose it is changes with every merge and un-merge; that is no edit.
    owner = str(model._meta.get_field(move.column).attname)  # type: ignore[union-attr]
    found = {
        name: value
        for name, value in now.items()
        # A column that is younger than the merge keeps what it has.
        if name in wanted and name != owner and value != wanted[name] and value != left_as[name]
    }
    if found:
        note(
            Outcome.OVERWRITTEN,
            model,
            move.row,
            found=found,
            left={name: wanted[name] for name in found},
        )


def _write(model: type[Model], targets: list[_Target], note: Note) -> None:
    by_row = {target.move.row: target for target in targets}
    for columns, rows in grouped({row: each.changes for row, each in by_row.items()}):
        if not _try(model, dict.fromkeys(rows, columns)):
            for row in rows:
                _write_one(model, by_row[row], note)


def _write_one(model: type[Model], target: _Target, note: Note) -> None:
    """Where the database refuses what the row was, only whose it is goes back."""
    row, changes = target.move.row, target.changes
    if _try(model, {row: changes}):
        return
    owner = str(model._meta.get_field(target.move.column).attname)  # type: ignore[union-attr]
    kept = {name: value for name, value in changes.items() if name == owner}
    written = kept if _try(model, {row: kept}) else {}
    note(Outcome.TAKEN, model, row, found=changes, left=written)


def _try(model: type[Model], changes: Mapping[UUID, Image]) -> bool:
    try:
        with transaction.atomic():
            apply(model, changes)
    except IntegrityError:
        return False
    return True


def restore(move: MergeMove, log: Log, *, note: Note) -> None:
    """Take a change of one of the survivor's rows back, where nobody changed it since."""
    rule = registered().get(move.model)
    if rule is None:
        return
    row = rule.model._default_manager.filter(pk=move.row).select_for_update().first()
    if row is None:
        return
    wanted, kept = unchanged(move, log, image(row))
    if kept:
        note(Outcome.KEPT, rule.model, move.row, found=kept, left=kept)
    if not put(rule, move.row, wanted):
        note(Outcome.TAKEN, rule.model, move.row, found=wanted)


def put(rule: Belonging, row: UUID, columns: Image) -> bool:
    """Write columns of a row; without its marks where another one has them by now."""
    marks = {name: value for each in rule.yields.values() for name, value in each.items()}
    without = {**columns, **encoded(rule.model, marks)}
    return _try(rule.model, {row: columns}) or _try(rule.model, {row: without})


def unchanged(move: MergeMove, log: Log, now: Image) -> tuple[Image, Image]:
    """Of the columns a merge changed: what goes back, and what somebody changed since."""
    before = log.before(move)
    wanted, kept = {}, {}
    for name, value in move.after.items():
        if now[name] == value:
            wanted[name] = before[name]
        elif now[name] != before[name]:
            kept[name] = now[name]
    return wanted, kept
