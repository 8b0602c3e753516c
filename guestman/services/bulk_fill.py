"""Filling what many known customers lack, with what a file says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from guestman.models import ContactPoint, Customer, CustomerAddress
from guestman.services.bulk_create import address_change, insert_addresses
from guestman.services.contact_book import searched
from guestman.services.journal import Journal
from guestman.services.writing import writing
from shopman import alike, audit, clock

#: The fields that may be filled, and what they are when nobody filled them.
_FILLED: Final = ("first_name", "last_name", "birth_date", "notes", "locale")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """What may fill the gaps of a customer; fields and address as in ``NewPerson``."""

    customer: UUID
    columns: Mapping[str, Any]
    address: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a customer has more than before, and his version now."""

    fields: Sequence[str]
    version: int
    address: UUID | None = None


def fillable(gaps: Sequence[Gaps]) -> set[UUID]:
    """Whom ``fill_many`` would give something; nothing is written or locked. Two queries."""
    wanted = {each.customer: each for each in gaps}
    rows = Customer.objects.active().filter(uuid__among=list(wanted))
    having = _with_address([key for key, each in wanted.items() if each.address])
    return {
        key
        for key, *values in rows.values_list("uuid", *_FILLED)
        if _missing(dict(zip(_FILLED, values, strict=True)), wanted[key].columns)
        or (wanted[key].address and key not in having)
    }


@writing()
def fill_many(gaps: Sequence[Gaps]) -> dict[UUID, Filled]:
    """Give active customers what they have nothing in; what somebody has stays as it is.

    A name is filled as a whole, an address only for who has none. Answers with those who have more
    than before; who lacks nothing is not even locked. A constant number of statements; audit and
    events as for ``update``. ``columns`` are some of the names, birth date, notes and locale.
    """
    lacking = fillable(gaps)
    wanted = {each.customer: each for each in gaps if each.customer in lacking}
    if not wanted:
        return {}
    journal = Journal(at=clock.now())
    rows = list(
        Customer.objects.active()
        .filter(uuid__among=list(wanted))
        .order_by("uuid")
        .select_for_update(of=("self",))
    )
    missing = {row.pk: _missing(vars(row), wanted[row.pk].columns) for row in rows}
    _fill([row for row in rows if missing[row.pk]], missing, journal)
    addresses = _first_addresses(rows, wanted, journal)
    journal.write()
    return {
        row.pk: Filled(
            fields=sorted(missing[row.pk]), version=row.version, address=addresses.get(row.pk)
        )
        for row in rows
        if missing[row.pk] or row.pk in addresses
    }


def _missing(has: Mapping[str, Any], columns: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in columns.items() if value and not has[name]}
    if has["first_name"] or has["last_name"]:
        found.pop("first_name", None)
        found.pop("last_name", None)
    return found


def _fill(
    rows: Sequence[Customer], missing: Mapping[UUID, Mapping[str, Any]], journal: Journal
) -> None:
    named = [row for row in rows if {"first_name", "last_name"} & missing[row.pk].keys()]
    keys = _live_keys(named)
    for row in rows:
        changes = {
            name: {"old": getattr(row, name), "new": value}
            for name, value in missing[row.pk].items()
        }
        for name, value in missing[row.pk].items():
            setattr(row, name, value)
        row.version += 1
        row.updated_at = journal.at
        if row.pk in keys:
            row.search_text = searched(row, keys[row.pk])
        journal.observe_customer(row, changes)
        journal.audit(
            row,
            "customer.update",
            before={name: each["old"] for name, each in changes.items()},
            after={name: each["new"] for name, each in changes.items()},
        )
        journal.customer_updated(row, changes)
    columns = (*sorted({name for row in rows for name in missing[row.pk]}), "version")
    if named:
        columns += ("search_text",)
    alike.update(
        Customer,
        columns,
        [(row.pk.hex, *(alike.plain(getattr(row, name)) for name in columns)) for row in rows],
        same={"updated_at": journal.at},
    )


def _live_keys(rows: Sequence[Customer]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {row.pk: [] for row in rows}
    if not found:
        return found
    contacts = ContactPoint.objects.live().filter(customer__among=list(found))
    for customer, key in contacts.order_by("created_at", "uuid").values_list(
        "customer", "match_key"
    ):
        found[customer].append(key)
    return found


def _first_addresses(
    rows: Sequence[Customer], wanted: Mapping[UUID, Gaps], journal: Journal
) -> dict[UUID, UUID]:
    """Addresses of those who have none."""
    given = [row for row in rows if wanted[row.pk].address]
    having = _with_address([row.pk for row in given])
    lacking = [row for row in given if row.pk not in having]
    made = insert_addresses([(row.pk, wanted[row.pk].address) for row in lacking], journal.at)
    for row in lacking:
        journal.observe_customer(row, {"addresses"})
    audit.record_all(
        address_change(row.pk, made[row.pk], wanted[row.pk].address, version=row.version)
        for row in lacking
    )
    return made


def _with_address(keys: Sequence[UUID]) -> set[UUID]:
    if not keys:
        return set()
    live = CustomerAddress.objects.live().filter(customer__among=keys)
    return set(live.values_list("customer", flat=True))
