"""Many new customers with all that a file says of them, in a constant number of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from guestman import signals
from guestman.conf import conf
from guestman.errors import UnknownGroup
from guestman.models import ContactPoint, Customer, CustomerAddress, CustomerGroup
from guestman.rules.codes import generated
from guestman.rules.searching import search_text
from guestman.services import fields, observers, registration
from guestman.services.contact_book import COPIED
from guestman.services.journal import plain
from guestman.services.newcomers import Newcomer, NewContact, NewPerson
from guestman.services.writing import writing
from shopman import actor, alike, audit, clock, outbox, tenancy
from shopman.events import announce_many
from shopman.keys import uuid7

_CONTACT: Final = (
    "customer_id", "kind", "family", "value", "canonical", "match_key", "variant_key", "evidence",
    "source", "is_primary", "is_shared",
)  # fmt: skip


@writing()
def create_many(people: Sequence[NewPerson]) -> list[Newcomer]:
    """New customers with their contacts, all unverified, and addresses; in the order given.

    No row is made in memory: of a file of a million, nobody looks at one. Audit, events and what
    the observers see are as for ``customer.create``. Raises UnknownGroup, and DocumentTaken when an
    active customer has one of the documents.
    """
    if not people:
        return []
    made = [
        Newcomer(key, code, person)
        for person, (key, code) in zip(people, _keys(len(people)), strict=True)
    ]
    at, groups = clock.now(), _groups()
    wanted = {each.person.group_code for each in made}
    if not wanted <= groups.keys():
        raise UnknownGroup
    _insert_customers(made, groups, at)
    _insert_contacts(made, at)
    _insert_addresses(made, at)
    _note(made, groups)
    observers.tell_newcomers(made, fields=registration.TOLD)
    return made


def insert_addresses(
    given: Sequence[tuple[UUID, Mapping[str, Any]]], at: dt.datetime
) -> dict[UUID, UUID]:
    """The first address of each of these customers; its key, by the customer's.

    The audit entries are the caller's to write: ``address_change``.
    """
    names = sorted({name for _customer, columns in given for name in columns})
    keys = {customer: uuid7() for customer, _columns in given}
    alike.insert(
        CustomerAddress,
        ("uuid", "customer_id", *names),
        [
            (keys[key].hex, key.hex, *(alike.plain(columns.get(name, "")) for name in names))
            for key, columns in given
        ],
        same={"is_default": True, "created_at": at, "updated_at": at},
    )
    return keys


def address_change(
    customer: UUID, address: UUID, columns: Mapping[str, Any], *, version: int
) -> audit.Change:
    """What the trail tells of an address that was added to a customer in this version."""
    told = {name: columns[name] for name in _TOLD_OF_ADDRESS if columns.get(name)}
    after = {str(address): {**told, "is_default": True, "version": 1}}
    return audit.Change(
        subject=f"customer:{customer}",
        action="address.add",
        after={"addresses": after, "version": version},
    )


_TOLD_OF_ADDRESS: Final = (
    "street", "number", "complement", "district", "city", "region", "postal_code", "country",
)  # fmt: skip


def _insert_customers(
    made: Sequence[Newcomer], groups: Mapping[str | None, CustomerGroup | None], at: dt.datetime
) -> None:
    who = actor.current()
    names = sorted({name for each in made for name in each.person.columns})
    defaults = {name: Customer._meta.get_field(name).get_default() for name in names}  # type: ignore[union-attr]
    rows = []
    for each in made:
        person = each.person
        copied = _copied(person.contacts)
        group = groups[person.group_code]
        rows.append(
            (
                each.key.hex,
                each.code,
                group.pk.hex if group else None,
                copied.get("phone", ""),
                copied.get("email", ""),
                _searched(each),
                *(alike.plain(person.columns.get(name, defaults[name])) for name in names),
            )
        )
    alike.insert(
        Customer,
        ("uuid", "code", "group_id", "phone", "email", "search_text", *names),
        rows,
        same={
            "created_by": who.label or who.id or who.kind,
            "created_at": at,
            "updated_at": at,
        },
    )


def _insert_contacts(made: Sequence[Newcomer], at: dt.datetime) -> None:
    rows = []
    for each in made:
        source = each.person.columns.get("source", "")
        primary: set[str] = set()
        for contact in each.person.contacts:
            form = contact.form
            rows.append(
                (
                    each.key.hex,
                    form.kind,
                    form.family,
                    form.value,
                    form.canonical,
                    form.match_key,
                    form.variant_key,
                    each.person.evidence,
                    source,
                    form.kind not in primary,
                    contact.is_shared,
                )
            )
            primary.add(form.kind)
    alike.insert(ContactPoint, _CONTACT, rows, same={"created_at": at})


def _insert_addresses(made: Sequence[Newcomer], at: dt.datetime) -> None:
    given = [(each.key, each.person.address) for each in made if each.person.address]
    keys = insert_addresses(given, at)
    audit.record_all(
        address_change(customer, keys[customer], columns, version=1) for customer, columns in given
    )


def _note(made: Sequence[Newcomer], groups: Mapping[str | None, CustomerGroup | None]) -> None:
    """Trail, outbox and signals."""
    organization = tenancy.current_organization_key()
    same = {"status": Customer.Status.ACTIVE.value, "customer_type": Customer.Type.PERSON.value}
    changes, facts, told = [], [], []
    for each in made:
        columns = each.person.columns
        group = groups[each.person.group_code]
        after = {
            "code": each.code,
            **same,
            **columns,
            **_copied(each.person.contacts),
            "group": group.pk if group else None,
            "organization": organization,
        }
        key = str(each.key)
        subject = f"customer:{key}"
        changes.append(
            audit.Change(
                subject=subject,
                action="customer.create",
                after={
                    **{name: plain(value) for name, value in after.items() if value},
                    "version": 1,
                },
            )
        )
        source = columns.get("source", "")
        payload = {"customer_uuid": key, "code": each.code, "source": source}
        facts.append(outbox.Fact(name=_CREATED, subject=subject, payload=payload))
        told.append({"customer_uuid": each.key, "code": each.code, "source": source})
    audit.record_all(changes)
    outbox.record_all(facts)
    announce_many(signals.customer_created, sender=Customer, facts=told)


_CREATED: Final = "guestman.customer_created"


def _copied(contacts: Iterable[NewContact]) -> dict[str, str]:
    """The columns of the customer that repeat the first contact of a kind."""
    found: dict[str, str] = {}
    for each in contacts:
        if each.form.kind in COPIED:
            found.setdefault(COPIED[each.form.kind], each.form.match_key)
    return found


def _searched(each: Newcomer) -> str:
    columns = each.person.columns
    return search_text(
        names=(f"{columns.get('first_name', '')} {columns.get('last_name', '')}",),
        code=each.code,
        document=columns.get("document", ""),
        contacts=(contact.form.match_key for contact in each.person.contacts),
    )


def _keys(count: int) -> Iterator[tuple[UUID, str]]:
    """New keys with codes that nobody has."""
    found: dict[str, UUID] = {}
    while len(found) < count:
        keys = (uuid7() for _ in range(count - len(found)))
        drawn = {generated(conf.CODE_PREFIX, key): key for key in keys}
        taken = set(Customer.objects.filter(code__among=drawn).values_list("code", flat=True))
        found.update((code, key) for code, key in drawn.items() if code not in taken)
    return ((key, code) for code, key in found.items())


def _groups() -> dict[str | None, CustomerGroup | None]:
    found: dict[str | None, CustomerGroup | None] = {
        each.code: each for each in CustomerGroup.objects.all()
    }
    return {**found, None: fields.group(None)}
