"""Orders of the last days through the web shop, at every stage of their lives."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from config.demo import shop
from guestman.models import Customer
from omniman.models import Channel, Order
from omniman.rules.status import Status
from omniman.services import cart, order
from shopman import clock

#: Hours ago, and how far it came; None for a guest's.
STAGES: Final[Sequence[tuple[int, Status, int | None]]] = (
    (2, Status.PLACED, 3),
    (5, Status.PLACED, None),
    (8, Status.CONFIRMED, 11),
    (22, Status.PREPARING, 1),
    (26, Status.READY, 21),
    (49, Status.DISPATCHED, 33),
    (54, Status.CANCELLED, 13),
    (74, Status.DELIVERED, 31),
    (98, Status.DELIVERED, 41),
    (122, Status.CANCELLED, None),
    (170, Status.COMPLETED, 10),
    (200, Status.RETURNED, 51),
)
_PATH: Final = (
    Status.PLACED,
    Status.CONFIRMED,
    Status.PREPARING,
    Status.READY,
    Status.DISPATCHED,
    Status.DELIVERED,
    Status.COMPLETED,
)
#: What comes before the ends that lie beside the path.
_BEFORE: Final[Mapping[Status, Status]] = {
    Status.CANCELLED: Status.CONFIRMED,
    Status.RETURNED: Status.DELIVERED,
}


def open_orders(*, today: dt.datetime) -> None:
    """Commit each sample order at its hour and bring it as far as it came, once."""
    channel = Channel.objects.get(code="web")
    if Order.objects.filter(channel=channel).exists():
        return
    owners = dict(Customer.objects.values_list("code", "uuid"))
    people = shop.customers()
    for number, (hours, status, person) in enumerate(STAGES):
        placed = today - dt.timedelta(hours=hours)
        owner = None if person is None else owners.get(people[person].code)
        with clock.at(placed):
            made = _commit(number, channel, owner)
        for step, then in enumerate(_steps(status), start=1):
            with clock.at(placed + dt.timedelta(minutes=20 * step)):
                made = order.transition(order=made, to=then)


def _commit(number: int, channel: Channel, owner: UUID | None) -> Order:
    draw = random.Random(f"days {number}")  # noqa: S311 (sample data)
    if owner is None:
        found = cart.open_for_guest(channel=channel).cart
    else:
        found = cart.open_for_customer(customer_uuid=owner, channel=channel)
    for product in draw.sample(shop.PRODUCTS, draw.randint(1, 4)):
        cart.set_line(cart=found, sku=product.sku, quantity=draw.randint(1, 3))
    return order.commit(cart=found, idempotency_key=f"demo-{found.pk}")


def _steps(status: Status) -> list[str]:
    reached = _BEFORE.get(status, status)
    walked: list[str] = list(_PATH[1 : _PATH.index(reached) + 1])
    return walked if reached == status else [*walked, status]
