"""The whole database as one value, to see that something left nothing otherwise."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps

Dump = dict[str, dict[str, str]]

#: What happened is written down, and work that is due is noted; both only grow.
TRAIL: Final = frozenset(
    {
        "shopman.AuditEntry",
        "shopman.OutboxEvent",
        "guestman_merge.Merge",
        "guestman_merge.MergeMove",
        "guestman_merge.MergeUndo",
        "guestman_merge.MergeReturn",
        "guestman_duplicates.PairDecision",
        "guestman_duplicates.ChangedCustomer",
        # Who was taken apart is protected from being merged again by mistake.
        "guestman_duplicates.DuplicatePair",
        # Made anew from orders, and from what customers are found by.
        "guestman_insights.CustomerInsight",
        "guestman_duplicates.BlockingKey",
        # Whoever works at the desk.
        "sessions.Session",
        "shopman.StaffSession",
    }
)


def dump() -> Dump:
    """Every row of every table but the trail, by key; each column as it is stored."""
    return {
        model._meta.label: {str(row["pk"]): repr(row) for row in _rows(model)}
        for model in _tables()
    }


def counts() -> dict[str, int]:
    """How many rows each of these tables has."""
    return {model._meta.label: model._base_manager.count() for model in _tables()}


def _tables() -> list[Any]:
    found = [each for each in apps.get_models() if each._meta.label not in TRAIL]
    assert len(found) > 40, "tables are missing"
    return found


def _rows(model: Any) -> Any:
    columns = [field.attname for field in model._meta.concrete_fields]
    return model._base_manager.values("pk", *columns)


def otherwise(before: Dump, after: Dump) -> dict[str, tuple[str | None, str | None]]:
    """Rows that two dumps do not have alike, as they are in each."""
    return {
        f"{label} {key}": (before[label].get(key), after[label].get(key))
        for label in before
        for key in sorted({*before[label], *after[label]})
        if before[label].get(key) != after[label].get(key)
    }
