"""Two years of past orders of the sample shop, as a till would export them.

What each customer bought is drawn from their code, so every seed writes the same orders under the
same references; only the days move along with today. An import that finds a reference leaves the
order as it is.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.demo import shop
from config.demo.shop import SampleCustomer, SampleProduct
from shopman import clock, money
from shopman.models import Tenant

DAYS: Final = 730
GUEST_ORDERS: Final = 24
#: One sale in so many is followed by the return of one of its lines.
SALES_PER_RETURN: Final = 40
OPENING_HOURS: Final = range(8, 20)
HEADER: Final = ("order", "customer", "placed", "sku", "name", "quantity", "unit_price")
MAPPING: Final = """\
source = "till"
channel = "counter"
channel_name = "Shop counter"
currency = "{currency}"
one_order = "reference"
return_prefix = "R"

[columns]
reference = ["order"]
customer = ["customer"]
time = ["placed"]
sku = ["sku"]
name = ["name"]
quantity = ["quantity"]
unit_price = ["unit_price"]
"""

Row = tuple[str, str, str, str, str, str, str]
#: Product, quantity, unit price in minor units.
Line = tuple[SampleProduct, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How somebody buys: days between orders, days since the last one, and how many at most."""

    gap_days: int
    last_days_ago: int
    order_count: int = 10_000
    lines: int = 3


#: Customers take them in turn. The last one has never bought anything.
HABITS: Final[tuple[Habit | None, ...]] = (
    Habit(gap_days=8, last_days_ago=2, lines=5),
    Habit(gap_days=24, last_days_ago=9),
    Habit(gap_days=30, last_days_ago=20, order_count=12),
    Habit(gap_days=14, last_days_ago=4, order_count=2),
    Habit(gap_days=40, last_days_ago=55, order_count=9),
    Habit(gap_days=21, last_days_ago=150, order_count=14, lines=4),
    Habit(gap_days=35, last_days_ago=300, order_count=2),
    Habit(gap_days=1, last_days_ago=12, order_count=1, lines=2),
    Habit(gap_days=75, last_days_ago=70),
    None,
)


@contextmanager
def as_file(tenant: Tenant) -> Iterator[tuple[Path, Path]]:
    """The orders as a CSV file, and the mapping that reads it; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="demo-orders-") as folder:
        file, mapping = Path(folder) / "orders.csv", Path(folder) / "orders.toml"
        with file.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(HEADER)
            writer.writerows(rows(today=clock.now().astimezone(tenant.zone), tenant=tenant))
        mapping.write_text(MAPPING.format(currency=tenant.default_currency), encoding="utf-8")
        yield file, mapping


def rows(*, today: dt.datetime, tenant: Tenant) -> Iterator[Row]:
    """The file, row by row: customers in turn, then guests."""
    for number, customer in enumerate(shop.customers()):
        habit = HABITS[number % len(HABITS)]
        if habit is not None:
            yield from _of_customer(customer, habit, today=today, tenant=tenant)
    draw = random.Random("guests")  # noqa: S311 (sample data)
    for number in range(GUEST_ORDERS):
        lines = _lines(draw, count=2, is_member=False)
        placed = _placed(draw, today, draw.randint(1, DAYS))
        yield from _written(f"T-GUEST-{number:03d}", "", placed, lines, tenant)


def _of_customer(
    customer: SampleCustomer, habit: Habit, *, today: dt.datetime, tenant: Tenant
) -> Iterator[Row]:
    draw = random.Random(customer.code)  # noqa: S311 (sample data)
    days_ago, number = habit.last_days_ago + draw.randint(0, 2), 0
    while days_ago <= DAYS and number < habit.order_count:
        lines = _lines(draw, count=habit.lines, is_member=customer.group_code == "club")
        placed = _placed(draw, today, days_ago)
        ref = f"T-{customer.code}-{number:03d}"
        yield from _written(ref, customer.code, placed, lines, tenant)
        if draw.randrange(SALES_PER_RETURN) == 0:
            product, _, amount = lines[0]
            back = placed + dt.timedelta(days=1)
            yield from _written(f"R{ref}", customer.code, back, [(product, -1, amount)], tenant)
        days_ago += max(1, round(habit.gap_days * draw.uniform(0.6, 1.4)))
        number += 1


def _lines(draw: random.Random, *, count: int, is_member: bool) -> Sequence[Line]:
    products = draw.sample(shop.PRODUCTS, draw.randint(1, count))
    return [
        (each, draw.choice((1, 1, 1, 2, 2, 3)), each.club_amount if is_member else each.amount)
        for each in products
    ]


def _placed(draw: random.Random, today: dt.datetime, days_ago: int) -> dt.datetime:
    day = today - dt.timedelta(days=days_ago)
    return day.replace(
        hour=draw.choice(OPENING_HOURS), minute=draw.randrange(60), second=0, microsecond=0
    )


def _written(
    ref: str, customer: str, placed: dt.datetime, lines: Sequence[Line], tenant: Tenant
) -> Iterator[Row]:
    time = placed.replace(tzinfo=None).isoformat(sep=" ")
    for product, quantity, amount in lines:
        price = money.to_major(amount, tenant.default_currency)
        yield ref, customer, time, product.sku, product.name, str(quantity), str(price)
