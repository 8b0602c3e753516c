"""Nothing that any app or page writes about a person is left after an erasure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guestman.contrib.privacy.service import erase, preview_erasure
from guestman.models import Customer
from shopman.models import Tenant
from tests.privacy import dumps, rooms, someone

pytestmark = pytest.mark.django_db


def test_of_the_rooms_and_of_staff_nothing_is_left(
    marina: Customer,
    opened: Tenant,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        twin = rooms.make(marina, opened, tmp_path)
    before = dumps.traces(rooms.VALUES)
    assert len(before) > 25, sorted(before)
    with django_capture_on_commit_callbacks(execute=True):
        erase(customer=twin, reason="request 16")
    doubts = [each.row for each in preview_erasure(customer=marina).doubts]
    with django_capture_on_commit_callbacks(execute=True):
        erase(customer=Customer.objects.get(pk=marina.pk), reason="request 17", also=doubts)
    left = dumps.traces(rooms.VALUES)
    assert left.pop("omniman_order") <= set(someone.HELD)
    assert left == {}
