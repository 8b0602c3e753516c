"""Triggers that keep the rows of every ``AppendOnlyModel`` as they were written.

The models and QuerySets refuse changes too, but a person with a database shell is a caller as well.
Both engines refuse every UPDATE. PostgreSQL refuses every DELETE, also one that Django makes when a
row goes that these refer to: what history refers to stays. (Emptying tables for tests is a TRUNCATE
there, which fires no trigger for rows.)

There is one exception, the erasure of a person: what a ``Permit`` of the running transaction names,
and of that only the columns the model lets go (see ``shopman.permits``).
"""

from __future__ import annotations

from typing import Final

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import truncate_name

from shopman.models import AppendOnlyModel, AuditEntry, Permit
from shopman.triggers import Guard, drop, function

FUNCTION: Final = "shopman_append_only"
MESSAGE: Final = "rows are only ever added (shopman)"
LEFT_OVER: Final = "shopman_permit_left_over"


def guarded(connection: BaseDatabaseWrapper) -> list[type[AppendOnlyModel]]:
    """The models whose tables exist; an app's do not before its first migration."""
    there = set(connection.introspection.table_names())
    models = (model for model in apps.get_models() if issubclass(model, AppendOnlyModel))
    wanted = [model for model in models if model._meta.managed]
    return sorted(
        (model for model in wanted if model._meta.db_table in there),
        key=lambda model: model._meta.db_table,
    )


def expected(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that must be there."""
    names = [
        _name(connection, model._meta.db_table, suffix)
        for model in guarded(connection)
        for suffix in _events(connection)
    ]
    if connection.vendor == "postgresql" and _has_permits(connection):
        names.append(LEFT_OVER)
    return names


def statements(connection: BaseDatabaseWrapper) -> list[str]:
    """SQL that puts every trigger in place, whatever was there before."""
    may = _has_permits(connection)
    is_postgresql = connection.vendor == "postgresql"
    found = _functions(may) if is_postgresql else []
    for model in guarded(connection):
        for suffix, event in _events(connection).items():
            name = _name(connection, model._meta.db_table, suffix)
            found += (
                [_postgresql(connection, model, name, event)]
                if is_postgresql
                else _sqlite(connection, model, name, may)
            )
    return found


def _events(connection: BaseDatabaseWrapper) -> dict[str, str]:
    # No DELETE on SQLite: Django empties tables for tests with it, and has no TRUNCATE there.
    # The models and QuerySets refuse deletes on both.
    if connection.vendor == "postgresql":
        return {"fixed": "UPDATE", "kept": "DELETE"}
    return {"fixed": "UPDATE"}


def _name(connection: BaseDatabaseWrapper, table: str, suffix: str) -> str:
    return truncate_name(f"{table}_{suffix}", connection.ops.max_name_length())


def _has_permits(connection: BaseDatabaseWrapper) -> bool:
    tables = {Permit._meta.db_table, AuditEntry._meta.db_table}
    return tables <= set(connection.introspection.table_names())


def _permit(table: str, operation: str) -> str:
    """SQL that is true when an erasure under way may do this to the old row."""
    return (
        f"EXISTS (SELECT 1 FROM {Permit._meta.db_table} p "  # noqa: S608  # names of our own tables
        f"JOIN {AuditEntry._meta.db_table} a ON a.uuid = p.entry_id "
        f"AND a.action = '{Permit.ACTION}' "
        f"WHERE p.row = OLD.uuid AND p.{{table}} = {table} AND p.operation = {operation})"
    ).replace("{table}", '"table"')


def _functions(may: bool) -> list[str]:
    refuse = (
        f"RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ': {MESSAGE}',"
        " ERRCODE = 'integrity_constraint_violation';"
    )
    if not may:
        return [function(FUNCTION, refuse)]
    # The arguments: whether rows may go, then the columns that may be emptied.
    permitted = _permit("TG_TABLE_NAME", "TG_OP")
    body = (
        f"IF NOT {permitted} THEN {refuse} END IF; "
        f"IF TG_OP = 'DELETE' THEN IF TG_ARGV[0] <> 'removable' THEN {refuse} END IF; "
        "RETURN OLD; END IF; "
        f"IF (to_jsonb(OLD) - TG_ARGV) <> (to_jsonb(NEW) - TG_ARGV) THEN {refuse} END IF; "
        "RETURN NEW;"
    )
    table = Permit._meta.db_table
    left = (
        f"IF EXISTS (SELECT 1 FROM {table} WHERE uuid = NEW.uuid) THEN "  # noqa: S608
        "RAISE EXCEPTION 'a permit may not be kept (shopman)' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL;"
    )
    return [
        function(FUNCTION, body),
        function(LEFT_OVER, left),
        f"DROP TRIGGER IF EXISTS {LEFT_OVER} ON {table}",
        (
            f"CREATE CONSTRAINT TRIGGER {LEFT_OVER} AFTER INSERT OR UPDATE ON {table} "
            f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {LEFT_OVER}()"
        ),
    ]


def _postgresql(
    connection: BaseDatabaseWrapper, model: type[AppendOnlyModel], name: str, event: str
) -> str:
    quote = connection.ops.quote_name
    head = f"CREATE OR REPLACE TRIGGER {quote(name)} BEFORE {event} ON "
    given = ["removable" if model.is_removable else "", *_columns(model)]
    arguments = ", ".join(f"'{each}'" for each in given)
    table = quote(model._meta.db_table)
    return f"{head}{table} FOR EACH ROW EXECUTE FUNCTION {FUNCTION}({arguments})"


def _sqlite(
    connection: BaseDatabaseWrapper, model: type[AppendOnlyModel], name: str, may: bool
) -> list[str]:
    quote, table = connection.ops.quote_name, model._meta.db_table
    kept = [
        quote(field.column)
        for field in model._meta.concrete_fields
        if field.column and field.column not in _columns(model)
    ]
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in kept)
    permitted = _permit(f"'{table}'", "'UPDATE'")
    when = f" WHEN ({changed}) OR NOT {permitted}" if may else ""
    head = f"CREATE TRIGGER {quote(name)} BEFORE UPDATE ON {quote(table)} FOR EACH ROW{when}"
    body = f"BEGIN SELECT RAISE(ABORT, '{table}: {MESSAGE}'); END"
    return [drop(connection, name), f"{head} {body}"]


def _columns(model: type[AppendOnlyModel]) -> list[str]:
    return [str(model._meta.get_field(name).column) for name in model.erasable_columns]  # type: ignore[union-attr]


guard: Final = Guard(name="shopman.append_only", expected=expected, statements=statements)
