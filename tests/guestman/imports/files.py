"""Files to import, and what the database says before and after."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from guestman.contrib.identifiers.models import CustomerIdentifier, RecordLink, ReviewItem
from guestman.contrib.imports.rules.mapping import from_pairs
from guestman.contrib.imports.rules.table import open_table
from guestman.contrib.imports.services.sources import Source
from guestman.models import ContactPoint, Customer, CustomerAddress, CustomerGroup

Write = Callable[..., Path]


def source(path: Path, *, trusted: bool = False, system: str = "old") -> Source:
    """A file under the columns its header suggests."""
    table = open_table(path)
    mapping = from_pairs("guess", source=system, header=table.header)
    return Source(table=table, mapping=mapping, is_trusted=trusted)


#: What an import may write, but for its own records and the trail.
KEPT: Sequence[Any] = (
    Customer,
    CustomerGroup,
    ContactPoint,
    CustomerAddress,
    CustomerIdentifier,
    RecordLink,
    ReviewItem,
)
_CLOCK = {"version", "updated_at", "last_seen_at", "search_text"}


def digest() -> str:
    """SHA-256 of everything the import may write."""
    rows = [
        [model.__name__, {name: str(value) for name, value in row.items() if name not in _CLOCK}]
        for model in KEPT
        for row in model.objects.order_by("uuid").values()
    ]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def people() -> list[tuple[str, str, str]]:
    """Name, phone and e-mail of everybody."""
    return sorted(
        (f"{first} {last}".strip(), phone, email)
        for first, last, phone, email in Customer.objects.values_list(
            "first_name", "last_name", "phone", "email"
        )
    )
