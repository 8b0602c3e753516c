"""What staff read about orders: the names and colours of states, and who did something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from omniman.models import Order, OrderEvent
from omniman.models.order import KIND_LABELS, STATUS_LABELS
from omniman.rules.status import Kind, Status
from shopman import masking, money, trail_words

Text = str | Promise

#: Colours of the theme's badges.
COLOURS: Final[Mapping[str, str]] = {
    Status.PLACED: "info",
    Status.CONFIRMED: "info",
    Status.PREPARING: "warning",
    Status.READY: "warning",
    Status.DISPATCHED: "primary",
    Status.DELIVERED: "success",
    Status.COMPLETED: "success",
    Status.CANCELLED: "danger",
    Status.RETURNED: "danger",
    Kind.RETURN: "danger",
}
#: What a button says that moves an order there.
VERBS: Final[Mapping[str, Text]] = {
    Status.CONFIRMED: _("Confirm"),
    Status.PREPARING: _("Start preparing"),
    Status.READY: _("Mark as ready"),
    Status.DISPATCHED: _("Mark as dispatched"),
    Status.DELIVERED: _("Mark as delivered"),
    Status.COMPLETED: _("Complete"),
    Status.CANCELLED: _("Cancel the order"),
    Status.RETURNED: _("Mark as returned"),
}
#: What it means, said before it is done.
MEANINGS: Final[Mapping[str, Text]] = {
    Status.CONFIRMED: _("The shop has taken the order and will prepare it."),
    Status.PREPARING: _("Somebody is putting the goods together."),
    Status.READY: _("The goods are packed, and wait to be sent or collected."),
    Status.DISPATCHED: _(
        "The goods have left the shop. From here on the order cannot be cancelled; the goods can"
        " come back."
    ),
    Status.DELIVERED: _("The customer has the goods."),
    Status.COMPLETED: _("Nothing is left to do. The goods can still come back."),
    Status.CANCELLED: _(
        "The order ends here and cannot be taken up again; it no longer counts as revenue. Money"
        " that was paid is not given back by this: write down a refund as well."
    ),
    Status.RETURNED: _(
        "The goods are back and the order ends here; this cannot be undone. Money is not given"
        " back by this: write down a refund as well."
    ),
}
#: Those that take something away for good.
GRAVE: Final = frozenset({Status.CANCELLED, Status.RETURNED})


def status(code: str) -> str:
    """A state in words; empty for none."""
    return str(STATUS_LABELS[Status(code)]) if code else ""


def standing(order: Order) -> tuple[str, str]:
    """The badge of an order: the key of its colour, and what it says."""
    if order.kind == Kind.RETURN:
        return Kind.RETURN, str(KIND_LABELS[Kind.RETURN])
    return order.status, status(order.status)


def customer_name(order: Order) -> str:
    """Who ordered; what guests gave for a name may be a number or an address, and is masked so."""
    name = str(order.data.get("customer", {}).get("name") or order.customer_code or "")
    return masking.text(name, customer=order.customer_uuid) or gettext("Guest")


def actor(event: OrderEvent) -> str:
    """Who did it."""
    return trail_words.actor(event.actor_kind, event.actor_id, event.actor_label)


def told(amount: int, currency: str) -> str:
    """An amount of money in the reader's language."""
    return money.shown(amount, currency)
