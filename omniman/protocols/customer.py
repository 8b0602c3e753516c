"""What omniman asks about customers. The project names the directory in ``OMNIMAN``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSnapshot:
    """A contact point as it was: ``kind`` phone, email ...; ``value`` canonical."""

    kind: str
    value: str
    is_primary: bool
    is_verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSnapshot:
    """Everything an order freezes about its customer. Empty strings where nothing is known."""

    uuid: UUID
    code: str
    name: str
    phone: str
    email: str
    document: str
    group: str | None
    contact_points: Sequence[ContactSnapshot] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRef:
    """A customer another system knows by ``code``; the rest is what it told, never verified."""

    code: str
    name: str = ""
    source: str = ""


class CustomerDirectory(Protocol):
    def snapshot(self, customer_uuid: UUID) -> CustomerSnapshot | None:
        """The active customer as known now (a merged one as its survivor), or None.

        Inside a transaction nobody else changes or erases the customer until it ends.
        """
        ...

    def ensure_many(self, refs: Sequence[CustomerRef]) -> Mapping[str, UUID]:
        """The customer of each code, made where there is none; the keys are the codes asked for.

        A merged customer is the record that has the code, as an order names it for good; history
        follows the alias.

        Idempotent; a constant number of queries for each thousand. Runs inside the caller's
        transaction when there is one.
        """
        ...


@runtime_checkable
class CustomerFinder(Protocol):
    """What a directory may be able to do besides: look customers up by what staff type."""

    def find(self, text: str, *, limit: int) -> Sequence[UUID]:
        """Customers whose name, code or contact the text may mean, the likeliest first."""
        ...
