"""Queries that every request asks: compiled once, not each time.

Building and compiling a query costs Django several times what the database needs to answer one row
by its key. For the two that stand in front of every staff request that is worth saving; no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.db.models import QuerySet

#: Stands where the parameter goes while the query is compiled.
Mark = int | str


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
        compiled = self._compiled.get(connection.vendor)
        if compiled is None:
            compiled = self._compiled[connection.vendor] = self._compile(using)
        with connection.cursor() as cursor:
            cursor.execute(
                compiled.sql, [value if each == self.mark else each for each in compiled.params]
            )
            rows: list[tuple[Any, ...]] = cursor.fetchall()
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
