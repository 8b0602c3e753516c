"""Ways to fail that several operations share, for their descriptions."""

from __future__ import annotations

from typing import Final

from guestman.errors import (
    InvalidBirthDate,
    InvalidChoice,
    InvalidContact,
    InvalidDocument,
    InvalidLocale,
    InvalidMetadata,
    InvalidText,
    UnknownAssignee,
    UnknownGroup,
)
from shopman.contact import InvalidEmail, InvalidPhone
from shopman.errors import Failure

#: What a phone number, an e-mail address or an account name can be.
CONTACTS: Final[tuple[type[Failure], ...]] = (InvalidPhone, InvalidEmail, InvalidContact)
#: What the fields of a customer can be.
FIELDS: Final[tuple[type[Failure], ...]] = (
    InvalidText,
    InvalidChoice,
    InvalidDocument,
    InvalidBirthDate,
    InvalidLocale,
    InvalidMetadata,
    UnknownGroup,
    UnknownAssignee,
)
