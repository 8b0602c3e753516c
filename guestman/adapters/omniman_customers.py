"""Guestman for omniman: the customer to freeze, and the customers of an import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from guestman.models import ContactPoint
from guestman.services import bulk, locks
from guestman.services import customer as customers
from omniman.protocols.customer import (
    ContactSnapshot,
    CustomerDirectory,
    CustomerFinder,
    CustomerRef,
    CustomerSnapshot,
)


class GuestmanCustomerDirectory(CustomerDirectory, CustomerFinder):
    """Reads from guestman's look-ups, writes through its services."""

    def snapshot(self, customer_uuid: UUID) -> CustomerSnapshot | None:
        customer = locks.steady_customer(customer_uuid)
        if customer is None:
            return None
        contacts = ContactPoint.objects.live().filter(customer=customer)
        return CustomerSnapshot(
            uuid=customer.pk,
            code=customer.code,
            name=customer.name,
            phone=customer.phone,
            email=customer.email,
            document=customer.document,
            group=customer.group.code if customer.group else None,
            contact_points=tuple(
                ContactSnapshot(
                    kind=contact.kind,
                    value=contact.canonical,
                    is_primary=contact.is_primary,
                    is_verified=contact.is_verified,
                )
                for contact in contacts.order_by("created_at", "uuid")
            ),
        )

    def ensure_many(self, refs: Sequence[CustomerRef]) -> Mapping[str, UUID]:
        # An order names whom it was placed by, by code and by key; history follows the alias.
        return bulk.ensure_records(
            [
                bulk.NewCustomer(code=ref.code, first_name=first, last_name=last, source=ref.source)
                for ref in refs
                for first, _, last in [ref.name.strip().partition(" ")]
            ]
        )

    def find(self, text: str, *, limit: int) -> Sequence[UUID]:
        return [customer.pk for customer in customers.search(text, limit=limit)]
