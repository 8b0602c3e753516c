"""SQL that the two engines spell differently."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from django.db.models import Aggregate, CharField, Field, Func, Sum
from django.db.models.sql.compiler import SQLCompiler

_SECONDS = 3600
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  # local times are reckoned here, without a zone


class LocalHours(Aggregate):
    """For each group a list with, per row, the local hours since 1970-01-01 00:00.

    One number says local day (``// 24``), weekday and hour (``% 24``), so one small array answers
    everything about when somebody buys. None for a group without rows.
    """

    name = "LocalHours"
    output_field = Field()

    def __init__(self, *expressions: Any, time_zone: zoneinfo.ZoneInfo, **extra: Any) -> None:
        super().__init__(*expressions, **extra)
        self.time_zone = time_zone

    def as_postgresql(
        self, compiler: SQLCompiler, connection: Any, **context: Any
    ) -> tuple[str, Any]:
        zone = self.time_zone.key.replace("'", "")
        # date_part reckons in double precision, exact here and faster than extract's numeric.
        hours = f"floor(date_part('epoch', %(expressions)s AT TIME ZONE '{zone}') / {_SECONDS})"
        return self._with(f"array_agg({hours}::int)").as_sql(compiler, connection, **context)

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> tuple[str, Any]:
        # The moments themselves, converted when they arrive: SQLite knows no time zones.
        return self._with("group_concat(%(expressions)s)").as_sql(compiler, connection, **context)

    def _with(self, template: str) -> LocalHours:
        # A filter is put around the template, which the compiler's context cannot carry then.
        copy: LocalHours = self.copy()
        copy.template = template
        return copy

    def get_db_converters(self, connection: Any) -> list[Any]:
        return [self._read] if connection.vendor == "sqlite" else []

    def _read(self, value: str | None, expression: Any, connection: Any) -> list[int] | None:
        return None if value is None else [self._local_hour(text) for text in value.split(",")]

    def _local_hour(self, text: str) -> int:
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
        local = moment.astimezone(self.time_zone).replace(tzinfo=None)
        return (local - _EPOCH) // dt.timedelta(seconds=_SECONDS)


class CodePoints(Func):
    """Text compared by code point, as Python and SQLite do, whatever the database's collation."""

    output_field = CharField()
    template = "%(expressions)s"

    def as_postgresql(
        self, compiler: SQLCompiler, connection: Any, **context: Any
    ) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template='%(expressions)s COLLATE "C"', **context)


class QuantitySum(Sum):
    """The sum of quantities with three decimal places; equal sums are equal on SQLite too."""

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> tuple[str, Any]:
        # It adds up in binary fractions.
        sql, params = super().as_sqlite(compiler, connection, **context)
        return f"ROUND({sql}, 3)", params
