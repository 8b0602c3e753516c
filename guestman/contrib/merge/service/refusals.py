"""Whom nobody may merge."""

from __future__ import annotations

from guestman.contrib.merge import errors
from guestman.errors import CustomerErased, CustomerInactive
from guestman.models import Customer
from guestman.services import merging
from shopman import tenancy


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
    if survivor.erased_at or duplicate.erased_at:
        raise CustomerErased
    if not (survivor.is_active and duplicate.is_active):
        # Closed on purpose: being merged must not open the door again.
        raise CustomerInactive
    _refuse_different(survivor, duplicate)
    if failure := merging.objection(survivor, duplicate):
        raise failure


def _refuse_different(survivor: Customer, duplicate: Customer) -> None:
    if survivor.customer_type != duplicate.customer_type:
        raise errors.DifferentTypes
    if survivor.document and duplicate.document and _differ(survivor, duplicate):
        raise errors.DifferentDocuments
    dates = {survivor.birth_date, duplicate.birth_date} - {None}
    if len(dates) > 1:
        raise errors.DifferentBirthDates


def _differ(one: Customer, other: Customer) -> bool:
    # A CPF and a passport say nothing about each other.
    same_kind = (one.document_kind, one.document_country) == (
        other.document_kind,
        other.document_country,
    )
    return same_kind and one.document != other.document
