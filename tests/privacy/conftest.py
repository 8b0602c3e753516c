"""A shop that can erase people, with a ledger of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from guestman.models import Customer
from shopman import tenancy
from shopman.models import Tenant
from tests.journeys import shop
from tests.privacy import someone


@pytest.fixture(autouse=True)
def ledger_file(settings: Settings, tmp_path: Path) -> Path:
    """The file that erasures are written to; the files of jobs are beside it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    found = tmp_path / "erasures.jsonl"
    settings.GUESTMAN = {**settings.GUESTMAN, "ERASURE_LEDGER": str(found)}
    return found


@pytest.fixture
def opened(in_tenant: Tenant) -> Tenant:
    shop.open_shop(in_tenant)
    return in_tenant


@pytest.fixture
def marina(opened: Tenant) -> Customer:
    """A customer with something in every table."""
    with tenancy.use(opened):
        return someone.make()
