"""Guestman for doorman: whose contact this is."""

from __future__ import annotations

from uuid import UUID

from doorman.protocols.customer import ContactKind, CustomerResolver, DoormanCustomerInfo, Method
from guestman.errors import InvalidEmail, InvalidPhone
from guestman.models import ContactPoint, Customer
from guestman.services import contact_point, lookup, proof
from shopman import tenancy
from shopman.models import sole


class GuestmanCustomerResolver(CustomerResolver):
    """Possession decides (``guestman.rules.possession``); e-mail needs a verified owner.

    An owner unseen for more than ``GUESTMAN["STALE_IDENTITY_DAYS"]`` is recognised: a login carries
    no name that could contradict him. ``stale_contact_proved`` is raised for staff to look at.
    """

    def get_by_phone(self, phone: str) -> DoormanCustomerInfo | None:
        try:
            found = lookup.contact_of_proof("phone", phone, tenancy.current().default_region)
        except InvalidPhone:
            return None
        return _told(found, phone=found.match_key) if found else None

    def get_by_email(self, email: str) -> DoormanCustomerInfo | None:
        try:
            found = lookup.contact_of_proof("email", email, None)
        except InvalidEmail:
            return None
        return _told(found, email=found.match_key) if found and found.is_verified else None

    def get_by_uuid(self, uuid: UUID) -> DoormanCustomerInfo | None:
        row = sole(Customer.objects.filter(uuid=uuid))
        return _info(lookup.survivor(row)) if row else None

    def create_for_phone(self, phone: str, *, method: Method = "otp_sms") -> DoormanCustomerInfo:
        contact = proof.contact_of_phone(phone, method=method)
        return _told(contact, phone=contact.match_key)

    def mark_verified(self, uuid: UUID, *, kind: ContactKind, value: str, method: Method) -> None:
        contact_point.mark_proved(customer_uuid=uuid, kind=kind, value=value, method=method)


def _told(contact: ContactPoint, *, phone: str = "", email: str = "") -> DoormanCustomerInfo:
    customer = lookup.survivor(contact.customer)
    return DoormanCustomerInfo(
        uuid=customer.pk,
        name=customer.name,
        phone=phone,
        email=email,
        is_active=customer.is_active,
        code=customer.code,
    )


def _info(customer: Customer) -> DoormanCustomerInfo:
    return DoormanCustomerInfo(
        uuid=customer.pk,
        name=customer.name,
        phone=customer.phone,
        email=customer.email,
        is_active=customer.is_active,
        code=customer.code,
    )
