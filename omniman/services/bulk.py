"""Many rows at once, past the ORM: COPY on PostgreSQL, one prepared INSERT elsewhere.

For rows the caller made entirely, keys and tenant included. Values are plain: int, text, aware UTC
datetimes, None, keys as 32 hexadecimal digits, and JSON as text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows with the given columns (attribute names) in the running transaction.

    Constraints hold as always: IntegrityError for what they refuse.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    names = ", ".join(connection.ops.quote_name(fields[name].column or "") for name in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with (
                connection.wrap_database_errors,
                cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        forms = [(at, _FORMS.get(type(fields[name]))) for at, name in enumerate(columns)]
        changed = [(at, form) for at, form in forms if form]
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({places})",  # noqa: S608  # our own names
            [_formed(row, changed) for row in rows],
        )


def _formed(row: Sequence[Any], forms: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    values = list(row)
    for at, form in forms:
        if values[at] is not None:
            values[at] = form(values[at])
    return values


def _moment(value: dt.datetime) -> str:
    return str(connection.ops.adapt_datetimefield_value(value))


_FORMS: dict[type[models.Field[Any, Any]], Callable[[Any], Any]] = {
    models.DateTimeField: _moment,
}
