"""Identifiers, the records linked by them, and what they left for staff to settle."""

from guestman.contrib.identifiers.models.blocked_value import DOMAIN, BlockedValue
from guestman.contrib.identifiers.models.identifier import (
    CONTACT_FAMILIES,
    CustomerIdentifier,
    CustomerIdentifierQuerySet,
)
from guestman.contrib.identifiers.models.record_link import RecordLink, RecordLinkQuerySet
from guestman.contrib.identifiers.models.review import ReviewItem, ReviewItemQuerySet, ReviewParty
from guestman.rules.identifying import DOCUMENT, PROVIDER

__all__ = [
    "CONTACT_FAMILIES",
    "DOCUMENT",
    "DOMAIN",
    "PROVIDER",
    "BlockedValue",
    "CustomerIdentifier",
    "CustomerIdentifierQuerySet",
    "RecordLink",
    "RecordLinkQuerySet",
    "ReviewItem",
    "ReviewItemQuerySet",
    "ReviewParty",
]
