"""Named failures of guestman."""

from __future__ import annotations

from shopman.contact import InvalidEmail, InvalidPhone
from shopman.errors import Conflict, Denied, Invalid, NotFound, PreconditionFailed

__all__ = [
    "AddressNotFound",
    "CodeTaken",
    "ContactErased",
    "ContactExists",
    "ContactNotFound",
    "ContactReleased",
    "ContactTaken",
    "ContactVerified",
    "CustomerErased",
    "CustomerInactive",
    "CustomerNotFound",
    "DocumentTaken",
    "EmailTaken",
    "GroupCodeTaken",
    "GroupNotFound",
    "IdentityNotFound",
    "IdentityTaken",
    "InvalidAddress",
    "InvalidBirthDate",
    "InvalidChoice",
    "InvalidCode",
    "InvalidContact",
    "InvalidDocument",
    "InvalidEmail",
    "InvalidLocale",
    "InvalidMetadata",
    "InvalidMethod",
    "InvalidPhone",
    "InvalidText",
    "PhoneTaken",
    "StaleVersion",
    "TooManyAddresses",
    "UnknownAssignee",
    "UnknownGroup",
]


class CustomerNotFound(NotFound):
    """There is no such customer."""

    code = "customer_not_found"


class GroupNotFound(NotFound):
    """There is no such customer group."""

    code = "group_not_found"


class ContactNotFound(NotFound):
    """There is no such contact."""

    code = "contact_not_found"


class AddressNotFound(NotFound):
    """There is no such address."""

    code = "address_not_found"


class IdentityNotFound(NotFound):
    """There is no such external identity."""

    code = "identity_not_found"


class CustomerInactive(Conflict):
    """This customer is inactive. Reactivate the customer first."""

    code = "customer_inactive"


class CustomerErased(Conflict):
    """This customer was erased, and the record is closed for good."""

    code = "customer_erased"


class CodeTaken(Conflict):
    """Another customer has this code."""

    code = "code_taken"


class DocumentTaken(Conflict):
    """Another active customer has this document."""

    code = "document_taken"


class ContactTaken(Conflict):
    """This contact is verified for another customer."""

    code = "contact_taken"


class ContactErased(Conflict):
    """This contact belonged to somebody who asked to be forgotten. It must be proved first."""

    code = "contact_erased"


class PhoneTaken(ContactTaken):
    """This phone number is verified for another customer."""

    code = "phone_taken"


class EmailTaken(ContactTaken):
    """This e-mail address is verified for another customer."""

    code = "email_taken"


class ContactExists(Conflict):
    """The customer has this contact already."""

    code = "contact_exists"


class ContactReleased(Conflict):
    """This contact was released and is kept as history only."""

    code = "contact_released"


class ContactVerified(Conflict):
    """This contact has a history of verification. Release it instead."""

    code = "contact_verified"


class IdentityTaken(Conflict):
    """This account is linked to another customer."""

    code = "identity_taken"


class GroupCodeTaken(Conflict):
    """Another customer group has this code."""

    code = "group_code_taken"


class TooManyAddresses(Conflict):
    """The customer has as many addresses as one may have. Remove one that is not needed."""

    code = "too_many_addresses"


class StaleVersion(PreconditionFailed):
    """Somebody changed this record since you read it."""

    code = "stale_version"


class InvalidMethod(Denied):
    """This is no proof of having the contact."""

    code = "invalid_method"


class InvalidCode(Invalid):
    """A code has 1 to 64 printable characters."""

    code = "invalid_code"


class InvalidDocument(Invalid):
    """This is not a valid document number."""

    code = "invalid_document"


class InvalidContact(Invalid):
    """This is not a contact we can use."""

    code = "invalid_contact"


class InvalidText(Invalid):
    """The text is empty, too long or has characters that cannot be stored."""

    code = "invalid_text"


class InvalidChoice(Invalid):
    """This is not one of the values that can be chosen."""

    code = "invalid_choice"


class InvalidMetadata(Invalid):
    """Metadata is a JSON object within the size limit."""

    code = "invalid_metadata"


class InvalidBirthDate(Invalid):
    """A birth date lies between 1900 and today."""

    code = "invalid_birth_date"


class InvalidLocale(Invalid):
    """The shop does not speak this language."""

    code = "invalid_locale"


class InvalidAddress(Invalid):
    """The address is not complete or not possible."""

    code = "invalid_address"


class UnknownGroup(Invalid):
    """There is no customer group with this code."""

    code = "unknown_group"


class UnknownAssignee(Invalid):
    """This person does not work for the shop."""

    code = "unknown_assignee"
