"""Customers in memory: for projects without guestman, for demos and for tests."""

from __future__ import annotations

import threading
from dataclasses import replace
from uuid import UUID

from doorman.protocols.customer import (
    ContactKind,
    CustomerResolver,
    DoormanCustomerInfo,
    Method,
)
from shopman import tenancy
from shopman.keys import uuid7


class MemoryResolver(CustomerResolver):
    """A directory per tenant in this process; gone with it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._customers: dict[UUID, dict[UUID, DoormanCustomerInfo]] = {}

    def add(
        self, *, name: str = "", phone: str = "", email: str = "", is_active: bool = True
    ) -> DoormanCustomerInfo:
        """Put a customer with verified contacts in; canonical phone and e-mail."""
        customer = DoormanCustomerInfo(
            uuid=uuid7(), name=name, phone=phone, email=email, is_active=is_active
        )
        self._here()[customer.uuid] = customer
        return customer

    def deactivate(self, uuid: UUID) -> None:
        """From now on this customer is inactive."""
        self._here()[uuid] = replace(self._here()[uuid], is_active=False)

    def get_by_phone(self, phone: str) -> DoormanCustomerInfo | None:
        found = next((each for each in self._all() if phone and each.phone == phone), None)
        return found and replace(found, email="")

    def get_by_email(self, email: str) -> DoormanCustomerInfo | None:
        found = next((each for each in self._all() if email and each.email == email), None)
        return found and replace(found, phone="")

    def get_by_uuid(self, uuid: UUID) -> DoormanCustomerInfo | None:
        return self._here().get(uuid)

    def create_for_phone(self, phone: str, *, method: Method = "otp_sms") -> DoormanCustomerInfo:
        with self._lock:
            return self.get_by_phone(phone) or self.add(phone=phone)

    def mark_verified(self, uuid: UUID, *, kind: ContactKind, value: str, method: Method) -> None:
        """Nothing to note: every contact here is verified."""

    def _here(self) -> dict[UUID, DoormanCustomerInfo]:
        return self._customers.setdefault(tenancy.current().pk, {})

    def _all(self) -> list[DoormanCustomerInfo]:
        return list(self._here().values())
