"""What speaks against two records being one person, whatever speaks for it.

Row 12 of the identity rules, for everybody who asks: the resolver before it merges, the room that
merges, an import that puts rows together, the search for duplicates. Each of them decides which of
the reasons matter to it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from guestman.rules.documents import NONE, Document
from guestman.rules.names import contradicts

Reason = Literal[
    "protected",
    "erased",
    "inactive",
    "company_and_person",
    "documents_differ",
    "birth_dates_differ",
    "names_contradict",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a record says of who somebody is; what is not known contradicts nobody."""

    name: str = ""
    is_company: bool | None = None
    document: Document = NONE
    birth_date: dt.date | None = None
    #: Closed on purpose: becoming somebody else must not open the account again.
    is_active: bool = True
    is_erased: bool = False


def objections(one: Traits, other: Traits, *, is_protected: bool = False) -> tuple[Reason, ...]:
    """Every reason why these are not one person, the gravest first. Symmetric.

    ``is_protected``: staff said that they are different people.
    """
    found: dict[Reason, bool] = {
        "protected": is_protected,
        "erased": one.is_erased or other.is_erased,
        "inactive": not (one.is_active and other.is_active),
        "company_and_person": kinds_differ(one.is_company, other.is_company),
        "documents_differ": documents_differ(one.document, other.document),
        "birth_dates_differ": dates_differ(one.birth_date, other.birth_date),
        "names_contradict": contradicts(one.name, other.name),
    }
    return tuple(reason for reason, holds in found.items() if holds)


def kinds_differ(one: bool | None, other: bool | None) -> bool:
    """Whether one is a company and the other a person."""
    return None not in (one, other) and one != other


def documents_differ(one: Document, other: Document) -> bool:
    """Whether two numbers of one kind and country differ.

    A CPF and a passport say nothing about each other.
    """
    comparable = one.number and other.number and one[1:] == other[1:]
    return bool(comparable) and one.number != other.number


def dates_differ(one: dt.date | None, other: dt.date | None) -> bool:
    """Whether two known birth dates differ."""
    return None not in (one, other) and one != other
