"""Customers to merge, a ledger they have points in, and everything there is as one value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from guestman.contrib.identifiers.models import CustomerIdentifier
from guestman.contrib.merge.service.images import image
from guestman.models import (
    ContactPoint,
    Customer,
    CustomerAddress,
    ExternalIdentity,
)
from guestman.services import merging
from shopman.subjects import Belonging
from tests.guestman.merge.ledger import LedgerEntry

RULE = Belonging(model=LedgerEntry)
TABLES: tuple[type[Any], ...] = (
    Customer,
    ContactPoint,
    ExternalIdentity,
    CustomerAddress,
    # Where the app is tested alone, nobody has carts or orders.
    *(apps.get_app_config("omniman").get_models() if apps.is_installed("omniman") else ()),
    LedgerEntry,
    CustomerIdentifier,
)


@pytest.fixture(scope="session")
def ledger_table(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The table of the ledger, beside those of the suite."""
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        if LedgerEntry._meta.db_table not in connection.introspection.table_names():
            editor.create_model(LedgerEntry)


@pytest.fixture(autouse=True)
def ledger(ledger_table: None, request: pytest.FixtureRequest) -> Iterator[None]:
    """The ledger takes part in merges; it is empty before and after each test."""
    merging.register(RULE)
    yield
    merging.unregister(RULE)
    if request.node.get_closest_marker("django_db"):
        LedgerEntry.all_tenants.all().delete()


def everything() -> dict[str, Any]:
    """Every row of the tables that take part, by model and key."""
    return {
        f"{model._meta.label} {row.pk}": image(row)
        for model in TABLES
        for row in model.objects.all()
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What became otherwise: by row, the columns with their old and new value."""
    return {
        key: {
            name: (old.get(name), new.get(name))
            for name in {*old, *new}
            if old.get(name) != new.get(name)
        }
        for key in sorted({*before, *after})
        if (old := before.get(key, {})) != (new := after.get(key, {}))
    }
