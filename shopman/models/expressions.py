"""SQL that the two engines spell differently."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import (
    Aggregate,
    DateTimeField,
    Field,
    Func,
    IntegerField,
    JSONField,
    Value,
)
from django.db.models.sql.compiler import SQLCompiler

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Moment(Func):
    """A moment that travels as a number on PostgreSQL, whose text takes long to read in bulk."""

    output_field = DateTimeField()
    template = "%(expressions)s"

    def as_postgresql(
        self, compiler: SQLCompiler, connection: Any, **context: Any
    ) -> tuple[str, Any]:
        template = "(extract(epoch FROM %(expressions)s) * 1000000)::bigint"
        return self.as_sql(compiler, connection, template=template, **context)

    def get_db_converters(self, connection: Any) -> list[Any]:
        if connection.vendor == "postgresql":
            return [self._read]
        converters: list[Any] = super().get_db_converters(connection)
        return converters

    def _read(
        self, microseconds: int | None, expression: Any, connection: Any
    ) -> dt.datetime | None:
        if microseconds is None:
            return None
        return _EPOCH + dt.timedelta(microseconds=microseconds)


class _KeysField(JSONField):
    """A JSON list of UUIDs, however the engine writes them; never null."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> list[str]:
        found = super().from_db_value(value, expression, connection)
        return [str(UUID(each)) for each in found or ()]


class Keys(Aggregate):
    """The UUIDs of a group in one list, in no order; of nothing an empty one."""

    output_field = _KeysField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: Any, **context: Any
    ) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, function="jsonb_agg", **context)

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, function="json_group_array", **context)


class Bucket(Func):
    """How many of the ascending ``bounds`` are at or below a value; NULL for NULL.

    With the moments at which months begin it numbers months from 1, and is 0 before the first.
    ``of`` is the field whose values are compared.
    """

    output_field = IntegerField()

    def __init__(self, value: Any, *bounds: Any, of: Field[Any, Any], **extra: Any) -> None:
        fixed = [
            bound if hasattr(bound, "resolve_expression") else Value(bound, output_field=of)
            for bound in bounds
        ]
        super().__init__(value, *fixed, of=of, **extra)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: Any, **context: Any
    ) -> tuple[str, Any]:
        value, bounds, params = self._compiled(compiler)
        kind = self.extra["of"].db_type(connection)
        return f"width_bucket({value}, ARRAY[{', '.join(bounds)}]::{kind}[])", params

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> tuple[str, Any]:
        value, own = compiler.compile(self.source_expressions[0])
        sql, params = f"CASE WHEN {value} IS NULL THEN NULL", [*own]
        for number, bound in enumerate(self.source_expressions[1:]):
            text, its = compiler.compile(bound)
            sql += f" WHEN {value} < {text} THEN {number}"
            params += [*own, *its]
        return f"{sql} ELSE {len(self.source_expressions) - 1} END", params

    def _compiled(self, compiler: SQLCompiler) -> tuple[str, list[str], list[Any]]:
        parts = [compiler.compile(each) for each in self.source_expressions]
        return parts[0][0], [sql for sql, _ in parts[1:]], [p for _, own in parts for p in own]
