"""SQL that the two engines spell differently."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import DateTimeField, Func
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
