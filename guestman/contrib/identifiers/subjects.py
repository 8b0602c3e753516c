"""What becomes of identifiers and links when their customer is merged into another one."""

from __future__ import annotations

import datetime as dt

from guestman.contrib.identifiers.models import CustomerIdentifier, RecordLink, ReviewParty
from guestman.services import merging
from shopman.subjects import Belonging, Row

_ORDER = ("weak", "asserted", "verified", "strong")


def connect() -> None:
    """Called when the app is ready."""
    merging.register(
        Belonging(model=CustomerIdentifier, parked=_only_claimed, is_stronger=_is_stronger),
        Belonging(model=RecordLink),
        Belonging(model=ReviewParty),
    )


def _only_claimed(_at: dt.datetime) -> Row:
    # The survivor has the same one: his decides.
    return {"is_pending": True, "strength": "weak"}


def _is_stronger(survivors: Row, duplicates: Row) -> bool:
    return _rank(duplicates) > _rank(survivors)


def _rank(row: Row) -> tuple[bool, int]:
    return not row["is_pending"], _ORDER.index(row["strength"])
