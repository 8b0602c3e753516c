"""Taking back customers whom nobody has had to do with since they were made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import models

from guestman import signals
from guestman.models import ContactPoint, Customer, CustomerAddress, ExternalIdentity
from guestman.services import ports
from guestman.services.journal import Journal
from guestman.services.writing import writing
from shopman import clock, subjects, tenancy

#: Orders that are placed in the future are orders.
_LATEST = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A customer that ``discard`` left, and a stable word for why."""

    customer: UUID
    reason: str


def discard(versions: Mapping[UUID, int]) -> tuple[list[UUID], list[Kept]]:
    """Delete customers nobody has had to do with since they were made; who is gone, who stays.

    ``versions`` is each one's version as its maker left it. Whoever was changed, proved a contact,
    has an account, was merged, ordered, or is named by a row that must not go, stays as he is. The
    audit trail keeps that he was there. One who is gone already is among the gone. A few statements
    for all; call it with some hundreds.
    """
    try:
        return _discard(versions)
    except models.ProtectedError:
        found = [_discard_one(key, version) for key, version in sorted(versions.items())]
        return [key for gone, _kept in found for key in gone], [
            each for _gone, kept in found for each in kept
        ]


def _discard_one(key: UUID, version: int) -> tuple[list[UUID], list[Kept]]:
    try:
        return _discard({key: version})
    except models.ProtectedError:
        return [], [Kept(customer=key, reason="in_use")]


@writing()
def _discard(versions: Mapping[UUID, int]) -> tuple[list[UUID], list[Kept]]:
    rows = list(
        Customer.objects.filter(uuid__among=list(versions)).order_by("uuid").select_for_update()
    )
    reasons = _reasons(rows, versions)
    _delete([row for row in rows if row.pk not in reasons])
    kept = [Kept(customer=key, reason=reasons[key]) for key in sorted(reasons)]
    return [key for key in sorted(versions) if key not in reasons], kept


def _reasons(rows: Sequence[Customer], versions: Mapping[UUID, int]) -> dict[UUID, str]:
    """Why some of these stay."""
    keys = [row.pk for row in rows]
    found = dict.fromkeys(_named_elsewhere(keys), "in_use")
    found |= dict.fromkeys(_with_orders(keys), "has_orders")
    found |= {row.pk: "changed" for row in rows if row.version != versions[row.pk]}
    merged = Customer.objects.filter(merged_into__among=keys).values_list("merged_into", flat=True)
    found |= {key: "merged" for key in merged if key is not None}
    return found | {row.pk: "merged" for row in rows if row.merged_into_id is not None}


def _named_elsewhere(keys: Sequence[UUID]) -> set[UUID]:
    """Customers with an account at a provider, a changed address, or rows in other apps."""
    accounts = ExternalIdentity.objects.filter(customer__among=keys)
    changed = CustomerAddress.objects.filter(customer__among=keys, version__gt=1)
    found = {*accounts.values_list("customer", flat=True)}
    found.update(changed.values_list("customer", flat=True))
    for subject in subjects.registered():
        for each in subject.reassign:
            rows = each.model._default_manager.filter(**{f"{each.column}__among": keys})
            found.update(rows.values_list(each.column, flat=True))
    return found


def _delete(rows: Sequence[Customer]) -> None:
    if not rows:
        return
    journal = Journal(at=clock.now())
    contacts = ContactPoint.objects.filter(customer__in=rows)
    for contact in contacts:
        journal.observe(contact, "removed")
    for row in rows:
        journal.audit(row, "customer.discard", before={"code": row.code, "source": row.source})
        journal.tell(signals.customer_discarded, row, {"code": row.code})
    # Before the rows go: whoever derives from them may still look.
    journal.write()
    contacts.delete()
    CustomerAddress.objects.filter(customer__in=rows).delete()
    Customer.objects.filter(uuid__among=[row.pk for row in rows]).delete()


def _with_orders(keys: Sequence[UUID]) -> set[UUID]:
    """Customers whom the order history knows."""
    stats = ports.order_history.get().iter_order_stats(
        as_of=_LATEST, customers=keys, limit=max(1, len(keys)), time_zone=tenancy.current().zone
    )
    return {each.customer_uuid for each in stats}
