"""Customers as the rules compare them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from guestman.contrib.duplicates.rules import people
from guestman.contrib.duplicates.rules.people import Person, Place
from guestman.models import ContactPoint, Customer, CustomerAddress
from guestman.rules.documents import Document
from guestman.services import traits

_COLUMNS = (
    "uuid", "first_name", "last_name", "customer_type", "document", "document_country",
    "document_kind",    "birth_date",
)  # fmt: skip


def people_of(customers: Iterable[Customer]) -> dict[UUID, Person]:
    """Each customer as a person to compare. Two queries, however many.

    Shared contacts say nothing about who somebody is and are left out, released ones too.
    """
    rows = list(customers)
    keys = [customer.pk for customer in rows]
    contacts, places = _contacts(keys), _places(keys)
    return {each.pk: _person(each, contacts, places) for each in rows}


def people_with(keys: Collection[UUID]) -> dict[UUID, Person]:
    """The same for the keys of customers; only active ones that were not merged are in the answer.

    Three queries.
    """
    return people_of(Customer.objects.active().filter(uuid__among=keys).only(*_COLUMNS))


def place_of(address: CustomerAddress) -> Place:
    """An address as the rules compare it."""
    return people.place(
        lines=(address.street, address.complement, address.district),
        number=address.number,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
    )


def _person(
    customer: Customer,
    contacts: dict[tuple[UUID, str], list[str]],
    places: dict[UUID, list[Place]],
) -> Person:
    given, family = people.named(customer.first_name, customer.last_name)
    return Person(
        given=given,
        family=family,
        birth_date=customer.birth_date,
        documents=_documents(customer),
        emails=frozenset(contacts[customer.pk, "email"]),
        phones=frozenset(contacts[customer.pk, "phone"]),
        places=tuple(places[customer.pk]),
        is_company=customer.customer_type == Customer.Type.COMPANY,
    )


def _documents(customer: Customer) -> frozenset[Document]:
    found = traits.document_of(customer)
    return frozenset([found]) if found.number else frozenset()


def _contacts(keys: Collection[UUID]) -> dict[tuple[UUID, str], list[str]]:
    found: dict[tuple[UUID, str], list[str]] = defaultdict(list)
    rows = ContactPoint.objects.live().filter(
        customer__among=keys, is_shared=False, family__in=("email", "phone")
    )
    for customer, family, key in rows.values_list("customer", "family", "variant_key"):
        found[customer, family].append(key)
    return found


def _places(keys: Collection[UUID]) -> dict[UUID, list[Place]]:
    found: dict[UUID, list[Place]] = defaultdict(list)
    rows = CustomerAddress.objects.live().filter(customer__among=keys).order_by("uuid")
    for address in rows:
        found[address.customer_id].append(place_of(address))
    return found
