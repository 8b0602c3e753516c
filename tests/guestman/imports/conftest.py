"""A shop to import into."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopman.models import Tenant
from tests.guestman.factories import CustomerGroupFactory
from tests.guestman.imports.files import Write


@pytest.fixture(autouse=True)
def shop(in_tenant: Tenant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Tenant:
    """A shop with a default group, and an empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    CustomerGroupFactory(code="regular", is_default=True)
    return in_tenant


@pytest.fixture
def write() -> Write:
    """Make a CSV file of lines."""

    def make(*lines: str, name: str = "customers.csv") -> Path:
        path = Path(name)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return make
