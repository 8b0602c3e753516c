"""Thousands of rows in one statement, on both databases.

The rows travel as one JSON parameter and the database takes them apart, so that the number of
statements does not depend on the number of rows and no model instance is made per row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection, models

from shopman import tenancy
from shopman.keys import uuid7
from shopman.models import TenantModel

_KEYS = ("tenant", "uuid")


def upsert(
    model: type[TenantModel],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    unique: Sequence[str],
    update: Sequence[str],
) -> None:
    """Insert ``rows`` (values in the order of field ``names``) for the tenant in use.

    Where a row with the same ``unique`` fields stands, its fields in ``update`` are written.
    References in the rows must be the tenant's own: take them from its queries.
    """
    fields = [model._meta.get_field(name) for name in (*_KEYS, *names)]
    columns = _columns(model, (*_KEYS, *names))
    tenant_key = str(tenancy.current().pk)
    document = orjson.dumps(
        [(tenant_key, uuid7(), *row) for row in rows],
        default=_encode,
        # What orjson writes by itself, PostgreSQL reads; SQLite's moments have their own form.
        option=None if connection.vendor == "postgresql" else orjson.OPT_PASSTHROUGH_DATETIME,
    )
    quote = connection.ops.quote_name
    taken = ", ".join(map(quote, columns))
    conflict = ", ".join(map(quote, _columns(model, unique)))
    written = ", ".join(f"{name} = EXCLUDED.{name}" for name in map(quote, _columns(model, update)))
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)} ({taken}) {_source(fields)} "
        f"ON CONFLICT ({conflict}) DO UPDATE SET {written}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [document.decode()])


def _columns(model: type[models.Model], names: Sequence[str]) -> list[str]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return [field.column for field in fields]


def _source(fields: Sequence[Any]) -> str:
    """The query that makes rows of the parameter, a JSON array of arrays."""
    given = "jsonb_array_elements" if connection.vendor == "postgresql" else "json_each"
    spelled = _postgresql if connection.vendor == "postgresql" else _sqlite
    taken = ", ".join(spelled(field, place) for place, field in enumerate(fields))
    # Without WHERE, SQLite reads ON CONFLICT as the condition of a join.
    return f"SELECT {taken} FROM {given}(%s) AS given WHERE true"  # noqa: S608 # names only


def _postgresql(field: Any, place: int) -> str:
    return f"(given.value ->> {place})::{field.db_type(connection)}"


def _sqlite(field: Any, place: int) -> str:
    """The expression for a value as Django stores its field on SQLite."""
    value = f"json_extract(given.value, '$[{place}]')"
    kind = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(kind, models.UUIDField):
        return f"replace({value}, '-', '')"
    return value


def _encode(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        # As Django's SQLite backend writes it: UTC without an offset.
        return str(value.astimezone(dt.UTC).replace(tzinfo=None))
    raise TypeError(f"{value!r} has no place in a row.")
