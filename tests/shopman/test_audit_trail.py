"""The audit trail as people read it."""

from __future__ import annotations

from typing import Any

import pytest

from shopman import audit, audit_trail
from shopman.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

KEY = "01a1fc42-cf47-76ec-9007-478c0e5ffd84"


def lines(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    row = AuditEntry(action="thing.change_name", before=before, after=after)
    return [(line.field, line.old, line.new) for line in audit_trail.read(row).lines]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"name": "A"}, {"name": "B", "version": 2}, [("name", "A", "B")]),
        ({}, {"is_shared": True}, [("is shared", "", "yes")]),
        ({"assigned_to_id": 1}, {"assigned_to_id": None}, [("assigned to", "1", "")]),
        ({"name": None}, {"name": ""}, []),
        ({}, {"notes": "x" * 200}, [("notes", "", "x" * 120 + "…")]),
        (
            {"at": None},
            {"at": "2026-01-02T03:04:05.678901+00:00"},
            [("at", "", "01/02/2026 3:04 a.m.")],
        ),
        (
            {"points": {KEY: {"kind": "phone", "is_primary": True}}},
            {"points": {KEY: {"kind": "whatsapp", "is_primary": True}}},
            [("points: kind", "phone", "whatsapp")],
        ),
        (
            {},
            {"points": {KEY: {"kind": "phone", "value": "+55", "is_shared": False, "version": 1}}},
            [("points", "", "phone, +55")],
        ),
        (
            {"points": {KEY: {"kind": "phone", "value": "+55"}}},
            {"points": {KEY: None}},
            [("points", "phone, +55", "")],
        ),
    ],
)
def test_changes_read_as_lines(
    before: dict[str, Any], after: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    assert lines(before, after) == expected


def test_the_newest_change_comes_first_and_pages_follow() -> None:
    for number in range(3):
        audit.record(subject="thing:1", action="thing.change", after={"number": number})
    audit.record(subject="thing:2", action="thing.change", after={"number": 9})
    first = audit_trail.of("thing:1", limit=2)
    rest = audit_trail.of("thing:1", limit=2, offset=2)
    assert [entry.lines[0].new for entry in (*first, *rest)] == ["2", "1", "0"]
    assert first[0].action == "Thing: change"
    assert first[0].actor == "the system"
