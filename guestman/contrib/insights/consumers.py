"""What insights hear from the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from guestman.contrib.insights import tasks
from guestman.contrib.insights.service import mark_stale
from shopman.models import OutboxEvent

MERGES: Final = frozenset({"guestman.customers_merged", "guestman.customers_unmerged"})
MERGED: Final = ("customer_uuid", "merged_uuid")


def consume(event: OutboxEvent) -> None:
    """An order app's event marks the customers it names out of date and has them refreshed.

    So do a merge and an un-merge, of both customers they are about.

    Payload keys: ``customer_uuid`` (one) or ``customer_uuids`` (many, as an import tells them; also
    under ``customers``). Many are only marked: the next recalculation or the regular refresh takes
    them together. Bears being called twice.
    """
    if event.name in MERGES:
        tasks.request_refresh(mark_stale([event.payload[name] for name in MERGED]))
        return
    if not event.name.startswith("omniman."):
        return
    one, many = _named(event.payload)
    if many:
        mark_stale(many)
    if one and (marked := mark_stale([one])):
        tasks.request_refresh(marked)


def _named(payload: Mapping[str, Any]) -> tuple[str | None, list[str]]:
    many = payload.get("customer_uuids") or payload.get("customers") or []
    return payload.get("customer_uuid"), list(many)
