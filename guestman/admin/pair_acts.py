"""What staff may do with two customers that may be one: a registry that other rooms fill.

    pair_acts.register(
        PairAct(key="merge", label=_("Compare and merge"), address=merge_page, right=Right.CHANGE)
    )

Pages that show a pair offer what is registered, as links: the address is a page that asks before
it does anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from guestman.models import Customer
from shopman.tenancy import staff
from shopman.tenancy.rights import Right

Address = Callable[[Customer, Customer], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAct:
    """One act. ``address`` makes the page's address of both customers, in any order."""

    key: str
    label: str | Promise
    address: Address
    #: What it takes to be offered the act.
    right: Right = Right.CHANGE
    #: Small numbers come first.
    position: int = 50
    #: The key that opens it on a page of one pair, a single lower-case letter; empty: none.
    shortcut: str = ""


_acts: dict[str, PairAct] = {}


def register(act: PairAct) -> None:
    """Offer an act with every pair; for an app's ``ready()``. Raises ValueError for a key twice."""
    if _acts.setdefault(act.key, act) != act:
        raise ValueError(f"There is an act {act.key!r} for pairs already.")


def unregister(key: str) -> None:
    """Take an act back; for tests."""
    del _acts[key]


def offered(request: HttpRequest, one: Customer, other: Customer) -> list[dict[str, Any]]:
    """What the reader may do with two customers: key, label, url and shortcut of each act."""
    acts = sorted(_acts.values(), key=lambda act: (act.position, act.key))
    return [
        {
            "key": act.key,
            "label": act.label,
            "url": act.address(one, other),
            "shortcut": act.shortcut,
        }
        for act in acts
        if staff.may(request, act.right)
    ]
