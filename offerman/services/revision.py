"""How rows that people edit are changed: only what differs, one version up, remembered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from offerman.errors import StaleVersion
from offerman.models import PriceList, PriceListItem, Product
from shopman import audit
from shopman.errors import changed_meanwhile
from shopman.unset import UNSET

Row = Product | PriceList | PriceListItem


def require(row: Row, expected: int | None, wanted: Mapping[str, Any]) -> None:
    """Raise StaleVersion, naming the fields that differ, when the row has another version.

    None expects nothing. The row must be locked.
    """
    if expected is None or row.version == expected:
        return
    raise StaleVersion(errors=changed_meanwhile(_differing(row, wanted)))


def revise(row: Row, wanted: Mapping[str, Any], *, action: str) -> list[str]:
    """Write the fields that differ, raise the version, record it; returns the changed names."""
    changed = _differing(row, wanted)
    if not changed:
        return []
    before = {name: as_json(getattr(row, name)) for name in changed}
    for name in changed:
        setattr(row, name, wanted[name])
    row.version += 1
    row.save(update_fields=[*changed, "version", "updated_at"])
    after = {name: as_json(wanted[name]) for name in changed}
    audit.record(subject=row.subject, action=action, before=before, after=after)
    return changed


def as_json(value: Any) -> Any:
    """A field's value as the audit trail keeps it."""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _differing(row: Row, wanted: Mapping[str, Any]) -> list[str]:
    return [
        name for name, value in wanted.items() if value is not UNSET and getattr(row, name) != value
    ]
