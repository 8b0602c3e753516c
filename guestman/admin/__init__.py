"""Customers in the admin. Every change goes through ``guestman.services``."""

from guestman.admin import bulk, dashboard, finder, room_words, trail
from guestman.admin.address import CustomerAddressAdmin
from guestman.admin.contact_point import ContactPointAdmin, ContactVerificationAdmin
from guestman.admin.customer import CustomerAdmin
from guestman.admin.external_identity import ExternalIdentityAdmin
from guestman.admin.group import CustomerGroupAdmin

__all__ = [
    "ContactPointAdmin",
    "ContactVerificationAdmin",
    "CustomerAddressAdmin",
    "CustomerAdmin",
    "CustomerGroupAdmin",
    "ExternalIdentityAdmin",
    "bulk",
    "dashboard",
    "finder",
    "room_words",
    "trail",
]
