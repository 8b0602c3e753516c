"""The one way by which rows that never change are changed: the erasure of a person.

    with transaction.atomic():
        entry = audit.record(subject=..., action=permits.ACTION)
        permits.rewrite(rows, columns=["before", "after"], entry=entry)
        permits.remove(AuthEvent.objects.filter(...), entry=entry)

Every row that may change is named by a ``Permit`` which refers to the audit entry of the erasure,
and goes again before the function returns, so none is ever committed. The triggers
(``shopman.append_only``) let pass what a permit names and nothing else: an update only of the
columns the model lists in ``erasable_columns``, a delete only where it says ``is_removable``. On
PostgreSQL a permit that is left over keeps its transaction from committing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from django.db import models, transaction
from django.db.models import QuerySet

from shopman.batches import batched
from shopman.models import AppendOnlyModel, AuditEntry, Immutable, Permit, TenantQuerySet

R = TypeVar("R", bound=AppendOnlyModel)

#: The action of the audit entry that permits refer to.
ACTION: Final = Permit.ACTION
BATCH_SIZE: Final = 1000


def rewrite(rows: Sequence[R], *, columns: Collection[str], entry: AuditEntry) -> int:
    """Store these columns of rows that are in hand; returns how many.

    Raises Immutable for a column that may not be erased. In the caller's transaction.
    """
    for batch in batched(rows, BATCH_SIZE):
        model = type(batch[0])
        if not set(columns) <= set(model.erasable_columns):
            raise Immutable
        with _permitted(model, [row.pk for row in batch], "UPDATE", entry):
            queryset: Any = models.QuerySet(model)
            queryset.bulk_update(batch, list(columns))
    return len(rows)


def remove(rows: QuerySet[Any], *, entry: AuditEntry) -> int:
    """Delete rows; returns how many. Raises Immutable where the model's rows may not go."""
    model = rows.model
    if not model.is_removable:
        raise Immutable
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for batch in batched(keys, BATCH_SIZE):
        with _permitted(model, batch, "DELETE", entry):
            # Straight to the table: nothing refers to these rows.
            found: Any = TenantQuerySet(model).filter(pk__in=batch)
            found._raw_delete(found.db)
    return len(keys)


@contextmanager
def _permitted(
    model: type[AppendOnlyModel], keys: Sequence[Any], operation: str, entry: AuditEntry
) -> Iterator[None]:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An erasure needs a transaction.")
    granted = Permit.objects.bulk_create(
        Permit(entry=entry, table=model._meta.db_table, row=key, operation=operation)
        for key in keys
    )
    yield
    Permit.objects.filter(pk__in=[each.pk for each in granted]).delete()
