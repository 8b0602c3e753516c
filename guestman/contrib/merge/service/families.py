"""Customers who are one by merges, locked together and in one order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from guestman.models import Customer


def locked(keys: Iterable[UUID]) -> dict[UUID, Customer]:
    """These customers, who they were merged into and everybody who was merged into any of those.

    Locked in the order of their keys, so that merges and un-merges of one family take turns.
    """
    wanted = set(keys)
    while True:
        family = _family(wanted)
        with transaction.atomic():
            rows = Customer.objects.filter(uuid__in=family).order_by("uuid").select_for_update()
            found = {row.pk: row for row in rows}
            if _family(wanted) <= family:
                return found
            # Whoever was faster changed whom to lock: let go, and look again.
            transaction.set_rollback(True)


def _family(keys: Collection[UUID]) -> set[UUID]:
    rows = Customer.objects.filter(uuid__in=keys).values_list("merged_into", flat=True)
    heads = {*keys, *filter(None, rows)}
    members = Customer.objects.filter(Q(uuid__in=heads) | Q(merged_into__in=heads))
    return {*heads, *members.values_list("uuid", flat=True)}
