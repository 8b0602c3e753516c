"""Rows of guestman as they may be in a database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from guestman.models import ContactPoint, Customer, CustomerAddress, CustomerGroup
from guestman.rules.contacts import contact_form
from guestman.services import suspicion
from guestman.services.suspicion import Suspicion


class CustomerGroupFactory(DjangoModelFactory[CustomerGroup]):
    class Meta:
        model = CustomerGroup

    code = factory.Sequence(lambda n: f"group-{n}")
    name = factory.Faker("color_name")


class CustomerFactory(DjangoModelFactory[Customer]):
    class Meta:
        model = Customer

    code = factory.Sequence(lambda n: f"C-{n}")
    first_name = factory.Faker("first_name")
    last_name = factory.Faker("last_name")


class ContactPointFactory(DjangoModelFactory[ContactPoint]):
    """A live contact; ``evidence="V"`` makes it verified by SMS or e-mail link."""

    class Meta:
        model = ContactPoint

    customer = factory.SubFactory(CustomerFactory)
    kind = "phone"
    value = factory.Sequence(lambda n: f"+55119{80000000 + n}")
    evidence = "A"
    family = factory.LazyAttribute(lambda o: contact_form(o.kind, o.value, "BR").family)
    canonical = factory.LazyAttribute(lambda o: contact_form(o.kind, o.value, "BR").canonical)
    match_key = factory.LazyAttribute(lambda o: contact_form(o.kind, o.value, "BR").match_key)
    variant_key = factory.LazyAttribute(lambda o: contact_form(o.kind, o.value, "BR").variant_key)
    verification_method = factory.LazyAttribute(
        lambda o: (
            {"phone": "otp_sms"}.get(o.family, "email_link") if o.evidence == "V" else "unverified"
        )
    )
    verified_at = factory.LazyAttribute(lambda o: timezone.now() if o.evidence == "V" else None)


class CustomerAddressFactory(DjangoModelFactory[CustomerAddress]):
    class Meta:
        model = CustomerAddress

    customer = factory.SubFactory(CustomerFactory)
    street = "Rua Augusta"
    number = "100"
    city = "São Paulo"
    country = "BR"


@contextmanager
def suspected() -> Iterator[list[Suspicion]]:
    """What is suspected of pairs in between."""
    found: list[Suspicion] = []
    suspicion.register(found.append)
    try:
        yield found
    finally:
        suspicion.unregister(found.append)
