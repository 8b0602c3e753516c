"""Where what orders froze about a customer differs from what the directory says today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from omniman.models import Order
from omniman.rules import snapshot
from omniman.services.neighbours import customers
from shopman import masking
from shopman.contact import readable
from shopman.panels import Text

#: The facts of a snapshot that people compare, in their order.
FIELDS: Final[dict[str, Text]] = {
    "name": _("Name"),
    "code": _("Code"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "document": _("Document"),
    "group": _("Group code"),
}


@dataclass(slots=True, kw_only=True)
class Difference:
    """One fact as some orders froze it, newest order first, and as it is now."""

    label: Text
    then: str
    now: str
    orders: list[Order] = field(default_factory=list)


def differences(orders: Sequence[Order], customer_uuid: UUID) -> list[Difference]:
    """The facts that differ, fact by fact; orders that froze the same stand together.

    An imported order says no more than its file did, so it is not compared. Nothing differs from a
    customer the directory does not know today.
    """
    own = [order for order in orders if not order.source]
    known = customers.get().snapshot(customer_uuid) if own else None
    if known is None:
        return []
    today = snapshot.known(known)
    found: dict[tuple[str, str], Difference] = {}
    for name, label in FIELDS.items():
        now = str(today.get(name) or "")
        for order in own:
            then = str(order.data.get("customer", {}).get(name) or "")
            if then != now:
                difference = found.setdefault(
                    (name, then),
                    Difference(
                        label=label,
                        then=_shown(name, then, customer_uuid),
                        now=_shown(name, now, customer_uuid),
                    ),
                )
                difference.orders.append(order)
    return list(found.values())


def _shown(name: str, value: str, customer_uuid: UUID) -> str:
    told: str = masking.facts({name: value}, customer=customer_uuid)[name]
    return readable(told)
