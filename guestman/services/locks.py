"""Locks, always in one order: numbers and addresses first, then customers by key."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from guestman.errors import CustomerInactive, CustomerNotFound
from guestman.models import ContactPoint, Customer
from guestman.rules.contacts import ContactForm
from shopman import prepared, tenancy
from shopman.models import sole

# In the order of the array, a row each: a row has no more than 1,664 columns.
_LOCK = "SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS number"
#: How often an alias is followed that changes while it is looked up.
_ATTEMPTS = 4


def contact(form: ContactForm) -> None:
    """Let nobody else decide whose this number or address is until the transaction ends.

    All spellings of a number share one lock. SQLite needs none: its writers take turns.
    """
    keys([(form.family, form.variant_key)])


def keys(identifiers: Iterable[tuple[str, str]]) -> None:
    """The same for many at once: family and variant key (any text that all spellings share).

    Taken in one order, so that two who want the same ones wait for each other.
    """
    if connection.vendor != "postgresql":
        return
    numbers = sorted({_number(*identifier) for identifier in identifiers})
    if numbers:
        with prepared.cursor() as cursor:
            cursor.execute(_LOCK, [numbers])


def _number(family: str, key: str) -> int:
    name = f"guestman:{tenancy.current().pk}:{family}:{key}"
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def customer(key: str | UUID) -> Customer:
    """The customer with this code or uuid, locked; a merged one as its survivor.

    Raises CustomerNotFound.
    """
    by_key = Q(uuid=key) if isinstance(key, UUID) else Q(code=key)
    found, alias = _locked(by_key), None
    # The survivor may become an alias itself while he is waited for.
    for _ in range(_ATTEMPTS):
        if found is not None:
            break
        rows = Customer.objects.filter(by_key, merged_into__isnull=False)
        alias, survivor = rows.values_list("uuid", "merged_into").first() or (None, None)
        found = _locked(Q(uuid=survivor) if survivor else by_key)
    if found is None:
        raise CustomerNotFound
    found.named_as = alias
    return found


def active_customer(key: str | UUID) -> Customer:
    """The same, for a change that only an active customer can have. Raises CustomerInactive."""
    found = customer(key)
    if not found.is_active:
        raise CustomerInactive
    return found


def steady_customer(key: UUID) -> Customer | None:
    """The active customer of a uuid, a merged one as its survivor, or None.

    Inside a transaction nobody else changes it until that ends.
    """
    rows = Customer.objects.filter(uuid=key)
    if connection.in_atomic_block:
        rows = rows.select_for_update(no_key=True)
    found: Customer | None = sole(rows)
    if found is not None and found.merged_into_id:
        return steady_customer(found.merged_into_id)
    return found if found is not None and found.is_active else None


def holders(form: ContactForm, also: Iterable[UUID] = ()) -> dict[UUID, Customer]:
    """Everybody who holds a contact, and ``also`` these, locked in key order."""
    return holders_of_any([form], also)


def holders_of_any(forms: Iterable[ContactForm], also: Iterable[UUID] = ()) -> dict[UUID, Customer]:
    """Everybody who holds one of these contacts, and ``also`` these, locked in key order.

    Who was merged into another one while he was waited for has his survivor at his side.
    """
    wanted = Q(uuid__in=list(also))
    for form in forms:
        holding = ContactPoint.objects.with_key(form.family, form.match_key).values("customer")
        wanted |= Q(uuid__in=holding)
    found = _all_locked(wanted)
    while missing := {each.merged_into_id for each in found.values()} - {None, *found}:
        found |= _all_locked(Q(uuid__in=missing))
    return found


def family(keys: Iterable[UUID]) -> dict[UUID, Customer]:
    """These customers, who they were merged into and everybody who was merged into any of those.

    Locked in the order of their keys, so that merges, un-merges and erasures of one family take
    turns.
    """
    wanted = set(keys)
    while True:
        members = _family(wanted)
        with transaction.atomic():
            found = _all_locked(Q(uuid__in=members))
            now = _family(wanted)
            if now <= members:
                # Without those who were separated while they were waited for.
                return {key: row for key, row in found.items() if key in now}
            # Whoever was faster changed whom to lock: let go, and look again.
            transaction.set_rollback(True)


def _family(keys: Collection[UUID]) -> set[UUID]:
    rows = Customer.objects.filter(uuid__in=keys).values_list("merged_into", flat=True)
    heads = {*keys, *filter(None, rows)}
    members = Customer.objects.filter(Q(uuid__in=heads) | Q(merged_into__in=heads))
    return {*heads, *members.values_list("uuid", flat=True)}


def _all_locked(rows: Q) -> dict[UUID, Customer]:
    locked = Customer.objects.filter(rows).order_by("uuid").select_for_update()
    return {each.pk: each for each in locked}


def _locked(by_key: Q) -> Customer | None:
    found: Customer | None = sole(
        Customer.objects.filter(by_key, merged_into__isnull=True).select_for_update()
    )
    return found
