"""The fixtures that other tests lean on: races, tenants, shared data."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from shopman import tenancy
from shopman.models import Tenant
from tests.conftest import Race


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_racers_run_at_once_on_connections_of_their_own(race: Race) -> None:
    all_there = threading.Barrier(8)

    def racer() -> int:
        # Nobody gets past this unless all eight are running.
        all_there.wait(timeout=10)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    outcomes = race(*[racer] * 8)
    assert len({outcome.value for outcome in outcomes}) == 8


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_racers_work_for_the_tenant_in_use(race: Race, in_tenant: Tenant) -> None:
    outcomes = race(tenancy.current, tenancy.current)
    assert [outcome.value for outcome in outcomes] == [in_tenant, in_tenant]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_errors_of_racers_are_outcomes_in_order(race: Race) -> None:
    def fails() -> None:
        raise LookupError("lost")

    first, second = race(lambda: "won", fails)
    assert (first.value, first.error) == ("won", None)
    assert isinstance(second.error, LookupError)


def test_two_tenants_differ_in_country_and_currency(tenant: Tenant, other_tenant: Tenant) -> None:
    assert tenant.pk != other_tenant.pk
    assert tenant.default_currency != other_tenant.default_currency
    assert tenancy.current_or_none() is None


def test_missing_shared_data_skips_and_names_the_file(
    shared_data: Callable[[str], Path],
) -> None:
    with pytest.raises(pytest.skip.Exception, match=r"no/such\.csv"):
        shared_data("no/such.csv")
