"""Many new rows at once: COPY on PostgreSQL, one INSERT elsewhere.

Django writes a row of twenty columns in some hundred microseconds, nearly all of it in Python; COPY
takes a tenth. Constraints, the tenant's stamp and the refusal of foreign references hold as always.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import cache
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection, models

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
    if connection.vendor != "postgresql" or len(rows) < FEW:
        model.objects.bulk_create(rows, batch_size=BATCH)
        return
    stamp(model, rows)
    statement, columns = _plan(model)
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            known = row.__dict__
            copy.write_row([form(known[name]) for name, form in columns])
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


@cache
def _plan(model: type[models.Model]) -> tuple[str, list[tuple[str, Callable[[Any], Any]]]]:
    """The statement, and each column's attribute with what makes its value plain."""
    quote = connection.ops.quote_name
    fields = model._meta.concrete_fields
    names = ", ".join(quote(field.column or "") for field in fields)
    forms = [(field.attname, _form(field)) for field in fields]
    return f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN", forms


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
