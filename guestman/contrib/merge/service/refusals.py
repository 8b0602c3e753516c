"""Whom nobody may merge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guestman.contrib.merge import errors
from guestman.errors import CustomerErased, CustomerInactive
from guestman.models import Customer
from guestman.rules.sameness import Reason, objections
from guestman.services import merging, traits
from shopman import tenancy
from shopman.errors import Failure

#: Reasons that nobody may overlook. Pairs that staff called different are an objection of the room
#: that keeps them.
_FAILURES: Final[Mapping[Reason, type[Failure]]] = {
    "erased": CustomerErased,
    "inactive": CustomerInactive,
    "company_and_person": errors.DifferentTypes,
    "documents_differ": errors.DifferentDocuments,
    "birth_dates_differ": errors.DifferentBirthDates,
}


def refuse_pair(survivor: Customer, duplicate: Customer) -> None:
    """Raises SelfMerge or ForeignMerge for what is no pair of this shop's customers."""
    if survivor.pk == duplicate.pk:
        raise errors.SelfMerge
    if {survivor.tenant_id, duplicate.tenant_id} != {tenancy.current().pk}:
        raise errors.ForeignMerge


def refuse(survivor: Customer, duplicate: Customer) -> None:
    """Raises the named error that forbids this merge, if one does."""
    if survivor.merged_into_id or duplicate.merged_into_id:
        raise errors.AlreadyMerged
    for reason in objections(traits.of(survivor), traits.of(duplicate)):
        # People change their names: whoever merges has seen both.
        if reason in _FAILURES:
            raise _FAILURES[reason]
    if failure := merging.objection(survivor, duplicate):
        raise failure
