"""What is left of an order's frozen facts when the person is erased.

Amounts, lines, channel and time stay. Of the customer the key stays, and for a while what the law
on taxes asks for; ``redaction`` says which paths, until when and why:

    {"redaction": {"at": "2026-03-01T12:00:00+00:00", "held": ["customer.document"],
                   "until": "2031-12-31", "ground": "..."}}
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, Final

from omniman.rules.snapshot import Facts

#: The parts of a customer that are texts.
_TEXTS: Final = ("name", "phone", "email", "document")
_ADDRESSES: Final = ("delivery_address", "billing_address")


def held_until(data: Mapping[str, Any], placed_at: dt.datetime, years: int) -> dt.date | None:
    """The last day an order's facts are held; None where no invoice can have named the person."""
    if not years or not _at(data, "customer.document"):
        return None
    return dt.date(placed_at.year + years, 12, 31)


def redacted(
    data: Mapping[str, Any],
    *,
    at: dt.datetime,
    held: Collection[str] = (),
    until: dt.date | None = None,
    ground: str = "",
) -> Facts:
    """The facts without the person, but for the paths ``held``. Doing it again changes nothing."""
    kept = {path: found for path in sorted(held) if until and (found := _at(data, path))}
    facts = {
        **data,
        "customer": _nobody(data.get("customer") or {}),
        **{name: _country(data.get(name)) for name in _ADDRESSES},
    }
    for path, value in kept.items():
        _put(facts, path, value)
    note: Facts = {"at": at.isoformat(), "held": sorted(kept)}
    if kept and until:
        note |= {"until": until.isoformat(), "ground": ground}
    before = data.get("redaction")
    if isinstance(before, Mapping) and {**before, "at": None} == {**note, "at": None}:
        note = dict(before)
    return {**facts, "redaction": note}


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
