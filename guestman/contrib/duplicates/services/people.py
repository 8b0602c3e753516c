"""Customers as the rules compare them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from operator import attrgetter
from typing import Any
from uuid import UUID

from guestman.contrib.duplicates.rules import people
from guestman.contrib.duplicates.rules.people import Person, Place
from guestman.models import ContactPoint, Customer, CustomerAddress
from guestman.rules.documents import Document

_COLUMNS = (
    "uuid", "first_name", "last_name", "customer_type", "document", "document_country",
    "document_kind", "birth_date",
)  # fmt: skip
_PLACE = ("customer", "street", "complement", "district", "number", "city", "region", "postal_code")

#: Contacts of customers by family: ``{"email": {key: [address]}}``.
Contacts = Mapping[str, Mapping[UUID, list[str]]]


def people_of(customers: Iterable[Customer]) -> dict[UUID, Person]:
    """Each customer as a person to compare. Two queries, however many.

    Shared contacts say nothing about who somebody is and are left out, released ones too.
    """
    return _people(map(attrgetter(*_COLUMNS), customers))


def people_with(keys: Collection[UUID]) -> dict[UUID, Person]:
    """The same for the keys of customers; only active ones that were not merged are in the answer.

    Three queries, and no model instances: a search reads every customer several times.
    """
    return _people(Customer.objects.active().filter(uuid__among=keys).values_list(*_COLUMNS))


def _people(rows: Iterable[tuple[Any, ...]]) -> dict[UUID, Person]:
    found = list(rows)
    keys = [row[0] for row in found]
    contacts, places = _contacts(keys), _places(keys)
    return {row[0]: _person(row, contacts, tuple(places.get(row[0], ()))) for row in found}


def _person(row: tuple[Any, ...], contacts: Contacts, places: tuple[Place, ...]) -> Person:
    key, first_name, last_name, customer_type, number, country, kind, birth_date = row
    given, family = people.named(first_name, last_name)
    return Person(
        given=given,
        family=family,
        birth_date=birth_date,
        documents=frozenset([Document(number, kind, country)]) if number else frozenset(),
        emails=frozenset(contacts["email"].get(key, ())),
        phones=frozenset(contacts["phone"].get(key, ())),
        places=places,
        is_company=customer_type == Customer.Type.COMPANY,
    )


def _contacts(keys: Collection[UUID]) -> Contacts:
    found: dict[str, dict[UUID, list[str]]] = {
        "email": defaultdict(list),
        "phone": defaultdict(list),
    }
    rows = ContactPoint.objects.live().filter(
        customer__among=keys, is_shared=False, family__in=list(found)
    )
    for customer, family, key in rows.values_list("customer", "family", "variant_key"):
        found[family][customer].append(key)
    return found


def _places(keys: Collection[UUID]) -> dict[UUID, list[Place]]:
    found: dict[UUID, list[Place]] = defaultdict(list)
    rows = CustomerAddress.objects.live().filter(customer__among=keys).order_by("uuid")
    for customer, *lines, number, city, region, postal_code in rows.values_list(*_PLACE):
        place = people.place(
            lines=lines, number=number, city=city, region=region, postal_code=postal_code
        )
        found[customer].append(place)
    return found
