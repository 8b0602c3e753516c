"""What each role may do: the one table that admin pages and the HTTP API ask."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from shopman.conf import conf
from shopman.models import Membership


class Right(StrEnum):
    """Something a member of staff may do, beyond looking."""

    #: Change customers and orders, and what belongs to them.
    CHANGE = "change"
    #: Write down refunds.
    REFUND = "refund"
    #: Change products, price lists and prices, and which group has which list.
    SET_PRICES = "set_prices"
    #: Take lists out as files.
    EXPORT = "export"
    #: Change many records at once.
    BULK = "bulk"
    #: Merge two records of one customer, and take it back.
    MERGE = "merge"
    #: Read phone numbers, e-mail addresses and documents in full.
    SEE_CONTACTS = "see_contacts"
    #: Read the contacts of one customer for a while, with a reason that is kept.
    REVEAL_CONTACTS = "reveal_contacts"
    #: Give a person a copy of their data, and erase a person.
    PRIVACY = "privacy"
    #: Change staff, organizations, channels and the shop itself.
    MANAGE_SHOP = "manage_shop"


_Role = Membership.Role
_CLERK: Final = frozenset({Right.CHANGE})
_MANAGER: Final = _CLERK | {
    Right.REFUND,
    Right.SET_PRICES,
    Right.EXPORT,
    Right.BULK,
    Right.MERGE,
}

#: Role to rights. Who reads contacts is the shop's choice and not in here.
RIGHTS: Final[Mapping[str, frozenset[Right]]] = {
    _Role.OWNER: _MANAGER | {Right.PRIVACY, Right.MANAGE_SHOP},
    _Role.MANAGER: _MANAGER,
    _Role.CLERK: _CLERK,
    _Role.READ_ONLY: frozenset(),
}


def of_role(role: str) -> frozenset[Right]:
    """Every right of a role.

    The roles of ``SHOPMAN["CONTACT_ROLES"]`` read contacts; the others may reveal them one
    customer at a time, unless ``SHOPMAN["CONTACT_REVEAL_MINUTES"]`` is 0.
    """
    if role in conf.CONTACT_ROLES:
        return RIGHTS[role] | {Right.SEE_CONTACTS}
    return RIGHTS[role] | ({Right.REVEAL_CONTACTS} if conf.CONTACT_REVEAL_MINUTES else frozenset())
