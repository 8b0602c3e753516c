"""Which rows of an order file count, what they cost, and which rows make one order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from omniman.errors import UnreadableOrderFile
from omniman.rules import order_import
from omniman.rules.order_import import Mapping
from omniman.rules.status import Kind
from omniman.rules.totals import MAX_QUANTITY, QUANTITY_STEP
from shopman import money

#: Unit prices and line totals in minor units are below this (business default), so that the total
#: of an order fits 64 bits.
AMOUNT_LIMIT: Final = 10**15
_LIMITS: Final = {
    "reference": 150, "customer": 64, "sku": 100, "name": 300, "buyer": 300, "email": 254,
    "phone": 64,
}  # fmt: skip
_BUYER: Final = ("buyer", "email", "phone")
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)
#: Different texts of one kind that are remembered, however long the file.
_CACHE: Final = 50_000


class Rejected(Exception):
    """A row does not count. The argument is the reason, a stable word."""


class Line(NamedTuple):
    """A row that counts: plain values, because it waits in a file until its order is complete."""

    #: Line of the file, from 1.
    line: int
    sku: str
    name: str
    #: Canonical decimal text, at most three places; negative in a return.
    quantity: str
    #: Minor units, rounded half-even.
    unit_price_amount: int
    total_amount: int
    #: What the file says, where the minor unit is too coarse for it.
    exact_price: str | None
    #: Microseconds since 1970 in UTC.
    placed: int
    #: Empty for a guest.
    customer: str
    #: Of whoever ordered, as the file says; nothing is proved.
    buyer: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedOrder:
    """An order as the file tells it. Total in minor units, negative or zero for a return."""

    external_ref: str
    kind: Kind
    customer_code: str | None
    placed_at: dt.datetime
    total_amount: int
    lines: Sequence[Line]
    #: Of whoever ordered, as the file says.
    buyer: str = ""
    email: str = ""
    phone: str = ""

    @property
    def is_nameable_guest(self) -> bool:
        """Whether the order has no customer, and contacts that may lead to one."""
        return self.customer_code is None and bool(self.email or self.phone)


class RowRules:
    """Reads rows of one file. ``columns`` tells where each field is, counted from 0."""

    def __init__(
        self, mapping: Mapping, columns: dict[str, int], *, zone: ZoneInfo, width: int | None
    ) -> None:
        self.mapping = mapping
        self.width = width
        self.least = max(columns.values()) + 1
        self._columns = columns
        self._has_buyer = not columns.keys().isdisjoint(_BUYER)
        self._constants = {"sku": mapping.sku, "name": mapping.name}
        self._moment = lru_cache(_CACHE)(self._read_moment)
        self._amounts = lru_cache(_CACHE)(self._read_amounts)
        self._clean = lru_cache(_CACHE)(_cleaned)
        self._zone = zone
        self._day_of = lru_cache(_CACHE)(self._read_day)

    def read(self, number: int, cells: Sequence[str]) -> tuple[str, Line]:
        """The key of the row's order, and the row. Raises Rejected."""
        if len(cells) < self.least or (self.width is not None and len(cells) != self.width):
            raise Rejected("column_count")
        columns, mapping = self._columns, self.mapping
        customer = self._text(cells, "customer")
        if customer and mapping.customer_code == "digits":
            customer = _digits(customer)
        time = cells[columns["time"]].strip()
        placed = self._moment(time)
        if mapping.one_order == "reference":
            key = self._text(cells, "reference")
            if not key:
                raise Rejected("no_reference")
        else:
            key = f"{customer or 'guest'}-{self._day_of(time)}"
        price = columns.get("unit_price", columns.get("total", 0))
        quantity, unit, total, exact = self._amounts(
            cells[columns["quantity"]], cells[price], self.is_return(key)
        )
        sku, name = self._text(cells, "sku"), self._text(cells, "name")
        buyer = [self._text(cells, each) for each in _BUYER] if self._has_buyer else ()
        return key, Line(number, sku, name, quantity, unit, total, exact, placed, customer, *buyer)

    def is_return(self, key: str) -> bool:
        """Whether a reference is a credit note's."""
        prefix = self.mapping.return_prefix
        return bool(prefix) and key.startswith(prefix)

    def _text(self, cells: Sequence[str], name: str) -> str:
        at = self._columns.get(name)
        if at is None:
            return self._constants.get(name, "")
        return self._clean(cells[at], name)

    def _read_moment(self, text: str) -> int:
        try:
            found = order_import.moment(text, self.mapping.time_formats, self.mapping.time_of_day)
        except ValueError:
            raise Rejected("time_unreadable") from None
        # A local time that the clocks skipped is read with the offset before the change, one that
        # they repeated as its first occurrence (PEP 495, fold=0).
        aware = found if found.tzinfo else found.replace(tzinfo=self._zone)
        return (aware.astimezone(dt.UTC) - _EPOCH) // _MICROSECOND

    def _read_day(self, text: str) -> str:
        mapping = self.mapping
        found = order_import.moment(text, mapping.time_formats, mapping.time_of_day)
        return found.date().isoformat()

    def _read_amounts(
        self, quantity_text: str, price_text: str, is_return: bool
    ) -> tuple[str, int, int, str | None]:
        quantity = _decimal(quantity_text, "quantity_unreadable")
        price = _decimal(price_text, "price_unreadable")
        if is_return and quantity >= 0:
            raise Rejected("quantity_not_negative")
        if not is_return and quantity <= 0:
            raise Rejected("quantity_not_positive")
        if abs(quantity) >= MAX_QUANTITY or quantity != quantity.quantize(QUANTITY_STEP):
            raise Rejected("quantity_too_precise")
        currency = self.mapping.currency
        if "total" in self._columns:
            total_price, price = price, price / abs(quantity)
            if is_return and total_price > 0:
                total_price = -total_price
        else:
            total_price = price * quantity
        if price < 0:
            raise Rejected("price_below_zero")
        unit, total = _minor(price, currency), _minor(total_price, currency)
        is_exact = "total" in self._columns or money.to_major(unit, currency) == price
        exact = None if is_exact else price_text.strip()
        return _plain(quantity), unit, total, exact


def orders(
    key: str,
    lines: Sequence[Line],
    rules: RowRules,
    reject: Callable[[Line, str], None],
) -> Iterator[ImportedOrder]:
    """The order, or orders, that the rows of one key make, in the order of the file.

    A row of another customer than the rows before it is rejected; one without a customer goes with
    the others.
    """
    if rules.mapping.one_order == "row":
        for count, line in enumerate(lines, start=1):
            yield _order(f"{key}-{count}", [line], rules)
        return
    customer = next((line.customer for line in lines if line.customer), "")
    kept = []
    for line in lines:
        if line.customer in ("", customer):
            kept.append(line)
        else:
            reject(line, "another_customer")
    yield _order(key, kept, rules)


def _order(ref: str, lines: Sequence[Line], rules: RowRules) -> ImportedOrder:
    # What stands in one row together is one person's.
    who = next((line for line in lines if line.email or line.phone or line.buyer), lines[0])
    return ImportedOrder(
        external_ref=ref,
        kind=Kind.RETURN if rules.is_return(ref) else Kind.SALE,
        customer_code=next((line.customer for line in lines if line.customer), None),
        placed_at=_EPOCH + min(line.placed for line in lines) * _MICROSECOND,
        total_amount=sum(line.total_amount for line in lines),
        lines=lines,
        buyer=who.buyer,
        email=who.email,
        phone=who.phone,
    )


def columns_of(mapping: Mapping, header: Sequence[str]) -> dict[str, int]:
    """Where each field is, by the names in the header. Raises UnreadableOrderFile."""
    names = [name.strip() for name in header]
    found: dict[str, int] = {}
    for name, aliases in mapping.columns.items():
        at = next((names.index(alias) for alias in aliases if alias in names), None)
        if at is None:
            raise UnreadableOrderFile(f"The file has no column {aliases[0]!r}.")
        found[name] = at
    return found


def _decimal(text: str, reason: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise Rejected(reason) from None
    if not number.is_finite():
        raise Rejected(reason)
    # A large exponent is refused before anything is computed with it.
    if number and abs(number.adjusted()) > 18:
        raise Rejected(reason)
    return number


def _minor(amount: Decimal, currency: str) -> int:
    minor = amount.scaleb(money.exponent(currency)).quantize(Decimal(1), ROUND_HALF_EVEN)
    if abs(minor) >= AMOUNT_LIMIT:
        raise Rejected("amount_too_large")
    return int(minor)


def _plain(quantity: Decimal) -> str:
    text = format(quantity, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _digits(text: str) -> str:
    if not (text.isascii() and text.isdigit()):
        raise Rejected("customer_unreadable")
    return str(int(text))


def _cleaned(text: str, name: str) -> str:
    text = text.strip()
    if len(text) > _LIMITS[name]:
        raise Rejected(f"{name}_too_long")
    if "\x00" in text:
        # PostgreSQL cannot keep it.
        raise Rejected("control_character")
    try:
        # Bytes of another encoding came as lone surrogates.
        text.encode()
    except UnicodeEncodeError:
        raise Rejected("not_the_encoding") from None
    return text
