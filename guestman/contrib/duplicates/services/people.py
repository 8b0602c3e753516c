"""Customers as the rules compare them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from guestman.contrib.duplicates.rules import people
from guestman.contrib.duplicates.rules.people import Person, Place
from guestman.models import ContactPoint, Customer, CustomerAddress
from guestman.rules.names import name_words


def people_of(customers: Sequence[Customer]) -> dict[UUID, Person]:
    """Each customer as a person to compare. Two queries, however many.

    Shared contacts say nothing about who somebody is and are left out, released ones too.
    """
    keys = [customer.pk for customer in customers]
    contacts = _contacts(keys)
    places = _places(keys)
    return {
        customer.pk: Person(
            given=name_words(customer.first_name),
            family=name_words(customer.last_name),
            birth_date=customer.birth_date,
            documents=_documents(customer),
            emails=frozenset(contacts[customer.pk, "email"]),
            phones=frozenset(contacts[customer.pk, "phone"]),
            places=tuple(places[customer.pk]),
            is_company=customer.customer_type == Customer.Type.COMPANY,
        )
        for customer in customers
    }


def place_of(address: CustomerAddress) -> Place:
    """An address as the rules compare it."""
    return people.place(
        lines=(address.street, address.complement, address.district),
        number=address.number,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
    )


def _documents(customer: Customer) -> frozenset[str]:
    if not customer.document:
        return frozenset()
    return frozenset([f"{customer.document_country}:{customer.document}"])


def _contacts(keys: Iterable[UUID]) -> dict[tuple[UUID, str], list[str]]:
    found: dict[tuple[UUID, str], list[str]] = defaultdict(list)
    rows = ContactPoint.objects.live().filter(
        customer__in=keys, is_shared=False, family__in=("email", "phone")
    )
    for customer, family, key in rows.values_list("customer", "family", "variant_key"):
        found[customer, family].append(key)
    return found


def _places(keys: Iterable[UUID]) -> dict[UUID, list[Place]]:
    found: dict[UUID, list[Place]] = defaultdict(list)
    for address in CustomerAddress.objects.live().filter(customer__in=keys).order_by("uuid"):
        found[address.customer_id].append(place_of(address))
    return found
