"""A merge that was agreed to."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model

from guestman import signals
from guestman.contrib.merge.errors import StalePreview
from guestman.contrib.merge.models import Merge, MergeMove
from guestman.contrib.merge.service.images import (
    Image,
    decoded,
    difference,
    encoded,
    image,
)
from guestman.contrib.merge.service.plan import Change, Plan
from guestman.contrib.merge.service.preview import MergePreview, foresee, keys_of
from guestman.contrib.merge.service.refusals import refuse_pair
from guestman.errors import CustomerNotFound
from guestman.models import ContactPoint, Customer
from guestman.rules import text
from guestman.services import locks, merging
from guestman.services.contact_book import COPIED, searched
from guestman.services.journal import Journal
from guestman.services.writing import writing
from shopman import actor as actors
from shopman import bulk, canonical, clock
from shopman.actor import Actor

LABEL = Customer._meta.label_lower


def execute(*, preview: MergePreview | str, actor: Actor | None = None, reason: str = "") -> Merge:
    """Merge as the preview (or its ``digest``) says.

    Both customers, and who was merged into them, are locked in the order of their keys. All
    rows go over in a few statements a model, the duplicate becomes an alias of the survivor, and
    every change is written down for ``unmerge``.

    Raises InvalidPreview, CustomerNotFound, StalePreview when it would not come out as the preview
    says or somebody was faster, and what ``preview`` raises.
    """
    digest = preview if isinstance(preview, str) else preview.digest
    keys = keys_of(digest)
    why = text.prose(reason, "reason", 1000) if reason else ""
    with acting(actor), writing():
        survivor, duplicate = _locked(*keys)
        foreseen = foresee(survivor, duplicate, locked=True)
        if foreseen.digest != digest:
            raise StalePreview
        return write(foreseen, reason=why)


def write(foreseen: MergePreview, **facts: Any) -> Merge:
    """Do what was foreseen of two customers who are locked. ``facts`` are columns of the merge.

    Raises StalePreview when the survivor got a row beside those that are locked, such as a cart.
    """
    try:
        with transaction.atomic():
            return _Merging(foreseen, facts).write()
    except IntegrityError as error:
        raise StalePreview from error


def acting(actor: Actor | None) -> contextlib.AbstractContextManager[None]:
    """Act as somebody, or as whoever acts already."""
    return actors.use(actor) if actor else contextlib.nullcontext()


def actor_name() -> str:
    """Who acts, as merges remember it."""
    who = actors.current()
    return who.label or who.id or who.kind


def _locked(survivor: UUID, duplicate: UUID) -> tuple[Customer, Customer]:
    if survivor == duplicate:
        row = Customer(pk=survivor)
        refuse_pair(row, row)
    rows = locks.family([survivor, duplicate])
    if not {survivor, duplicate} <= rows.keys():
        raise CustomerNotFound
    return rows[survivor], rows[duplicate]


class _Merging:
    """One merge being written."""

    def __init__(self, foreseen: MergePreview, facts: Mapping[str, Any]) -> None:
        self.foreseen = foreseen
        self.survivor, self.duplicate = foreseen.survivor, foreseen.duplicate
        self.journal = Journal(at=clock.now())
        self.merge = Merge(
            survivor=self.survivor,
            duplicate=self.duplicate,
            receipt=foreseen.receipt,
            digest=canonical.digest_of_text(foreseen.receipt),
            actor=actor_name(),
            at=self.journal.at,
            **facts,
        )
        self.moves: list[MergeMove] = []

    def write(self) -> Merge:
        for plan in self.foreseen.plans:
            self._move(plan)
        self._point_aliases()
        self._close_duplicate()
        changes = self._enrich_survivor()
        self.merge.save(force_insert=True)
        bulk.insert(self.moves)
        self._tell(changes)
        self.journal.write()
        merging.tell_merged(survivor=self.survivor, duplicate=self.duplicate, merge=self.merge)
        return self.merge

    def _move(self, plan: Plan) -> None:
        kind, model = MergeMove.Kind, plan.belonging.model
        # What gives way goes first, or a constraint would see both.
        for each in (kind.PARKED, kind.CHANGED, kind.MOVED):
            changes = plan.of(each)
            apply(model, {change.row: change.after for change in changes})
            self.moves += [self._note(model, plan.belonging.column, one) for one in changes]

    def _note(self, model: type[Model], column: str, change: Change) -> MergeMove:
        return MergeMove(
            merge=self.merge,
            kind=change.kind,
            model=model._meta.label_lower,
            column=column,
            row=change.row,
            before=change.before,
            after=change.after,
            beside=change.beside,
        )

    def _point_aliases(self) -> None:
        """Who was merged into the duplicate is led to the survivor in one step, too."""
        aliases = Customer.objects.filter(merged_into=self.duplicate)
        aliases.update(merged_into=self.survivor)

    def _close_duplicate(self) -> None:
        before = image(self.duplicate)
        self.duplicate.merged_into = self.survivor
        self._touch(self.duplicate, ["merged_into"])
        after = difference(before, image(self.duplicate))
        change = Change(
            kind=MergeMove.Kind.MOVED, row=self.duplicate.pk, before=before, after=after
        )
        self.moves.append(self._note(Customer, "merged_into", change))

    def _enrich_survivor(self) -> Image:
        """Give the survivor what he lacks; returns the changed columns."""
        before = image(self.survivor)
        for field in self.foreseen.fields:
            for name, value in field.value.items():
                setattr(self.survivor, name, value)
        copy_contacts(self.survivor)
        changed = difference(before, image(self.survivor))
        self._touch(self.survivor, list(changed))
        after = difference(before, image(self.survivor))
        old = {name: before[name] for name in after}
        change = Change(kind=MergeMove.Kind.CHANGED, row=self.survivor.pk, before=old, after=after)
        self.moves.append(self._note(Customer, "merged_into", change))
        return {name: before[name] for name in changed}

    def _touch(self, customer: Customer, names: list[str]) -> None:
        customer.version += 1
        customer.updated_at = self.journal.at
        customer.save(update_fields=[*names, "version", "updated_at"])

    def _tell(self, before: Image) -> None:
        told = {name: old for name, old in before.items() if name != "search_text"}
        now = encoded(Customer, {name: getattr(self.survivor, name) for name in told})
        alias = {"merged": self.duplicate.code, **self._by_itself()}
        self.journal.audit(
            self.survivor,
            "customer.merge",
            before=_by_field(told),
            after={**_by_field(now), **alias},
            reason=self.merge.reason,
        )
        self.journal.audit(
            self.duplicate,
            "customer.merge_away",
            before={"merged_into": None},
            after={"merged_into": self.survivor.pk, **self._by_itself()},
            reason=self.merge.reason,
        )
        changes = {
            name.removesuffix("_id"): {"old": old, "new": now[name]} for name, old in told.items()
        }
        self.journal.customer_updated(self.survivor, changes)
        facts = {"merged_uuid": self.duplicate.pk, "merge_uuid": self.merge.pk}
        self.journal.tell(signals.customers_merged, self.survivor, facts)

    def _by_itself(self) -> dict[str, str]:
        day = self.merge.automatic_on
        return {"automatic": f"{day} {self.merge.automatic_because}"} if day else {}


def copy_contacts(customer: Customer) -> None:
    """Bring the copies of contacts on a customer's row up to date; the row is not saved."""
    contacts = ContactPoint.objects.live().filter(customer=customer).order_by("created_at", "uuid")
    held = list(contacts)
    for kind, name in COPIED.items():
        keys = (each.match_key for each in held if each.kind == kind and each.is_primary)
        setattr(customer, name, next(keys, ""))
    customer.search_text = searched(customer, (each.match_key for each in held))


def apply(model: type[Model], changes: Mapping[UUID, Image]) -> None:
    """Write the changed columns of many rows, rows with the same changes in one statement."""
    for columns, rows in grouped(changes):
        # Moved by key, whoever's they are: the plan was made of this tenant's rows only.
        model._base_manager.filter(pk__among=rows).update(**decoded(model, columns))


def grouped(changes: Mapping[UUID, Image]) -> list[tuple[Image, list[UUID]]]:
    """Rows by what changes in them; rows in which nothing changes are left out."""
    by_change: dict[str, tuple[Image, list[UUID]]] = {}
    for row, columns in changes.items():
        if columns:
            by_change.setdefault(canonical.text(columns), (columns, []))[1].append(row)
    return list(by_change.values())


def _by_field(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removesuffix("_id"): value for name, value in columns.items()}
