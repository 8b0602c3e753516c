"""What doorman asks about customers. The project names the resolver in ``DOORMAN``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

ContactKind = Literal["phone", "email"]
Method = Literal["otp_sms", "otp_whatsapp", "email_link", "oauth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoormanCustomerInfo:
    """A customer as doorman sees one.

    ``phone`` (E.164) and ``email`` (canonical) echo the contact that matched the question, so that
    doorman can compare it byte for byte with the one that was proved; the other one is empty.
    ``get_by_uuid`` gives the primary contacts.
    """

    uuid: UUID
    name: str
    phone: str
    email: str
    is_active: bool
    code: str | None = None


class CustomerResolver(Protocol):
    """Every method may raise ``doorman.errors.ResolverUnavailable`` when it cannot answer.

    Any other exception counts as the same. Merged customers are answered as their survivor.
    """

    def get_by_phone(self, phone: str) -> DoormanCustomerInfo | None:
        """The customer who is reached at this E.164 number, inactive ones included, or None."""
        ...

    def get_by_email(self, email: str) -> DoormanCustomerInfo | None:
        """The customer whose verified canonical e-mail this is, inactive ones included, or None."""
        ...

    def get_by_uuid(self, uuid: UUID) -> DoormanCustomerInfo | None:
        """The customer with this key, inactive ones included, or None."""
        ...

    def create_for_phone(self, phone: str, *, method: Method = "otp_sms") -> DoormanCustomerInfo:
        """The customer of a number that was just proved, made if there is none.

        The number is stored as verified by ``method`` in the same transaction. Any number of
        simultaneous calls with one number make one customer and all get it. An inactive owner is
        returned as he is, never a second customer.
        """
        ...

    def mark_verified(self, uuid: UUID, *, kind: ContactKind, value: str, method: Method) -> None:
        """Note that this customer's contact was proved. Idempotent."""
        ...
