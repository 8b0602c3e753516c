"""What merges remember of a person, and how that is erased.

The moves hold rows as they were before, so that a merge can be taken back; an erased person's are
emptied, and his merges stand for good.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guestman.contrib.merge.models import Merge, MergeMove, MergeReturn, MergeUndo
from guestman.contrib.merge.service import automatic
from guestman.services import merging
from shopman import permits, subjects
from shopman.keeping import names_only
from shopman.models import AuditEntry
from shopman.person import Person
from shopman.personal import Erasing, Personal, batches, meaning
from shopman.subjects import Belonging, Subject

#: What the trail of a survivor calls the code of the other one.
_ALIASES: Final = ("merged", "unmerged")


def connect() -> None:
    """Register; called when the app is ready."""
    # History names who it was.
    merging.automate(automatic)
    merging.register(
        Belonging(model=Merge, column="survivor", on_merge="stay"),
        Belonging(model=Merge, column="duplicate", on_merge="stay"),
    )
    subjects.register(
        Subject(
            key="merge.history",
            models=(),
            personal=(_merges(), _undos(), _moves(), _returns(), _trail()),
        )
    )


def _merges() -> Personal:
    return Personal(
        key="merge.merges",
        kept="As long as the customers: who was merged is told, and can be taken back.",
        title=_("Merges"),
        model=Merge,
        columns=("survivor", "duplicate", "receipt", "reason"),
        rows=_of_person,
        told=("at",),
        erase=_forget_codes,
        fate=_("Code and reason go; which keys were merged stays."),
    )


def _forget_codes(rows: QuerySet[Any], erasing: Erasing) -> int:
    changed = list(rows.order_by("pk"))
    for merge in changed:
        merge.reason, merge.receipt = "", erasing.person.without(merge.receipt)
    return permits.rewrite(changed, columns=("receipt", "reason"), entry=erasing.entry)


def _undos() -> Personal:
    return Personal(
        key="merge.undos",
        kept="As long as their merge.",
        title=_("Merges taken back"),
        model=MergeUndo,
        columns=("merge", "reason"),
        rows=lambda person: MergeUndo.objects.filter(merge__in=_of_person(person)),
        told=("at",),
        erase=_emptied(reason=""),
        fate=_("The reason is emptied."),
    )


def _moves() -> Personal:
    return Personal(
        key="merge.moves",
        kept="As long as their merge, which can be taken back by them.",
        title=_("Rows as they were before a merge"),
        model=MergeMove,
        columns=("row", "before", "after"),
        rows=_own_moves,
        erase=_emptied(before={}, after={}),
        fate=_("Emptied: these merges cannot be taken back any more."),
    )


def _returns() -> Personal:
    return Personal(
        key="merge.returns",
        kept="As long as their merge.",
        title=_("Rows as they were before a merge was taken back"),
        model=MergeReturn,
        columns=("row", "found", "left"),
        rows=lambda person: MergeReturn.objects.filter(
            Q(undo__merge__in=_of_person(person)) | Q(row__in=_own_moves(person).values("row"))
        ),
        erase=_emptied(found={}, left={}),
        fate=_("Emptied."),
    )


def _trail() -> Personal:
    return Personal(
        key="merge.trail",
        kept="As long as the audit trail, whose rule it follows.",
        title=_("Audit trail of who was taken for the person"),
        model=AuditEntry,
        is_steady=False,
        columns=("before", "after", "reason"),
        rows=_entries_of_others,
        erase=_forget_values,
        fate=_("That somebody was merged with the person stays; the values and reasons go."),
        # Before the codes are gone.
        position=50,
    )


def _entries_of_others(person: Person) -> QuerySet[AuditEntry]:
    """What a merge that was taken back gave to the other one is told in his trail."""
    keys = list(person.keys)
    pairs = Merge.objects.filter(Q(survivor__in=keys) | Q(duplicate__in=keys))
    others = {key for pair in pairs.values_list("survivor", "duplicate") for key in pair}
    entries = AuditEntry.objects.filter(
        subject__in=[f"customer:{key}" for key in others - person.keys],
        action__startswith="customer.",
    )
    named = [
        entry.pk
        for entry in entries.iterator()
        if not person.codes.isdisjoint(entry.after.get(name) for name in _ALIASES)
        or person.is_meant([entry.before, entry.after, entry.reason])
    ]
    return AuditEntry.objects.filter(pk__in=named)


def _forget_values(rows: QuerySet[AuditEntry], erasing: Erasing) -> int:
    changed = list(rows.order_by("pk"))
    for entry in changed:
        entry.before, entry.after, entry.reason = (
            names_only(entry.before),
            names_only(entry.after),
            "",
        )
    return permits.rewrite(changed, columns=("before", "after", "reason"), entry=erasing.entry)


def _of_person(person: Person) -> QuerySet[Merge]:
    keys = list(person.keys)
    found: QuerySet[Merge] = Merge.objects.filter(Q(survivor__in=keys) | Q(duplicate__in=keys))
    return found


def _own_moves(person: Person) -> QuerySet[MergeMove]:
    """Moves of the person's merges, what later merges took along, and others that name them."""
    own = MergeMove.objects.filter(merge__in=_of_person(person))
    changed = MergeMove.objects.filter(kind=MergeMove.Kind.CHANGED, model="guestman.customer")
    named = meaning(changed, person, "before", "after")
    # What merges did to the row while it was the person's, too; others have it to be taken back.
    while_merged = own.filter(row=OuterRef("row"), merge__lt=OuterRef("merge")).filter(
        Q(merge__undo__isnull=True) | Q(merge__undo__uuid__gt=OuterRef("merge"))
    )
    found: QuerySet[MergeMove] = MergeMove.objects.filter(
        Exists(while_merged) | Q(pk__in=own.values("pk")) | Q(pk__in=named.values("pk"))
    )
    return found


def _emptied(**values: Any) -> Any:
    """Erases by giving columns these values."""

    def erase(rows: QuerySet[Any], erasing: Erasing) -> int:
        count = 0
        for keys in batches(rows):
            found = list(rows.model.objects.filter(pk__in=keys))
            for row in found:
                for name, value in values.items():
                    setattr(row, name, value)
            count += permits.rewrite(found, columns=list(values), entry=erasing.entry)
        return count

    return erase
