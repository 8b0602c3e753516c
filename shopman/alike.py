"""Very many new rows of one model that differ in a few columns only.

Making a model's instance costs Django more than writing the row costs the database. So the rows are
tuples of the columns that differ; what is the same in all of them is said once, and the rest is the
model's defaults. COPY on PostgreSQL, one prepared INSERT elsewhere.

Values are plain: text, numbers, booleans, None; of a key its hex digits, of a day or a moment its
ISO 8601 text, of JSON what ``text_of`` gives. Constraints hold as always. The tenant is the one in
use; that the rows named by a foreign key are this tenant's is for the caller to see to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from itertools import repeat
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, models

from shopman import tenancy
from shopman.keys import uuid7_hex
from shopman.models.base import TenantModel

Row = tuple[Any, ...]


def text_of(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """A JSON value as the column keeps it."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def insert(
    model: type[TenantModel],
    columns: tuple[str, ...],
    rows: Sequence[Row],
    *,
    same: Mapping[str, Any],
) -> None:
    """Insert rows, each of the values of ``columns`` in their order; ``same`` holds for all.

    Both are named by attribute (``customer_id``). A row whose key is not among the columns gets a
    new one. Raises IntegrityError for what a constraint refuses.
    """
    if not rows:
        return
    if "uuid" not in columns:
        columns, rows = (*columns, "uuid"), [(*row, uuid7_hex()) for row in rows]
    rest = _rest(model, columns)
    said = {"tenant_id": tenancy.current().pk, **same}
    constant = tuple(
        plain(said[name] if name in said else default()) for name, default in rest.items()
    )
    _write(model, (*columns, *rest), [row + constant for row in rows])


def update(
    model: type[TenantModel],
    columns: tuple[str, ...],
    rows: Sequence[Row],
    *,
    same: Mapping[str, Any],
) -> None:
    """Give rows new values, each of its key and then the values of ``columns``; one statement."""
    if not rows:
        return
    quote = connection.ops.quote_name
    fields = [_field(model, name) for name in columns]
    marks = [_mark(field) for field in (model._meta.pk, *fields)]
    # The first row says of what kind the columns are.
    first, more = f"({', '.join(marks)})", f"({', '.join('%s' for _ in marks)})"
    changed = [f"{quote(field.column)} = n.v{at}" for at, field in enumerate(fields)]
    changed += [f"{quote(_field(model, name).column)} = %s" for name in same]
    names = ", ".join(["key", *(f"v{at}" for at, _field in enumerate(fields))])
    sql = (
        f"WITH n({names}) AS (VALUES {', '.join([first, *repeat(more, len(rows) - 1)])})"  # noqa: S608
        f" UPDATE {quote(model._meta.db_table)} SET {', '.join(changed)} FROM n"
        f" WHERE {quote('uuid')} = n.key AND {quote('tenant_id')} = %s"
    )
    params = [*(value for row in rows for value in row), *map(plain, same.values())]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, tenancy.current().pk.hex])


def _mark(field: Any) -> str:
    if connection.vendor != "postgresql":
        return "%s"
    return f"CAST(%s AS {field.db_type(connection)})"


def _write(model: type[TenantModel], names: Sequence[str], rows: Sequence[Row]) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(_field(model, name).column) for name in names)
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            marks = ", ".join(repeat("%s", len(names)))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608
            return
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)


@cache
def _rest(model: type[TenantModel], columns: tuple[str, ...]) -> dict[str, Callable[[], Any]]:
    """The other columns, and what makes their defaults."""
    fields = model._meta.concrete_fields
    return {each.attname: each.get_default for each in fields if each.attname not in columns}


def _field(model: type[TenantModel], attname: str) -> Any:
    return _fields(model)[attname]


@cache
def _fields(model: type[TenantModel]) -> dict[str, models.Field[Any, Any]]:
    return {each.attname: each for each in model._meta.concrete_fields}


def plain(value: Any) -> Any:
    """A value of a column as these rows hold it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, dt.datetime):
        return str(connection.ops.adapt_datetimefield_value(value))
    if isinstance(value, dt.date):
        return value.isoformat()
    return text_of(value) if isinstance(value, (dict, list)) else value
