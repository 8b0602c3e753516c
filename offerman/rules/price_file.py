"""Reading a price list from CSV, without touching a database.

The first line names the columns, in any order: ``sku`` and ``amount``, and optionally
``minimum_quantity``, ``valid_from`` and ``valid_until``. Commas or semicolons separate them. An
amount is in major units with a decimal point (``12.50``) and no finer than the currency's minor
unit. A time is ISO 8601; without an offset it is in the shop's time zone, and a bare date is its
first moment.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo

from offerman.errors import InvalidPeriod, InvalidPrice, InvalidQuantity, UnreadableFile
from offerman.rules import amounts
from offerman.rules.validity import Period
from shopman import money
from shopman.numbers import decimal

REQUIRED: Final = ("sku", "amount")
OPTIONAL: Final = ("minimum_quantity", "valid_from", "valid_until")
#: Lines in one file (business default).
LINE_LIMIT: Final = 50_000

#: What makes two prices the same one: SKU, minimum quantity, first moment.
Key = tuple[str, Decimal, dt.datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """One price of the file. ``line`` counts from 1, the line with the names included."""

    line: int
    sku: str
    amount: int
    minimum_quantity: Decimal
    period: Period

    @property
    def key(self) -> Key:
        return self.sku, self.minimum_quantity, self.period.valid_from


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProblem:
    """Why a line cannot be imported; ``code`` is an error's code."""

    line: int
    code: str
    message: str


def read(
    content: str, *, currency: str, zone: ZoneInfo
) -> tuple[Sequence[PriceRow], Sequence[LineProblem]]:
    """The prices of the file, and the lines that hold none. Raises UnreadableFile."""
    reader = _reader(content)
    rows: dict[Key, PriceRow] = {}
    problems: list[LineProblem] = []
    try:
        for cells in reader:
            found = _row(cells, reader.line_num, currency, zone)
            if isinstance(found, PriceRow) and found.key in rows:
                first = rows[found.key].line
                found = _problem(found.line, "duplicate_line", f"Line {first} says the same price.")
            if isinstance(found, LineProblem):
                problems.append(found)
            else:
                rows[found.key] = found
            if len(rows) + len(problems) > LINE_LIMIT:
                raise UnreadableFile(f"A file has at most {LINE_LIMIT} lines.")
    except csv.Error as error:
        raise UnreadableFile(f"Line {reader.line_num} is not CSV: {error}.") from error
    return list(rows.values()), problems


def _reader(content: str) -> csv.DictReader[str]:
    text = content.removeprefix("\ufeff")
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, strict=True)
    names = [name.strip() for name in reader.fieldnames or ()]
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in (*REQUIRED, *OPTIONAL)]
    if missing or unknown or len(set(names)) != len(names):
        raise UnreadableFile(
            f"The first line must name {', '.join(REQUIRED)}, and may name {', '.join(OPTIONAL)}."
        )
    reader.fieldnames = names
    return reader


def _row(
    cells: Mapping[str | None, str | None], line: int, currency: str, zone: ZoneInfo
) -> PriceRow | LineProblem:
    if None in cells or None in cells.values():
        return _problem(line, "column_count", "The line has too many or too few columns.")
    values = {name: (value or "").strip() for name, value in cells.items() if name}
    if not values["sku"]:
        return _problem(line, "blank", "The line names no SKU.")
    try:
        return PriceRow(
            line=line,
            sku=values["sku"],
            amount=_amount(values["amount"], currency),
            minimum_quantity=amounts.minimum_quantity(values.get("minimum_quantity") or "0"),
            period=Period(
                valid_from=_moment(values.get("valid_from", ""), zone),
                valid_until=_moment(values.get("valid_until", ""), zone),
            ),
        )
    except (InvalidPrice, InvalidQuantity, InvalidPeriod) as error:
        return _problem(line, error.code, error.detail)


def _amount(text: str, currency: str) -> int:
    try:
        amount = decimal(text)
    except InvalidOperation:
        raise InvalidPrice(f"{text!r} is not an amount like 12.50.") from None
    if not amount.is_finite() or not 0 <= amount <= amounts.PRICE_LIMIT:
        raise InvalidPrice
    minor = money.to_minor(amount, currency)
    if money.to_major(minor, currency) != amount:
        raise InvalidPrice(f"{text} is finer than the smallest unit of {currency}.")
    return amounts.price(minor)


def _moment(text: str, zone: ZoneInfo) -> dt.datetime | None:
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)
    except ValueError:
        raise InvalidPeriod(f"{text!r} is not a date or time like 2026-01-31.") from None
    except OverflowError:
        raise InvalidPeriod(f"{text!r} is outside the calendar; leave it empty for open.") from None


def _problem(line: int, code: str, message: str) -> LineProblem:
    return LineProblem(line=line, code=code, message=message)
