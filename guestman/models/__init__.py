"""Customers and what belongs to them."""

from guestman.models.address import CustomerAddress
from guestman.models.contact_point import ContactPoint, ContactVerification
from guestman.models.customer import Customer, CustomerQuerySet
from guestman.models.external_identity import ExternalIdentity
from guestman.models.group import CustomerGroup

__all__ = [
    "ContactPoint",
    "ContactVerification",
    "Customer",
    "CustomerAddress",
    "CustomerGroup",
    "CustomerQuerySet",
    "ExternalIdentity",
]
