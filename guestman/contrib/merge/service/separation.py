"""A merge taken back, whatever happened since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model

from guestman import signals
from guestman.contrib.merge.errors import AlreadyUnmerged, MergeNotFound
from guestman.contrib.merge.models import Merge, MergeMove, MergeReturn, MergeUndo
from guestman.contrib.merge.service import cascade, contacts, returns, revival
from guestman.contrib.merge.service.arrivals import Arrivals
from guestman.contrib.merge.service.execution import (
    LABEL,
    acting,
    actor_name,
    apply,
    copy_contacts,
)
from guestman.contrib.merge.service.images import Image, decoded, difference, encoded, image
from guestman.contrib.merge.service.log import VERSION, Log, version_before
from guestman.errors import CustomerErased
from guestman.models import ContactPoint, Customer
from guestman.rules import text
from guestman.services import locks, merging
from guestman.services.journal import Journal
from guestman.services.writing import writing
from shopman import bulk, clock
from shopman.actor import Actor

Outcome = MergeReturn.Outcome
_DOCUMENT = ("document", "document_kind", "document_country")


def unmerge(*, merge: Merge | UUID, actor: Actor | None = None, reason: str = "") -> Merge:
    """Take a merge back, at any time and in any order.

    Every row of the duplicate becomes what it was before the merge; what it had become since is
    kept in the un-merge's own rows. Values the survivor got go back unless somebody changed them
    since. What was made since goes with the identifier, or the merged record, that it came in by;
    what came in by neither stays with the survivor. What somebody else has since stays his. All of
    that is listed in ``MergeReturn``. Returns the merge.

    Raises MergeNotFound, AlreadyUnmerged, and CustomerErased when one of them was erased since.
    """
    key = merge.pk if isinstance(merge, Merge) else merge
    why = text.prose(reason, "reason", 1000) if reason else ""
    with acting(actor), writing():
        found = Merge.objects.filter(pk=key).first()
        if found is None:
            raise MergeNotFound
        _Separation(found, _lock(found), why).write()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """What taking a merge back would do: rows that go back by model, and what does not simply."""

    rows: Mapping[str, int]
    notes: Sequence[MergeReturn]


def foretell(*, merge: Merge) -> Foretold:
    """What ``unmerge`` would do now: it is done, and rolled back. Raises what that raises."""
    with transaction.atomic():
        trial = _Separation(merge, _lock(merge), "")
        trial.write()
        transaction.set_rollback(True)
    rows = Counter(move.model for move in trial.gone)
    return Foretold(rows=rows, notes=trial.notes)


def _lock(merge: Merge) -> dict[UUID, Customer]:
    """The duplicate, the survivor, and everybody who is one with them by merges, locked.

    Raises AlreadyUnmerged, CustomerErased.
    """
    rows = locks.family([merge.survivor_id, merge.duplicate_id])
    if MergeUndo.objects.filter(merge=merge).exists():
        raise AlreadyUnmerged
    if any(row.erased_at for row in rows.values()):
        raise CustomerErased
    return rows


class _Separation:
    """One un-merge being written."""

    def __init__(self, merge: Merge, rows: dict[UUID, Customer], reason: str) -> None:
        self.merge = merge
        self.duplicate = rows[merge.duplicate_id]
        self.survivor = rows[merge.survivor_id]
        #: Who has the rows now.
        self.root = rows[self.survivor.merged_into_id or self.survivor.pk]
        self.journal = Journal(at=clock.now())
        self.undo = MergeUndo(merge=merge, reason=reason, actor=actor_name(), at=self.journal.at)
        self.notes: list[MergeReturn] = []
        self.gone: list[MergeMove] = []
        self.log = Log(merge)
        self.kinds = contacts.primary_kinds(self.root)

    def write(self) -> None:
        self._remember()
        before = {row.pk: image(row) for row in (self.survivor, self.root)}
        changes = self._impoverish_survivor()
        cascade.carry_on(self.merge, changes, self.root)
        aliases = _merged_into(self.duplicate.pk)
        since = Arrivals(self.merge, self.log, self.root, {self.duplicate.pk, *aliases})
        self._open_duplicate(aliases)
        since.make_room(self.journal.at)
        for move in self._changed(took_over=True):
            returns.restore(move, self.log, note=self.note)
            revival.give_content_back(move.row, self.merge)
        self.gone = returns.give_back(self.log, taken=self._taken, note=self.note)
        for move in self._changed(took_over=False):
            returns.restore(move, self.log, note=self.note)
        revival.revive(self.gone, self.merge)
        self._observe_taken()
        given = since.give(self.duplicate, note=self.note)
        self._copy_contacts_of_duplicate(given)
        self._settle(before)
        bulk.insert(self.notes)
        self._tell()
        self.journal.write()
        merging.tell_unmerged(survivor=self.root, duplicate=self.duplicate, merge=self.merge)

    def _changed(self, *, took_over: bool) -> list[MergeMove]:
        """Moves of the survivor's rows but his own: that took values over, or that gave way."""
        return [
            move
            for move in self.log.of_survivor()
            if move.model != LABEL and (move.beside is not None) == took_over
        ]

    def note(
        self,
        outcome: str,
        model: type[Model],
        row: UUID,
        *,
        found: Image | None = None,
        left: Image | None = None,
    ) -> None:
        """Remember what did not simply go back."""
        self.notes.append(
            MergeReturn(
                undo=self.undo,
                outcome=outcome,
                model=model._meta.label_lower,
                row=row,
                found=found or {},
                left=left or {},
            )
        )

    def _remember(self) -> None:
        try:
            with transaction.atomic():
                self.undo.save(force_insert=True)
        except IntegrityError as error:
            raise AlreadyUnmerged from error

    def _impoverish_survivor(self) -> dict[str, tuple[Any, Any]]:
        """Take back what the merge gave the survivor; returns old and new of each column."""
        changes: dict[str, tuple[Any, Any]] = {}
        for move in self.log.of_survivor():
            if move.row != self.survivor.pk:
                continue
            wanted, kept = returns.unchanged(move, self.log, image(self.survivor))
            made_anew = {*cascade.DERIVED, *VERSION}
            kept = {name: value for name, value in kept.items() if name not in made_anew}
            if kept:
                self.note(Outcome.KEPT, Customer, move.row, found=kept, left=kept)
            for name, value in wanted.items():
                if name not in VERSION:
                    changes[name] = (move.after[name], value)
                    self._set(self.survivor, {name: value})
        if changes:
            Customer.objects.filter(pk=self.survivor.pk).update(
                **{name: getattr(self.survivor, name) for name in changes}
            )
        return changes

    def _set(self, customer: Customer, columns: Image) -> None:
        for name, value in decoded(Customer, columns).items():
            setattr(customer, name, value)

    def _open_duplicate(self, aliases: Collection[UUID]) -> None:
        """The duplicate is a customer of its own again, with those merged into it before."""
        move = next(each for each in self.log.of_duplicate() if each.row == self.duplicate.pk)
        now, wanted = image(self.duplicate), self.log.before(move)
        if self._document_is_taken(wanted):
            left = {**wanted, **dict.fromkeys(_DOCUMENT, "")}
            self.note(Outcome.TAKEN, Customer, move.row, found=wanted, left=left)
            wanted = left
        version = version_before(self.duplicate.pk, tuple(wanted[name] for name in VERSION))
        if version is not None:
            wanted |= dict(zip(VERSION, version, strict=True))
        changes = difference(now, wanted)
        apply(Customer, {self.duplicate.pk: changes})
        self._set(self.duplicate, changes)
        Customer.objects.filter(pk__in=aliases).update(merged_into=self.duplicate)

    def _observe_taken(self) -> None:
        """Contacts that somebody else has by now are found by nobody any more."""
        label = ContactPoint._meta.label_lower
        lost = [each.row for each in self.notes if each.outcome == Outcome.TAKEN]
        of_contacts = {each.row for each in self.notes if each.model == label}
        for contact in ContactPoint.objects.filter(pk__in=of_contacts.intersection(lost)):
            self.journal.observe(contact, "released")

    def _copy_contacts_of_duplicate(self, given: Collection[UUID]) -> None:
        """Where its contacts are not those it had when it was merged."""
        taken = any(note.outcome == Outcome.TAKEN for note in self.notes)
        has_new = contacts.settle(self.duplicate, given)
        if taken or has_new or self.log.is_adjusted(self.duplicate.pk):
            copy_contacts(self.duplicate)
            self.duplicate.save(update_fields=cascade.DERIVED)

    def _document_is_taken(self, wanted: Image) -> bool:
        if not wanted["document"] or not wanted["is_active"]:
            return False
        same = Customer.objects.active().filter(
            document=wanted["document"], document_country=wanted["document_country"]
        )
        return same.exclude(pk=self.duplicate.pk).exists()

    def _taken(self, model: type[Model], wanted: Image, now: Image) -> Image | None:
        return contacts.taken(model, wanted, now, self.merge, self.journal.at)

    def _settle(self, before: dict[UUID, Image]) -> None:
        """The copies of contacts, and the version, of who is left without the duplicate's."""
        root = self.root
        root.refresh_from_db()
        contacts.elect(root, self.kinds)
        copy_contacts(root)
        now = image(root)
        old_version = tuple(now[name] for name in VERSION)
        version = version_before(root.pk, old_version, without=self.merge)
        changed = difference(before[root.pk], now)
        if version is not None:
            self._set(root, dict(zip(VERSION, version, strict=True)))
        elif changed:
            root.version += 1
            root.updated_at = self.journal.at
            left = encoded(Customer, {name: getattr(root, name) for name in VERSION})
            found = dict(zip(VERSION, old_version, strict=True))
            self.note(Outcome.VERSION, Customer, root.pk, found=found, left=left)
        root.save(update_fields=[*cascade.DERIVED, *VERSION])
        self.changed = changed

    def _tell(self) -> None:
        alias = {"unmerged": self.duplicate.code}
        self.journal.audit(self.root, "customer.unmerge", after=alias, reason=self.undo.reason)
        self.journal.audit(
            self.duplicate,
            "customer.unmerge_back",
            before={"merged_into": self.root.pk},
            after={"merged_into": None},
            reason=self.undo.reason,
        )
        facts = {"merged_uuid": self.duplicate.pk, "merge_uuid": self.merge.pk}
        self.journal.tell(signals.customers_unmerged, self.root, facts)


def _merged_into(customer: UUID) -> list[UUID]:
    """Everybody who is this customer by merges that stand, however many steps away."""
    found: list[UUID] = []
    level = [customer]
    while level:
        merges = Merge.objects.standing().filter(survivor__in=level)
        level = list(merges.values_list("duplicate", flat=True))
        found += level
    return found
