"""Moments come from PostgreSQL as Django would read them, only faster."""

from __future__ import annotations

import datetime as dt

import psycopg
import pytest
from django.db import DataError, connection

from config.connections import UTCLoader

pytestmark = pytest.mark.django_db


def read(moment: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [moment])
        row = cursor.fetchone()
    assert row is not None
    return row[0]


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-02-28 23:59:59.000001+00", dt.datetime(2026, 2, 28, 23, 59, 59, 1, dt.UTC)),
        ("2026-02-28 23:59:59+05:30", dt.datetime(2026, 2, 28, 18, 29, 59, tzinfo=dt.UTC)),
        ("0001-01-01 00:00+00", dt.datetime(1, 1, 1, tzinfo=dt.UTC)),
    ],
)
def test_a_moment_is_read_in_utc(given: str, expected: dt.datetime) -> None:
    found = read(given)

    assert found == expected
    assert isinstance(found, dt.datetime)
    assert found.tzinfo is dt.UTC


@pytest.mark.postgres
def test_the_fast_loader_is_the_one_in_use() -> None:
    connection.ensure_connection()
    loader = connection.connection.adapters.get_loader(
        psycopg.adapters.types["timestamptz"].oid, psycopg.pq.Format.TEXT
    )
    assert loader is UTCLoader


@pytest.mark.postgres
@pytest.mark.parametrize("given", ["infinity", "-infinity", "0044-03-15 12:00+00 BC"])
def test_a_moment_python_cannot_hold_is_an_error_of_the_data(given: str) -> None:
    with pytest.raises(DataError):
        read(given)
