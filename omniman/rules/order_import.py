"""How another system's order file is read: the mapping, which is a TOML file.

source = "old-shop"              # with the reference, the identity of an order
channel = "old-shop"             # made when there is none; channel_name names it
currency = "GBP"                 # ISO 4217, of every amount in the file
time_zone = "Europe/London"      # of the file's times; absent: the tenant's
time_formats = ["iso"]           # ISO 8601, or formats of strptime, tried in order
time_of_day = "12:00"            # for files that tell days only
encoding = "utf-8"
delimiter = ","
one_order = "reference"          # all rows with one reference; or "row", each row by itself
return_prefix = "C"              # references that begin so are credit notes
customer_code = "text"           # as it stands; or "digits", a number without leading zeros
sku = "CD"                       # for files without such a column; so is name

[columns]                        # names in the header, the first that is there counts
reference = ["InvoiceNo"]        # only where one_order is "reference"
customer = ["CustomerID"]
sku = ["StockCode"]
name = ["Description"]
quantity = ["Quantity"]
unit_price = ["UnitPrice"]       # or total = [...], what the whole row costs
time = ["InvoiceDate"]
buyer = ["Name"]                 # of guests: name, and contacts that lead to a customer
email = ["E-mail"]
phone = ["Phone"]                # national numbers are read as the tenant's

[positions]                      # for files with these suffixes, without header, with columns
suffixes = [".txt"]              # separated by spaces and counted from 1
customer = 2
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, get_args

from omniman.errors import InvalidMapping
from shopman import canonical

Field = Literal[
    "reference", "customer", "sku", "name", "quantity", "unit_price", "total", "time", "buyer",
    "email", "phone",
]  # fmt: skip
FIELDS: Final[tuple[str, ...]] = get_args(Field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A mapping, checked. See the module for what each key means."""

    source: str
    channel: str
    currency: str
    one_order: Literal["reference", "row"]
    columns: Dict[str, Sequence[str]]
    channel_name: str = ""
    time_zone: str | None = None
    time_formats: Sequence[str] = ("iso",)
    time_of_day: str = "00:00"
    encoding: str = "utf-8"
    delimiter: str = ","
    return_prefix: str = ""
    customer_code: Literal["text", "digits"] = "text"
    sku: str = ""
    name: str = ""
    positions: Dict[str, int] = field(default_factory=dict)
    position_suffixes: Sequence[str] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of everything it says: an import goes on only under the mapping it began with."""
        return canonical.digest(asdict(self))


def mapping(facts: Dict[str, Any]) -> Mapping:
    """The mapping that a TOML document describes. Raises InvalidMapping with what is wrong."""
    given: dict[str, Any] = dict(facts)
    given["columns"] = {
        name: [found] if isinstance(found, str) else found
        for name, found in given.get("columns", {}).items()
    }
    positions = dict(given.pop("positions", {}))
    suffixes = tuple(positions.pop("suffixes", ()))
    try:
        found = Mapping(**given, positions=positions, position_suffixes=suffixes)
    except TypeError as error:
        raise InvalidMapping(str(error).replace("Mapping.__init__() ", "")) from error
    for wrong in _complaints(found):
        raise InvalidMapping(wrong)
    return found


def _complaints(found: Mapping) -> Any:
    if not re.fullmatch(r"[A-Z]{3}", found.currency):
        yield "currency must be three capital letters (ISO 4217)."
    if not found.source or len(found.source) > 64:
        yield "source must be 1 to 64 characters."
    if found.one_order not in ("reference", "row"):
        yield 'one_order is "reference" or "row".'
    if found.customer_code not in ("text", "digits"):
        yield 'customer_code is "text" or "digits".'
    if found.time_zone is not None and found.time_zone not in zoneinfo.available_timezones():
        yield f"{found.time_zone} is not an IANA time zone."
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", found.time_of_day):
        yield "time_of_day is like 12:00."
    if found.positions and not found.position_suffixes:
        yield "positions need the suffixes of the files they are for."
    if not found.columns and not found.positions:
        yield "name the columns."
    for place in filter(None, (found.columns, found.positions)):
        yield from _misplaced(found, place)


def _misplaced(found: Mapping, place: Dict[str, Any]) -> Any:
    unknown = [name for name in place if name not in FIELDS]
    if unknown:
        yield f"{unknown[0]} is not a field; fields are {', '.join(FIELDS)}."
    needed = ["quantity", "time", *(["reference"] if found.one_order == "reference" else [])]
    missing = [name for name in needed if name not in place]
    if missing:
        yield f"{missing[0]} has no column."
    if ("unit_price" in place) == ("total" in place):
        yield "name a column of unit_price or of total."


def moment(text: str, formats: Sequence[str], time_of_day: str) -> dt.datetime:
    """A time of the file, still without a zone or with its own. Raises ValueError."""
    for each in formats:
        try:
            found = (
                dt.datetime.fromisoformat(text)
                if each == "iso"
                else dt.datetime.strptime(text, each)  # noqa: DTZ007  # the zone follows
            )
        except ValueError:
            continue
        has_time = len(text) > 10 if each == "iso" else "%H" in each or "%I" in each
        if has_time:
            return found
        return dt.datetime.combine(found.date(), dt.time.fromisoformat(time_of_day))
    raise ValueError(text)
