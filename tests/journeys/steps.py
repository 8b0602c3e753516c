"""What the children of ``test_crashes`` do: ``python -m tests.journeys.steps [CARTS TO MAKE]``.

They work on the database of ``DATABASE_URL`` and are killed at any moment.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from uuid import UUID

import tests.environment  # noqa: F401 (before Django reads its settings)

import django  # isort: skip

django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import Sum  # noqa: E402

from guestman.services import customer  # noqa: E402
from omniman.models import Cart, Order, OrderCommit, OrderEvent, OrderLine  # noqa: E402
from omniman.services import cart, order  # noqa: E402
from shopman import tenancy  # noqa: E402
from shopman.canonical import digest  # noqa: E402
from shopman.models import OutboxEvent, Tenant  # noqa: E402
from tests.journeys import shop  # noqa: E402


def fill(count: str) -> None:
    """Carts waiting to be ordered: a customer's and a visitor's in turn, three lines each."""
    shop.open_shop(tenancy.current())
    for number in range(int(count)):
        if number % 2:
            row = cart.open_for_guest().cart
        else:
            row = cart.open_for_customer(customer_uuid=customer.create(first_name="Ann").pk)
        for sku in shop.PRICES:
            cart.set_line(cart=row, sku=sku, quantity=number % 7 + 1)


def commit() -> None:
    """Say what is there, then order every cart and say which order each key led to."""
    look()
    for row in Cart.objects.order_by("uuid"):
        placed = order.commit(cart=row, idempotency_key=f"key-{row.pk}")
        say([str(row.pk), str(placed.pk)])


def look() -> None:
    """What the database has, order by order."""
    lines = dict(OrderLine.objects.values_list("order").annotate(total=Sum("total_amount")))
    commits = dict(OrderCommit.objects.values_list("order", "cart_uuid"))
    subjects = Counter(
        OutboxEvent.objects.filter(name="omniman.order_committed").values_list("subject", flat=True)
    )
    events = Counter(OrderEvent.objects.values_list("order", flat=True))
    ordered = set(Cart.objects.filter(committed_at__isnull=False).values_list("uuid", flat=True))
    broken = [
        str(row.pk)
        for row in Order.objects.all()
        if row.data_digest != digest(row.data)
        or lines.get(row.pk) != row.total_amount
        or row.data["totals"]["total_amount"] != row.total_amount
        or len(row.data["lines"]) != len(shop.PRICES)
        or subjects[f"order:{row.pk}"] != 1
        or events[row.pk] != 1
        or commits.get(row.pk) not in ordered
    ]
    say(
        {
            "orders": {str(cart_uuid): str(key) for key, cart_uuid in commits.items()},
            "order_count": Order.objects.count(),
            "line_orders": len(lines),
            "outbox_count": sum(subjects.values()),
            "cart_count": len(ordered),
            "broken": broken,
        }
    )


def say(what: object) -> None:
    sys.stdout.write(json.dumps(what, default=_plain) + "\n")
    sys.stdout.flush()


def _plain(value: object) -> str:
    assert isinstance(value, UUID)
    return str(value)


if __name__ == "__main__":
    facts = settings.SHOPMAN_DEFAULT_TENANT
    tenant, _ = Tenant.objects.get_or_create(
        slug=facts["slug"],
        defaults={
            "name": "Shop",
            "default_currency": facts["currency"],
            "default_region": facts["region"],
            "time_zone": facts["time_zone"],
        },
    )
    with tenancy.use(tenant):
        if len(sys.argv) > 1:
            fill(sys.argv[1])
        commit()
        look()
