"""New rows past Django's compiler: COPY or one prepared INSERT on PostgreSQL.

Django writes a row of twenty columns in some hundred microseconds, nearly all of it in Python; COPY
takes a tenth, and of a few rows an INSERT whose text is made once. Constraints, the tenant's stamp
and the refusal of foreign references hold as always.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import cache
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection, models

from shopman import prepared
from shopman.models.base import TenantModel, stamp

#: Fewer rows are not worth a COPY.
FEW: Final = 50
#: Rows of one INSERT elsewhere.
BATCH: Final = 500


def insert(rows: Sequence[TenantModel]) -> None:
    """Insert new rows of one model, keys included, in the running transaction.

    Raises IntegrityError for what a constraint refuses, and the errors of ``stamp``.
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql":
        model.objects.bulk_create(rows, batch_size=BATCH)
        return
    stamp(model, rows)
    if len(rows) < FEW:
        _run(_insertion(model, len(rows)), model, rows)
    else:
        _copy(model, rows)
    _stored(rows)


def unsynced_insert(rows: Sequence[TenantModel]) -> None:
    """Insert a few rows that may be lost when the database's machine fails; outside a transaction.

    PostgreSQL answers before they are on disk. They are there before anything that is committed
    later: the log is written in order. Inside a transaction they are like any others of it.
    """
    model = type(rows[0])
    if connection.vendor != "postgresql" or connection.in_atomic_block or len(rows) >= FEW:
        insert(rows)
        return
    stamp(model, rows)
    # For the transaction of this one statement.
    lazily = " RETURNING set_config('synchronous_commit', 'off', true)"
    _run(_insertion(model, len(rows)) + lazily, model, rows)
    _stored(rows)


def upsert(
    rows: Sequence[TenantModel], *, unique: tuple[str, ...], update: tuple[str, ...]
) -> None:
    """Insert new rows, or give the columns ``update`` to the rows that stand where they belong.

    ``unique`` are the fields of a constraint without a condition. Keys of what stood there stay.
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql" or len(rows) >= FEW:
        model.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=unique,
            update_fields=update,
            batch_size=1000,
        )
        return
    stamp(model, rows)
    _run(_insertion(model, len(rows)) + _on_conflict(model, unique, update), model, rows)
    _stored(rows)


def _run(statement: str, model: type[models.Model], rows: Sequence[TenantModel]) -> None:
    columns = _columns(model)
    values = [form(row.__dict__[name]) for row in rows for name, form in columns]
    with prepared.cursor() as cursor:
        cursor.execute(statement, values)


def _copy(model: type[models.Model], rows: Sequence[TenantModel]) -> None:
    table, names = _names(model)
    columns = _columns(model)
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            known = row.__dict__
            copy.write_row([form(known[name]) for name, form in columns])


def _stored(rows: Sequence[TenantModel]) -> None:
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


@cache
def _insertion(model: type[models.Model], count: int) -> str:
    table, names = _names(model)
    one = f"({', '.join('%s' for _ in _columns(model))})"
    return f"INSERT INTO {table} ({names}) VALUES {', '.join([one] * count)}"  # noqa: S608


@cache
def _on_conflict(
    model: type[models.Model], unique: tuple[str, ...], update: tuple[str, ...]
) -> str:
    quote = connection.ops.quote_name
    column = {field.name: quote(field.column or "") for field in model._meta.concrete_fields}
    changed = ", ".join(f"{column[name]} = EXCLUDED.{column[name]}" for name in update)
    return f" ON CONFLICT ({', '.join(column[name] for name in unique)}) DO UPDATE SET {changed}"


def _names(model: type[models.Model]) -> tuple[str, str]:
    quote = connection.ops.quote_name
    fields = model._meta.concrete_fields
    return quote(model._meta.db_table), ", ".join(quote(field.column or "") for field in fields)


@cache
def _columns(model: type[models.Model]) -> list[tuple[str, Callable[[Any], Any]]]:
    """Each column's attribute, with what makes its value plain."""
    return [(field.attname, _form(field)) for field in model._meta.concrete_fields]


def _form(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, (models.UUIDField, models.ForeignKey)):
        return _key
    return _plain


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def _key(value: Any) -> Any:
    return value.hex if isinstance(value, UUID) else value


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value
