"""Who has to be compared again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction

from guestman.contrib.duplicates.models import ChangedCustomer
from guestman.contrib.duplicates.services.comparison import compare
from guestman.contrib.duplicates.services.pairs import Tally
from guestman.models import ContactPoint, Customer, ExternalIdentity
from guestman.services.newcomers import Newcomer
from guestman.services.observers import ContactChange, CustomerChange
from shopman import alike, bulk, clock

#: Customers compared in one transaction.
BATCH = 200
#: What a customer is compared by.
_COMPARED = frozenset(
    {
        "first_name", "last_name", "birth_date", "document", "document_country", "customer_type",
        "is_active", "status", "merged_into", "addresses",
    }
)  # fmt: skip


def on_customers(changes: Sequence[CustomerChange]) -> None:
    """Mark those whose names, dates or documents changed, in the transaction of the change."""
    mark(each.row for each in changes if each.is_new or _COMPARED & set(each.fields))


def on_contacts(changes: Sequence[ContactChange]) -> None:
    """Mark those whose contacts changed, in the transaction of the change; new ones are marked."""
    mark(
        _holder(each.row) for each in changes if each.change != "verified" and not each.is_newcomers
    )


def on_newcomers(newcomers: Sequence[Newcomer]) -> None:
    """Mark customers who were made many at once: none of them has a mark yet."""
    alike.insert(
        ChangedCustomer,
        ("customer_id",),
        [(each.key.hex,) for each in newcomers],
        same={"changed_at": clock.now()},
    )


def mark(customers: Iterable[Customer | UUID]) -> None:
    """Remember to compare these customers again; twice is as good as once.

    A row is as good as a key, and saves the look at whose tenant's it is.
    """
    now = clock.now()
    by_key = {each if isinstance(each, UUID) else each.pk: each for each in customers}
    rows = [
        ChangedCustomer(customer_id=key, changed_at=now)
        if isinstance(each, UUID)
        else ChangedCustomer(customer=each, changed_at=now)
        for key, each in sorted(by_key.items())
    ]
    bulk.upsert(rows, unique=("tenant", "customer"), update=("changed_at",))


def _holder(row: ContactPoint | ExternalIdentity) -> Customer | UUID:
    return row.customer if type(row).customer.is_cached(row) else row.customer_id


def compare_changed(*, limit: int | None = None) -> Tally:
    """Compare everybody who is marked, ``limit`` at most, oldest mark first.

    A mark made while its customer is compared stays. Safe to do twice at once. Counts:
    ``customers`` beside what comparing counts.
    """
    tally = Tally()
    while limit is None or tally["customers"] < limit:
        rest = BATCH if limit is None else min(BATCH, limit - tally["customers"])
        rows = ChangedCustomer.objects.order_by("changed_at", "uuid")
        batch = list(rows.values_list("customer", "changed_at")[:rest])
        if not batch:
            break
        tally.add(compare([customer for customer, _at in batch]).counts)
        tally.counts["customers"] += len(batch)
        _unmark(batch)
    return tally


def _unmark(batch: Sequence[tuple[UUID, object]]) -> None:
    with transaction.atomic():
        seen = dict(batch)
        rows = ChangedCustomer.objects.filter(customer__among=list(seen)).select_for_update()
        done = [row.pk for row in rows.order_by("uuid") if row.changed_at == seen[row.customer_id]]
        ChangedCustomer.objects.filter(uuid__among=done).delete()
