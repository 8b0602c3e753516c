"""Conformance suite for customer resolvers: what every one of them must do.

    class TestMyResolver(ResolverConformance):
        @pytest.fixture
        def resolver(self) -> CustomerResolver: ...

        @pytest.fixture
        def customer_with(self) -> MakeCustomer: ...

Runs under pytest with whatever database and tenant the fixtures set up.
"""

from __future__ import annotations

import inspect
from typing import Protocol
from uuid import UUID

from doorman.protocols.customer import CustomerResolver, DoormanCustomerInfo
from shopman.keys import uuid7

PHONE = "+5511987654321"
NEW_PHONE = "+5511912345678"
EMAIL = "ana@example.com"


class MakeCustomer(Protocol):
    """What the fixture ``customer_with`` gives."""

    def __call__(self, *, phone: str = "", email: str = "", is_active: bool = True) -> UUID:
        """Make a customer whose given contacts are verified; returns the customer's key."""
        ...


class ResolverConformance:
    """Subclass it, give the two fixtures, and every method here is a test."""

    def test_it_has_every_method_of_the_port(self, resolver: CustomerResolver) -> None:
        for name, method in inspect.getmembers(CustomerResolver, inspect.isfunction):
            if not name.startswith("_"):
                given = inspect.signature(getattr(resolver, name))
                asked = [each for each in inspect.signature(method).parameters if each != "self"]
                assert list(given.parameters) == asked, name

    def test_nobody_is_none(self, resolver: CustomerResolver) -> None:
        assert resolver.get_by_phone(NEW_PHONE) is None
        assert resolver.get_by_email("nobody@example.com") is None
        assert resolver.get_by_uuid(uuid7()) is None

    def test_a_verified_phone_finds_its_owner_and_is_echoed(
        self, resolver: CustomerResolver, customer_with: MakeCustomer
    ) -> None:
        key = customer_with(phone=PHONE)
        found = resolver.get_by_phone(PHONE)
        assert isinstance(found, DoormanCustomerInfo)
        assert (found.uuid, found.phone, found.is_active) == (key, PHONE, True)

    def test_a_verified_email_finds_its_owner_and_is_echoed(
        self, resolver: CustomerResolver, customer_with: MakeCustomer
    ) -> None:
        key = customer_with(phone=PHONE, email=EMAIL)
        found = resolver.get_by_email(EMAIL)
        assert isinstance(found, DoormanCustomerInfo)
        assert (found.uuid, found.email) == (key, EMAIL)

    def test_a_look_alike_email_is_never_echoed_as_asked(
        self, resolver: CustomerResolver, customer_with: MakeCustomer
    ) -> None:
        customer_with(phone=PHONE, email=EMAIL)
        found = resolver.get_by_email(EMAIL.replace("a", "á", 1))
        assert found is None or found.email == EMAIL

    def test_the_key_finds_the_customer(
        self, resolver: CustomerResolver, customer_with: MakeCustomer
    ) -> None:
        key = customer_with(phone=PHONE)
        found = resolver.get_by_uuid(key)
        assert found is not None
        assert (found.uuid, found.is_active) == (key, True)

    def test_an_inactive_customer_is_said_to_be_inactive(
        self, resolver: CustomerResolver, customer_with: MakeCustomer
    ) -> None:
        key = customer_with(phone=PHONE, is_active=False)
        by_key, by_phone = resolver.get_by_uuid(key), resolver.get_by_phone(PHONE)
        assert by_key is not None
        assert not by_key.is_active
        assert by_phone is None or not by_phone.is_active
        assert not resolver.create_for_phone(PHONE).is_active

    def test_a_new_phone_becomes_one_customer_however_often(
        self, resolver: CustomerResolver
    ) -> None:
        made = [resolver.create_for_phone(NEW_PHONE, method="otp_sms") for _ in range(3)]
        assert len({each.uuid for each in made}) == 1
        assert made[0].phone == NEW_PHONE
        assert made[0].is_active
        found = resolver.get_by_phone(NEW_PHONE)
        assert found is not None
        assert found.uuid == made[0].uuid

    def test_marking_verified_is_idempotent(
        self, resolver: CustomerResolver, customer_with: MakeCustomer
    ) -> None:
        key = customer_with(phone=PHONE)
        for _ in range(2):
            resolver.mark_verified(key, kind="phone", value=PHONE, method="otp_sms")
        found = resolver.get_by_phone(PHONE)
        assert found is not None
        assert found.uuid == key
