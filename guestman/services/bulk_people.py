"""Many new customers with all that a file says of them, and the way back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models

from guestman import signals
from guestman.conf import conf
from guestman.errors import UnknownGroup
from guestman.models import (
    ContactPoint,
    Customer,
    CustomerAddress,
    CustomerGroup,
    ExternalIdentity,
)
from guestman.rules.codes import generated
from guestman.rules.contacts import ContactForm
from guestman.rules.evidence import Unproved
from guestman.services import fields, ports, registration
from guestman.services.contact_book import COPIED, new_contact, searched
from guestman.services.journal import Journal
from guestman.services.writing import writing
from shopman import bulk, clock, subjects, tenancy
from shopman.keys import uuid7

#: Rows in one statement.
BATCH = 500
#: Orders that are placed in the future are orders.
_LATEST = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """A contact in its normal form. A shared one is findable and decides nothing."""

    form: ContactForm
    is_shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A customer to be made, of fields whose forms were checked already.

    ``columns`` are columns of the customer as ``guestman.services.fields`` makes them, ``address``
    those of one as ``guestman.rules.addresses`` does; ``group_code`` None is the default group.
    """

    columns: Mapping[str, Any]
    contacts: Sequence[NewContact] = ()
    address: Mapping[str, Any] = field(default_factory=dict)
    group_code: str | None = None
    evidence: Unproved = "U"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A customer that ``discard`` left, and a stable word for why."""

    customer: UUID
    reason: str


@writing()
def create_many(people: Sequence[NewPerson]) -> list[Customer]:
    """New customers with their contacts, all unverified, and addresses; in the order given.

    A constant number of statements for any number of them. Audit and events as for ``create``.
    Raises UnknownGroup, and DocumentTaken when an active customer has one of the documents.
    """
    journal = Journal(at=clock.now())
    groups, organization = _groups(), tenancy.current_organization()
    customers, contacts, addresses = [], [], []
    for person, (key, code) in zip(people, _keys(len(people)), strict=True):
        customer = Customer(uuid=key, code=code, **person.columns)
        customer.group = _group(groups, person.group_code)
        customer.organization = organization
        held = _contacts(customer, person, journal)
        registration.fill(customer, journal)
        customer.search_text = searched(customer, (each.match_key for each in held))
        customers.append(customer)
        contacts += held
        if person.address:
            addresses.append(_address(customer, person.address, journal))
    bulk.insert(customers)
    bulk.insert(contacts)
    bulk.insert(addresses)
    for customer in customers:
        registration.note(customer, journal)
    for contact in contacts:
        journal.observe(contact, "added")
    for address in addresses:
        _note_address(address, journal)
    journal.write()
    return customers


@writing()
def fill_many(gaps: Sequence[Gaps]) -> dict[UUID, Filled]:
    """Give active customers what they have nothing in; what somebody has stays as it is.

    A name is filled as a whole, an address only for who has none. Answers with those who have more
    than before. A constant number of statements; audit and events as for ``update``.
    """
    journal = Journal(at=clock.now())
    wanted = {each.customer: each for each in gaps}
    rows = list(
        Customer.objects.active()
        .filter(uuid__among=list(wanted))
        .order_by("uuid")
        .select_for_update(of=("self",))
    )
    missing = {row.pk: _missing(row, wanted[row.pk].columns) for row in rows}
    changed = [row for row in rows if missing[row.pk]]
    _fill(changed, missing, journal)
    addresses = _first_addresses(rows, wanted, journal)
    journal.write()
    return {
        row.pk: Filled(
            fields=sorted(missing[row.pk]), version=row.version, address=addresses.get(row.pk)
        )
        for row in rows
        if missing[row.pk] or row.pk in addresses
    }


def fillable(gaps: Sequence[Gaps]) -> set[UUID]:
    """Whom ``fill_many`` would give something; nothing is written. Two queries."""
    wanted = {each.customer: each for each in gaps}
    rows = list(Customer.objects.active().filter(uuid__among=list(wanted)))
    having = _with_address([row.pk for row in rows if wanted[row.pk].address])
    return {
        row.pk
        for row in rows
        if _missing(row, wanted[row.pk].columns)
        or (wanted[row.pk].address and row.pk not in having)
    }


def _missing(row: Customer, columns: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in columns.items() if value and not getattr(row, name)}
    if row.name:
        found.pop("first_name", None)
        found.pop("last_name", None)
    return found


def _fill(
    rows: Sequence[Customer], missing: Mapping[UUID, Mapping[str, Any]], journal: Journal
) -> None:
    if not rows:
        return
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
    columns = sorted({name for row in rows for name in missing[row.pk]})
    saved = [*columns, "search_text"] if named else columns
    Customer.objects.bulk_update(rows, [*saved, "version", "updated_at"], batch_size=BATCH)


def _live_keys(rows: Sequence[Customer]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {row.pk: [] for row in rows}
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
    made = [_address(row, wanted[row.pk].address, journal) for row in given if row.pk not in having]
    bulk.insert(made)
    for address in made:
        _note_address(address, journal)
    return {address.customer_id: address.pk for address in made}


def _with_address(keys: Sequence[UUID]) -> set[UUID]:
    live = CustomerAddress.objects.live().filter(customer__among=keys)
    return set(live.values_list("customer", flat=True))


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


def _keys(count: int) -> Iterator[tuple[UUID, str]]:
    """New keys with codes that nobody has."""
    found: dict[str, UUID] = {}
    while len(found) < count:
        drawn = {generated(conf.CODE_PREFIX, key): key for key in _drawn(count - len(found))}
        taken = set(Customer.objects.filter(code__in=list(drawn)).values_list("code", flat=True))
        found.update((code, key) for code, key in drawn.items() if code not in taken)
    return ((key, code) for code, key in found.items())


def _drawn(count: int) -> Iterable[UUID]:
    return (uuid7() for _ in range(count))


def _groups() -> dict[str | None, CustomerGroup | None]:
    found: dict[str | None, CustomerGroup | None] = {
        each.code: each for each in CustomerGroup.objects.all()
    }
    return {**found, None: fields.group(None)}


def _group(
    groups: Mapping[str | None, CustomerGroup | None], code: str | None
) -> CustomerGroup | None:
    if code not in groups:
        raise UnknownGroup
    return groups[code]


def _contacts(customer: Customer, person: NewPerson, journal: Journal) -> list[ContactPoint]:
    """The contacts of a new customer, the first of each kind primary and copied to him."""
    found: list[ContactPoint] = []
    primary: set[str] = set()
    for each in person.contacts:
        kind = each.form.kind
        found.append(
            new_contact(
                customer,
                each.form,
                journal=journal,
                evidence=person.evidence,
                source=customer.source,
                is_primary=kind not in primary,
                is_shared=each.is_shared,
            )
        )
        if kind not in primary and kind in COPIED:
            setattr(customer, COPIED[kind], each.form.match_key)
        primary.add(kind)
    return found


def _address(customer: Customer, columns: Mapping[str, Any], journal: Journal) -> CustomerAddress:
    address = CustomerAddress(
        customer=customer,
        is_default=True,
        created_at=journal.at,
        updated_at=journal.at,
        **columns,
    )
    address.organization = customer.organization
    return address


def _note_address(address: CustomerAddress, journal: Journal) -> None:
    told = (
        "street",
        "number",
        "complement",
        "district",
        "city",
        "region",
        "postal_code",
        "country",
    )
    after: dict[str, Any] = {name: value for name in told if (value := getattr(address, name))}
    after |= {"is_default": True, "version": address.version}
    journal.audit(address.customer, "address.add", after={"addresses": {str(address.pk): after}})
