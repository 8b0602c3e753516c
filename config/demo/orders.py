"""Two years of past orders of the sample shop, as its channels would export them.

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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from config.demo import shop
from config.demo.shop import SampleCustomer, SampleProduct
from shopman import money

DAYS: Final = 730
GUEST_ORDERS: Final = 40
#: One sale in so many is followed by the return of one of its lines, or is refunded.
SALES_PER_RETURN: Final = 40
SALES_PER_REFUND: Final = 30
#: Days between the first order of one who buys for good and that of the next one.
JOIN_GAP_DAYS: Final = 38
#: More orders than fit into two years.
FOR_GOOD: Final = 10_000
OPENING_HOURS: Final = range(8, 20)
HEADER: Final = ("order", "customer", "placed", "sku", "name", "quantity", "unit_price")
#: Sold at a fair across the border: not in the shop's currency.
FAIR: Final = "fair"
MAPPING: Final = """\
source = "{code}"
channel = "{code}"
channel_name = "{name}"
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
class Origin:
    """A channel with past orders, and its share of them in percent."""

    code: str
    name: str
    share: int


#: ``till`` keeps its code: orders of an earlier seed are found again.
ORIGINS: Final = (
    Origin(code="till", name="Shop counter", share=50),
    Origin(code="web-2024", name="Old web shop", share=32),
    Origin(code="phone", name="Telephone", share=18),
)
ABROAD: Final = Origin(code=FAIR, name="Fair in Porto", share=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How somebody buys: days between orders, days since the last one, and how many at most.

    ``last_spread_days`` is how much longer ago it was for the last of those with this habit.
    """

    gap_days: int
    last_days_ago: int
    last_spread_days: int = 2
    order_count: int = FOR_GOOD
    lines: int = 3


#: Customers take them in turn. The last one has never bought anything.
HABITS: Final[tuple[Habit | None, ...]] = (
    Habit(gap_days=8, last_days_ago=2, lines=5),
    Habit(gap_days=24, last_days_ago=9, last_spread_days=12),
    Habit(gap_days=30, last_days_ago=10, last_spread_days=16, order_count=12),
    Habit(gap_days=14, last_days_ago=1, last_spread_days=20, order_count=2),
    Habit(gap_days=40, last_days_ago=35, last_spread_days=50, order_count=9),
    Habit(gap_days=21, last_days_ago=100, last_spread_days=70, order_count=14, lines=4),
    Habit(gap_days=35, last_days_ago=190, last_spread_days=480, order_count=2),
    Habit(gap_days=1, last_days_ago=3, last_spread_days=25, order_count=1, lines=2),
    Habit(gap_days=75, last_days_ago=35, last_spread_days=45),
    None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOrder:
    """One order of the past, as its channel would export it."""

    ref: str
    origin: Origin
    customer: str
    placed: dt.datetime
    lines: Sequence[Line]
    #: What was given back later, in percent of the total.
    refunded_percent: int = 0


@contextmanager
def as_file(
    found: Sequence[PastOrder], origin: Origin, currency: str
) -> Iterator[tuple[Path, Path]]:
    """A channel's orders as a CSV file, and the mapping that reads it; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="demo-orders-") as folder:
        file, mapping = Path(folder) / "orders.csv", Path(folder) / "orders.toml"
        with file.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(HEADER)
            for order in found:
                if order.origin == origin:
                    writer.writerows(_written(order, currency))
        text = MAPPING.format(code=origin.code, name=origin.name, currency=currency)
        mapping.write_text(text, encoding="utf-8")
        yield file, mapping


def past(*, today: dt.datetime) -> list[PastOrder]:
    """Every order of the last two years: customers in turn, guests, and a fair abroad."""
    found: list[PastOrder] = []
    for number, customer in enumerate(shop.customers()):
        habit = HABITS[number % len(HABITS)]
        if habit is not None:
            found += _of_customer(customer, habit, number, today)
    draw = random.Random("guests")  # noqa: S311 (sample data)
    for number in range(GUEST_ORDERS):
        found.append(
            PastOrder(
                ref=f"T-GUEST-{number:03d}",
                origin=_origin(draw),
                customer="",
                placed=_placed(draw, today, draw.randint(1, DAYS)),
                lines=_lines(draw, count=2, is_member=False),
            )
        )
    for number, days_ago in enumerate((250, 249)):
        lines = [(each, 2, each.amount // 6) for each in draw.sample(shop.PRODUCTS, 2)]
        placed = _placed(draw, today, days_ago)
        code = shop.customers()[number].code
        found.append(
            PastOrder(
                ref=f"T-FAIR-{number}", origin=ABROAD, customer=code, placed=placed, lines=lines
            )
        )
    return found


def joined(found: Sequence[PastOrder], *, today: dt.datetime) -> dict[str, dt.datetime]:
    """When each customer became one: an hour before the first order, or lately without any."""
    first: dict[str, dt.datetime] = {}
    for order in found:
        if order.customer:
            first[order.customer] = min(order.placed, first.get(order.customer, order.placed))
    since: dict[str, dt.datetime] = {}
    for customer in shop.customers():
        draw = random.Random(f"joined {customer.code}")  # noqa: S311 (sample data)
        lately = _placed(draw, today, draw.randint(1, 60))
        since[customer.code] = first.get(customer.code, lately) - dt.timedelta(hours=1)
    return since


def _of_customer(
    customer: SampleCustomer, habit: Habit, number: int, today: dt.datetime
) -> Iterator[PastOrder]:
    draw = random.Random(customer.code)  # noqa: S311 (sample data)
    turn, turns = number // len(HABITS), len(shop.customers()) // len(HABITS)
    days_ago = habit.last_days_ago + habit.last_spread_days * turn // (turns - 1)
    # Whoever buys seldom began when their few orders say so.
    first = DAYS if habit.order_count < FOR_GOOD else DAYS - JOIN_GAP_DAYS * _rank(number)
    ordinal = 0
    while days_ago <= first and ordinal < habit.order_count:
        lines = _lines(draw, count=habit.lines, is_member=customer.group_code == "club")
        placed = _placed(draw, today, days_ago)
        ref, origin = f"T-{customer.code}-{ordinal:03d}", _origin(draw)
        refunded = draw.choice((25, 50, 100)) if draw.randrange(SALES_PER_REFUND) == 0 else 0
        order = PastOrder(
            ref=ref,
            origin=origin,
            customer=customer.code,
            placed=placed,
            lines=lines,
            refunded_percent=refunded,
        )
        yield order
        if not refunded and draw.randrange(SALES_PER_RETURN) == 0:
            product, _, amount = lines[0]
            back = placed + dt.timedelta(days=1)
            yield replace(order, ref=f"R{ref}", placed=back, lines=[(product, -1, amount)])
        days_ago += max(1, round(habit.gap_days * draw.uniform(0.6, 1.4)))
        ordinal += 1


def _rank(number: int) -> int:
    """How many customers before this one buy for good."""
    return sum(
        habit is not None and habit.order_count == FOR_GOOD
        for habit in (HABITS[each % len(HABITS)] for each in range(number))
    )


def _origin(draw: random.Random) -> Origin:
    return draw.choices(ORIGINS, weights=[each.share for each in ORIGINS])[0]


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


def _written(order: PastOrder, currency: str) -> Iterator[Row]:
    time = order.placed.replace(tzinfo=None).isoformat(sep=" ")
    for product, quantity, amount in order.lines:
        price = str(money.to_major(amount, currency))
        yield order.ref, order.customer, time, product.sku, product.name, str(quantity), price
