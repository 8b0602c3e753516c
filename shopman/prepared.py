"""Queries that are asked all the time: compiled once, and planned once where the database can.

Building and compiling a query costs Django several times what the database needs to answer one row
by its key. For the two that stand in front of every staff request that is worth saving, and for
whose somebody's claims are; for no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import psycopg
from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet


def cursor(using: str = "default") -> CursorWrapper:
    """A cursor for statements that are written out and asked again and again.

    PostgreSQL gets the parameters beside the statement and keeps its plan for the connection, where
    ``OPTIONS["prepare_threshold"]`` of the database lets it; to plan a look-up takes several times
    as long as to run it. Elsewhere it is a cursor like any other.
    """
    connection = connections[using]
    # Who logs queries wants to read them with their values, which Django's own cursor tells.
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    # As ``connection.cursor()`` does, but for the cursor that is wrapped.
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_thread_sharing()
    with connection.wrap_database_errors:
        # Django wraps any cursor of the driver; its stubs know of its own only.
        return connection.make_cursor(cast("Any", psycopg.Cursor(connection.connection)))


def key(uuid: UUID, *, using: str = "default") -> Any:
    """A key as the database takes it."""
    return uuid if connections[using].features.has_native_uuid_field else uuid.hex


def _adapted(value: Any, using: str) -> Any:
    return key(value, using=using) if isinstance(value, UUID) else value


#: Stands where the parameter goes while the query is compiled.
Mark = int | str | UUID


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    params: Sequence[Any]
    converters: dict[int, Any]


@dataclass(slots=True)
class Prepared:
    """``build(mark)`` gives a ``values_list`` queryset in which ``mark`` is the one parameter.

    by_key = Prepared(build=lambda mark: User.objects.filter(pk=mark).values_list("pk"), mark=-7)
    by_key.rows(12)
    """

    build: Callable[[Any], QuerySet[Any, Any]]
    mark: Mark
    _compiled: dict[str, _Compiled] = field(default_factory=dict)

    def rows(self, value: Mark, *, using: str = "default") -> list[tuple[Any, ...]]:
        """The rows for one value of the parameter, converted as the ORM does. One query."""
        connection = connections[using]
        value, mark = _adapted(value, using), _adapted(self.mark, using)
        compiled = self._compiled.get(connection.vendor)
        if compiled is None:
            compiled = self._compiled[connection.vendor] = self._compile(using)
        with cursor(using) as asked:
            asked.execute(
                compiled.sql, [value if each == mark else each for each in compiled.params]
            )
            rows: list[tuple[Any, ...]] = asked.fetchall()
        if not compiled.converters:
            return rows
        return [self._converted(row, compiled.converters, connection) for row in rows]

    def _compile(self, using: str) -> _Compiled:
        compiler = self.build(self.mark).query.get_compiler(using)
        sql, params = compiler.as_sql()
        columns = [each[0] for each in compiler.select[: compiler.col_count]]
        return _Compiled(sql, list(params), compiler.get_converters(columns))

    @staticmethod
    def _converted(row: Sequence[Any], converters: Any, connection: Any) -> tuple[Any, ...]:
        values = list(row)
        for position, (convert, expression) in converters.items():
            for each in convert:
                values[position] = each(values[position], expression, connection)
        return tuple(values)
