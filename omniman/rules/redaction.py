"""What is left of an order's frozen facts when the person is erased.

Amounts, lines, channel and time stay. Of the customer the key stays, and for a while what the law
on taxes asks for, and what it takes to deliver an order under way; ``redaction`` says which paths,
until when and why:

    {"redaction": {"at": "2026-03-01T12:00:00+00:00", "held": ["customer.document"],
                   "until": "2031-12-31", "ground": "...",
                   "under_way": {"held": ["delivery_address"], "until": "2026-05-30"}}}
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from omniman.rules.snapshot import Facts
from omniman.rules.status import UNDER_WAY, Kind

#: The parts of a customer that are texts.
_TEXTS: Final = ("name", "phone", "email", "document")
_ADDRESSES: Final = ("delivery_address", "billing_address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Paths into the facts that stay, and the last day they do."""

    paths: Collection[str]
    until: dt.date
    ground: str = ""


def held_until(data: Mapping[str, Any], placed_at: dt.datetime, years: int) -> dt.date | None:
    """The last day an order's facts are held; None where no invoice can have named the person."""
    if not years or not _at(data, "customer.document"):
        return None
    return dt.date(placed_at.year + years, 12, 31)


def needed_until(
    status: str, placed_at: dt.datetime, days: int, *, kind: str = Kind.SALE
) -> dt.date | None:
    """The last day an order's facts are needed to deliver it; None where it is not under way."""
    if kind != Kind.SALE or status not in UNDER_WAY:
        return None
    return placed_at.date() + dt.timedelta(days=days)


def redacted(
    data: Mapping[str, Any],
    *,
    at: dt.datetime,
    law: Held | None = None,
    under_way: Held | None = None,
) -> Facts:
    """The facts without the person, but for what is held. Doing it again changes nothing."""
    by_law, needed = _kept(data, law), _kept(data, under_way)
    facts = {
        **data,
        "customer": _nobody(data.get("customer") or {}),
        **{name: _country(data.get(name)) for name in _ADDRESSES},
    }
    for path, value in (by_law | needed).items():
        _put(facts, path, value)
    note: Facts = {"at": at.isoformat(), "held": sorted(by_law)}
    if by_law and law:
        note |= {"until": law.until.isoformat(), "ground": law.ground}
    if needed and under_way:
        note["under_way"] = {"held": sorted(needed), "until": under_way.until.isoformat()}
    before = data.get("redaction")
    if isinstance(before, Mapping) and {**before, "at": None} == {**note, "at": None}:
        note = dict(before)
    return {**facts, "redaction": note}


def next_release(facts: Mapping[str, Any]) -> dt.date | None:
    """The first day on which something held may have to go is the one after this."""
    note = facts["redaction"]
    days = (note.get("until"), note.get("under_way", {}).get("until"))
    return min((dt.date.fromisoformat(day) for day in days if day), default=None)


def is_held_to_deliver(facts: Mapping[str, Any]) -> bool:
    """Whether an erasure left something only because the order was under way."""
    return bool((facts.get("redaction") or {}).get("under_way"))


def _kept(data: Mapping[str, Any], held: Held | None) -> Facts:
    return {path: found for path in held.paths if (found := _at(data, path))} if held else {}


def _nobody(customer: Mapping[str, Any]) -> Facts:
    return {
        "uuid": customer.get("uuid"),
        "code": None,
        **dict.fromkeys(_TEXTS, ""),
        "group": customer.get("group"),
        "contact_points": [],
    }


def _country(address: Any) -> Facts | None:
    """Where taxes were due; nothing finer."""
    if not isinstance(address, Mapping):
        return None
    return {"country": address.get("country", "")}


def _at(data: Mapping[str, Any], path: str) -> Any:
    found: Any = data
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _put(facts: Facts, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for name in parents:
        facts = facts[name]
    facts[last] = value
