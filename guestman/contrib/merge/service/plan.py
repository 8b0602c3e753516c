"""What a merge would do to the rows of one model."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet, UniqueConstraint

from guestman.contrib.merge.models import MergeMove
from guestman.contrib.merge.rules import clashes
from guestman.contrib.merge.rules.clashes import Clash, Keyed
from guestman.contrib.merge.service.images import Image, difference, encoded, image
from guestman.models import Customer
from guestman.services import merging
from shopman.subjects import Belonging

Kind = MergeMove.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of one row."""

    kind: str
    row: UUID
    before: Image
    after: Image
    beside: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What becomes of the rows of one reference to Customer."""

    belonging: Belonging
    changes: list[Change] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)

    def of(self, kind: str) -> list[Change]:
        """The changes of one kind."""
        return [each for each in self.changes if each.kind == kind]


def plans(survivor: Customer, duplicate: Customer, *, at: dt.datetime, locked: bool) -> list[Plan]:
    """The plan of every registered reference that moves and has rows.

    ``locked`` keeps the rows as they are until the transaction ends.
    """
    found = (
        _plan(each, survivor, duplicate, at=at, locked=locked)
        for each in merging.belongings()
        if each.on_merge == "move"
    )
    return [each for each in found if each.changes]


def owned(belonging: Belonging, customers: Iterable[UUID]) -> QuerySet[Any]:
    """The rows that name one of these customers."""
    rows: QuerySet[Any] = belonging.model._default_manager.all()
    return rows.filter(**{f"{column(belonging)}__in": list(customers)})


def column(belonging: Belonging) -> str:
    """Where the customer's key is, ``customer_id``."""
    found: Any = belonging.model._meta.get_field(belonging.column)
    return str(found.attname)


def _plan(
    belonging: Belonging,
    survivor: Customer,
    duplicate: Customer,
    *,
    at: dt.datetime,
    locked: bool,
) -> Plan:
    if locked:
        _lock(belonging, survivor, duplicate)
    rows = {row.pk: row for row in owned(belonging, [duplicate.pk]).order_by("pk")}
    if not rows:
        return Plan(belonging=belonging)
    by_constraint = _pairs(belonging, survivor, duplicate)
    theirs = belonging.model._default_manager.in_bulk(_rivals(by_constraint))

    def is_stronger(one: UUID, other: UUID) -> bool:
        ask = belonging.is_stronger
        return ask is not None and ask(theirs[one].__dict__, rows[other].__dict__)

    decided = clashes.decide(
        by_constraint,
        yielding=belonging.yields,
        is_stronger=is_stronger,
        in_place=bool(belonging.takes_over),
    )
    return Plan(
        belonging=belonging,
        changes=list(_changes(belonging, survivor, rows, theirs, decided, at)),
        clashes=decided,
    )


def _lock(belonging: Belonging, survivor: Customer, duplicate: Customer) -> None:
    """Lock the rows of the duplicate, and those of the survivor they clash with, in key order."""
    rivals = _rivals(_pairs(belonging, survivor, duplicate))
    rows = belonging.model._default_manager.filter(
        Q(**{column(belonging): duplicate.pk}) | Q(pk__among=rivals)
    )
    list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))


def _rivals(by_constraint: Mapping[str, list[tuple[UUID, UUID]]]) -> list[UUID]:
    return sorted({theirs for found in by_constraint.values() for theirs, _ours in found})


def _changes(
    belonging: Belonging,
    survivor: Customer,
    rows: Mapping[UUID, Model],
    theirs: Mapping[UUID, Model],
    decided: list[Clash],
    at: dt.datetime,
) -> Iterator[Change]:
    of_row: dict[UUID, list[Clash]] = defaultdict(list)
    for clash in decided:
        of_row[clash.duplicate].append(clash)
    for key in sorted({each.survivor for each in decided if each.outcome == "replaces"}):
        yield _changed(theirs[key], belonging.parked(at))
    enriched = {each.survivor: each.duplicate for each in decided if each.outcome == "enriches"}
    for key, stronger in sorted(enriched.items()):
        better = {name: getattr(rows[stronger], name) for name in belonging.takes_over}
        yield _changed(theirs[key], better, beside=stronger)
    for key, row in rows.items():
        yield _change_of(belonging, survivor, row, theirs, of_row[key], at)


def _changed(row: Model, columns: Mapping[str, Any], *, beside: UUID | None = None) -> Change:
    """A row of the survivor with other values in some columns."""
    before = image(row)
    after = difference(before, encoded(type(row), columns))
    old = {name: before[name] for name in after}
    return Change(kind=Kind.CHANGED, row=row.pk, before=old, after=after, beside=beside)


def _change_of(
    belonging: Belonging,
    survivor: Customer,
    row: Model,
    theirs: Mapping[UUID, Model],
    found: list[Clash],
    at: dt.datetime,
) -> Change:
    model, before = belonging.model, image(row)
    by_outcome = {clash.outcome: clash for clash in reversed(found)}
    if clash := by_outcome.get("parked") or by_outcome.get("enriches"):
        after = difference(before, encoded(model, belonging.parked(at)))
        return Change(
            kind=Kind.PARKED, row=row.pk, before=before, after=after, beside=clash.survivor
        )
    wanted: dict[str, Any] = {column(belonging): survivor.pk}
    for each in found:
        if each.outcome == "yields":
            wanted |= belonging.yields[each.constraint]
    beside = None
    if clash := by_outcome.get("replaces"):
        beside = clash.survivor
        wanted |= {name: getattr(theirs[beside], name) for name in belonging.inherits}
    after = difference(before, encoded(model, wanted))
    return Change(kind=Kind.MOVED, row=row.pk, before=before, after=after, beside=beside)


def _pairs(
    belonging: Belonging, survivor: Customer, duplicate: Customer
) -> dict[str, list[tuple[UUID, UUID]]]:
    found = {}
    for name, (keys, condition) in _unique(belonging.model, belonging.column).items():
        pairs = clashes.pairs(
            _keyed(belonging, survivor, keys, condition),
            _keyed(belonging, duplicate, keys, condition),
        )
        if pairs:
            found[name] = pairs
    return found


def _keyed(belonging: Belonging, customer: Customer, keys: tuple[Any, ...], condition: Q) -> Keyed:
    named = {f"unique_{number}": key for number, key in enumerate(keys)}
    rows = owned(belonging, [customer.pk]).filter(condition).annotate(**named)
    for row, *key in rows.values_list("pk", *named):
        yield tuple(map(str, key)) if None not in key else (None,), row


@cache
def _unique(model: type[Model], name: str) -> dict[str, tuple[tuple[Any, ...], Q]]:
    """Constraints by which rows of one customer differ: what must be unique, and for which rows."""
    found: dict[str, tuple[tuple[Any, ...], Q]] = {}
    reference: Any = model._meta.get_field(name)
    if reference.unique:
        found[name] = ((), Q())
    together = [
        UniqueConstraint(fields=tuple(names), name="_".join(names))
        for names in model._meta.unique_together
    ]
    constraints = [each for each in model._meta.constraints if isinstance(each, UniqueConstraint)]
    for constraint in [*together, *constraints]:
        keys = (*map(F, constraint.fields), *constraint.expressions)
        if name in {each for key in keys for each in _names(key)}:
            own = tuple(key for key in keys if _names(key) != {name})
            found[constraint.name] = (own, constraint.condition or Q())
    return found


def _names(expression: Any) -> set[str]:
    if isinstance(expression, F):
        name: str = expression.name  # type: ignore[attr-defined]  # not in the stubs
        return {name}
    return {name for each in expression.get_source_expressions() for name in _names(each)}
