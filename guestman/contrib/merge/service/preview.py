"""What a merge would do, before anybody agrees to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from guestman.contrib.merge.errors import InvalidPreview
from guestman.contrib.merge.models import MergeMove
from guestman.contrib.merge.service.fields import FieldChoice, choices
from guestman.contrib.merge.service.plan import Plan, plans
from guestman.contrib.merge.service.refusals import refuse, refuse_pair
from guestman.errors import CustomerNotFound
from guestman.models import Customer
from shopman import canonical, clock

_UUID_LENGTH = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePreview:
    """Who stays, which value of each field, and what becomes of every row of the duplicate.

    ``receipt`` is canonical JSON and names rows, versions and winners, never a person's values.
    """

    survivor: Customer
    duplicate: Customer
    fields: Sequence[FieldChoice]
    plans: Sequence[Plan] = field(repr=False)
    receipt: str

    @property
    def digest(self) -> str:
        """``<survivor>.<duplicate>.<SHA-256 of the receipt>``: all that ``execute`` needs."""
        return f"{self.survivor.pk}.{self.duplicate.pk}.{canonical.digest_of_text(self.receipt)}"


def preview(*, survivor: Customer, duplicate: Customer) -> MergePreview:
    """What merging ``duplicate`` into ``survivor`` would do. Nothing is written.

    Raises CustomerNotFound, SelfMerge, ForeignMerge, AlreadyMerged, CustomerErased,
    CustomerInactive, DifferentTypes, DifferentDocuments, DifferentBirthDates, and what other rooms
    object.
    """
    refuse_pair(survivor, duplicate)
    rows = Customer.objects.in_bulk([survivor.pk, duplicate.pk])
    if len(rows) != 2:
        raise CustomerNotFound
    return foresee(rows[survivor.pk], rows[duplicate.pk])


def foresee(survivor: Customer, duplicate: Customer, *, locked: bool = False) -> MergePreview:
    """The same for rows as they are in the database now."""
    refuse(survivor, duplicate)
    chosen = choices(survivor, duplicate)
    planned = plans(survivor, duplicate, at=clock.now(), locked=locked)
    return MergePreview(
        survivor=survivor,
        duplicate=duplicate,
        fields=chosen,
        plans=planned,
        receipt=_receipt(survivor, duplicate, chosen, planned),
    )


def keys_of(digest: str) -> tuple[UUID, UUID]:
    """Survivor and duplicate of a preview's digest. Raises InvalidPreview."""
    survivor, _dot, rest = digest.partition(".")
    duplicate, _dot, rest = rest.partition(".")
    try:
        if not len(survivor) == len(duplicate) == _UUID_LENGTH or not rest:
            raise InvalidPreview
        return UUID(survivor), UUID(duplicate)
    except ValueError:
        raise InvalidPreview from None


def _receipt(
    survivor: Customer,
    duplicate: Customer,
    chosen: Sequence[FieldChoice],
    planned: Sequence[Plan],
) -> str:
    return canonical.text(
        {
            "survivor": _named(survivor),
            "duplicate": _named(duplicate),
            "fields": {
                each.name: {"winner": each.choice.winner, "reason": each.choice.reason}
                for each in chosen
            },
            "rows": {
                f"{each.belonging.label}.{each.belonging.column}": _counts(each) for each in planned
            },
            "clashes": [
                {
                    "model": each.belonging.label,
                    "constraint": clash.constraint,
                    "survivor": str(clash.survivor),
                    "duplicate": str(clash.duplicate),
                    "outcome": clash.outcome,
                }
                for each in planned
                for clash in each.clashes
            ],
        }
    )


def _named(customer: Customer) -> dict[str, Any]:
    return {"uuid": str(customer.pk), "code": customer.code, "version": customer.version}


def _counts(plan: Plan) -> dict[str, Any]:
    kind = MergeMove.Kind
    keys = "\n".join(str(each.row) for each in plan.changes)
    return {
        "moved": len(plan.of(kind.MOVED)),
        "parked": len(plan.of(kind.PARKED)),
        "changed": len(plan.of(kind.CHANGED)),
        "keys": canonical.digest_of_text(keys),
    }
