"""Customers made many at once: what is said of them, and what the observers are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from guestman.rules.contacts import ContactForm
from guestman.rules.evidence import Unproved


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """A contact in its normal form. A shared one is findable and decides nothing."""

    form: ContactForm
    is_shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A customer to be made, of fields whose forms were checked already.

    ``columns`` are columns of the customer as ``guestman.services.fields`` makes them, ``address``
    those of one as ``guestman.rules.addresses`` does; ``group_code`` None is the default group.
    """

    columns: Mapping[str, Any]
    contacts: Sequence[NewContact] = ()
    address: Mapping[str, Any] = field(default_factory=dict)
    group_code: str | None = None
    evidence: Unproved = "U"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A customer who was just made, in version 1, active, nothing of him proved."""

    key: UUID
    code: str
    person: NewPerson
