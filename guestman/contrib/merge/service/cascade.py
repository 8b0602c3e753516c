"""What a customer had from another by way of a third one.

A was merged into B, B into C; then A leaves B. What C has of A came through B and goes, too. It is
written into the later merge's own moves, so that this one can still be taken back exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.db.models import Model

from guestman.contrib.merge.models import Merge, MergeMove
from guestman.contrib.merge.service.execution import LABEL
from guestman.contrib.merge.service.images import decoded, image
from guestman.models import Customer

#: Made of a customer's contacts; brought up to date, never carried.
DERIVED: Final = ("phone", "email", "search_text")
Changes = dict[str, tuple[Any, Any]]


def carry_on(merge: Merge, changes: Changes, root: Customer) -> None:
    """Take what left the survivor of ``merge`` from those he was merged into since.

    ``changes`` has, by column, what he had and has now.
    """
    carried = {name: change for name, change in changes.items() if name not in DERIVED}
    for following in onward(merge, root.pk):
        if not carried:
            return
        carried = _carry(following, carried)


def onward(merge: Merge, root: UUID) -> Iterator[Merge]:
    """The merges by which the survivor of ``merge`` became the root, in their order."""
    holder = merge.survivor_id
    while holder != root:
        following = Merge.objects.standing().filter(duplicate=holder).order_by("-uuid").first()
        if following is None:
            return
        yield following
        holder = following.survivor_id


def _carry(following: Merge, carried: Changes) -> Changes:
    moves = MergeMove.objects.filter(
        merge=following, model=LABEL, row=following.survivor_id, kind=MergeMove.Kind.CHANGED
    )
    customer = Customer.objects.get(pk=following.survivor_id)
    now = image(customer)
    found: Changes = {}
    for move in moves.order_by("uuid"):
        for name, (old, new) in carried.items():
            if move.after.get(name) == old == now[name]:
                found[name] = (old, move.before[name] or new)
    if found:
        _write(following, customer, found)
    return found


def _write(following: Merge, customer: Model, found: Changes) -> None:
    columns = {name: new for name, (_old, new) in found.items()}
    Customer.objects.filter(pk=customer.pk).update(**decoded(Customer, columns))
    MergeMove.objects.create(
        merge=following,
        kind=MergeMove.Kind.CHANGED,
        model=LABEL,
        column="merged_into",
        row=customer.pk,
        before={name: old for name, (old, _new) in found.items()},
        after=columns,
    )
