"""Triggers that keep the rows of every ``AppendOnlyModel`` as they were written.

The models and QuerySets refuse changes too, but a person with a database shell is a caller as well.
Both engines refuse every UPDATE. PostgreSQL refuses every DELETE, also one that Django makes when a
row goes that these refer to: what history refers to stays. (Emptying tables for tests is a TRUNCATE
there, which fires no trigger for rows.)

There is no exception. Erasing personal facts will need one; it belongs in these triggers, as narrow
as the one that omniman makes for a redaction: a row that names the change it permits.
"""

from __future__ import annotations

from typing import Final

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import truncate_name

from shopman.models import AppendOnlyModel
from shopman.triggers import Guard, drop, function

FUNCTION: Final = "shopman_append_only"
MESSAGE: Final = "rows are only ever added (shopman)"


def tables(connection: BaseDatabaseWrapper) -> list[str]:
    """The guarded tables that exist; an app's do not before its first migration."""
    models = (model for model in apps.get_models() if issubclass(model, AppendOnlyModel))
    wanted = {model._meta.db_table for model in models if model._meta.managed}
    return sorted(wanted & set(connection.introspection.table_names()))


def expected(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that must be there."""
    return [
        _name(connection, table, suffix)
        for table in tables(connection)
        for suffix in _events(connection)
    ]


def statements(connection: BaseDatabaseWrapper) -> list[str]:
    """SQL that puts every trigger in place, whatever was there before."""
    write = _sqlite
    found = []
    if connection.vendor == "postgresql":
        write = _postgresql
        raises = f"RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ': {MESSAGE}',"
        found.append(function(FUNCTION, f"{raises} ERRCODE = 'integrity_constraint_violation';"))
    for table in tables(connection):
        for suffix, event in _events(connection).items():
            found += write(connection, table, _name(connection, table, suffix), event)
    return found


def _events(connection: BaseDatabaseWrapper) -> dict[str, str]:
    # No DELETE on SQLite: Django empties tables for tests with it, and has no TRUNCATE there.
    # The models and QuerySets refuse deletes on both.
    if connection.vendor == "postgresql":
        return {"fixed": "UPDATE", "kept": "DELETE"}
    return {"fixed": "UPDATE"}


def _name(connection: BaseDatabaseWrapper, table: str, suffix: str) -> str:
    return truncate_name(f"{table}_{suffix}", connection.ops.max_name_length())


def _postgresql(connection: BaseDatabaseWrapper, table: str, name: str, event: str) -> list[str]:
    quote = connection.ops.quote_name
    head = f"CREATE OR REPLACE TRIGGER {quote(name)} BEFORE {event} ON {quote(table)}"
    return [f"{head} FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()"]


def _sqlite(connection: BaseDatabaseWrapper, table: str, name: str, event: str) -> list[str]:
    quote = connection.ops.quote_name
    head = f"CREATE TRIGGER {quote(name)} BEFORE {event} ON {quote(table)} FOR EACH ROW"
    body = f"BEGIN SELECT RAISE(ABORT, '{table}: {MESSAGE}'); END"
    return [drop(connection, name), f"{head} {body}"]


guard: Final = Guard(name="shopman.append_only", expected=expected, statements=statements)
