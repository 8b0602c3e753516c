"""Triggers that keep orders as they were written, whoever talks to the database.

An order's columns other than status and refunds never change; ``data`` and ``data_digest`` alone
may, to the digest that an ``OrderRedaction`` of this order names. Lines, events, redactions and
commit records never change. PostgreSQL refuses deletes too. (SQLite does not, because there
emptying tables for tests is a DELETE; the models and QuerySets refuse them on both.)

Installed after every ``migrate``; on SQLite removed before it, where tables are rebuilt to be
changed.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate

from omniman.models import Order, OrderCommit, OrderEvent, OrderLine, OrderRedaction
from omniman.models.order import CHANGEABLE

REDACTABLE: Final = frozenset({"data", "data_digest"})
APPEND_ONLY: Final[tuple[type[models.Model], ...]] = (
    OrderLine,
    OrderEvent,
    OrderCommit,
    OrderRedaction,
)
FROZEN: Final = "omniman_order_frozen"
REDACTED: Final = "omniman_order_redacted"
KEPT: Final = "omniman_order_kept"
MESSAGE: Final = "orders never change (omniman)"


def connect(app_config: object) -> None:
    """Install after migrating and, on SQLite, remove before; called when the app is ready."""
    pre_migrate.connect(on_pre_migrate, sender=app_config, dispatch_uid="omniman.triggers")
    post_migrate.connect(on_post_migrate, sender=app_config, dispatch_uid="omniman.triggers")


def on_pre_migrate(*, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    connection = connections[using]
    if connection.vendor == "sqlite":
        _run(connection, [f"DROP TRIGGER IF EXISTS {name}" for name in expected(connection)])


def on_post_migrate(*, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    connection = connections[using]
    if is_there(connection):
        _run(connection, statements(connection))


def is_there(connection: BaseDatabaseWrapper) -> bool:
    """Whether the tables exist; they do not before the first migration and after the last undo."""
    tables = set(connection.introspection.table_names())
    return {Order._meta.db_table, *(model._meta.db_table for model in APPEND_ONLY)} <= tables


def expected(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that must be there."""
    tables = [model._meta.db_table for model in APPEND_ONLY]
    names = [FROZEN, REDACTED, *(f"{table}_fixed" for table in tables)]
    if connection.vendor == "postgresql":
        names += [KEPT, *(f"{table}_kept" for table in tables)]
    return names


def installed(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of all enabled triggers of the database."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


def statements(connection: BaseDatabaseWrapper) -> list[str]:
    """SQL that puts every trigger in place, whatever was there before."""
    return _postgresql() if connection.vendor == "postgresql" else _sqlite()


def _protected() -> list[str]:
    free = CHANGEABLE | REDACTABLE
    return [
        field.column
        for field in Order._meta.concrete_fields
        if field.column and field.name not in free
    ]


def _postgresql() -> list[str]:
    order = Order._meta.db_table
    columns = _protected()
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)
    redacted = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in sorted(REDACTABLE))
    refuse = f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';"
    triggers = {
        (FROZEN, order): f"UPDATE OF {', '.join(columns)}|WHEN ({changed})|omniman_refuse",
        (REDACTED, order): f"UPDATE OF {', '.join(REDACTABLE)}|WHEN ({redacted})|omniman_redact",
        (KEPT, order): "DELETE||omniman_refuse",
    }
    for table in (model._meta.db_table for model in APPEND_ONLY):
        triggers[f"{table}_fixed", table] = "UPDATE||omniman_refuse"
        triggers[f"{table}_kept", table] = "DELETE||omniman_refuse"
    found = [
        _function("omniman_refuse", refuse),
        _function("omniman_redact", f"IF NOT {_permit()} THEN {refuse} END IF; RETURN NEW;"),
    ]
    for (name, table), text in triggers.items():
        event, when, function = text.split("|")
        found.append(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} "
            f"FOR EACH ROW {when} EXECUTE FUNCTION {function}()"
        )
    return found


def _function(name: str, body: str) -> str:
    head = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
    return f"{head} AS $$ BEGIN {body} END $$"


def _sqlite() -> list[str]:
    order = Order._meta.db_table
    columns = _protected()
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)
    redacted = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in sorted(REDACTABLE))
    triggers = {
        FROZEN: f"UPDATE OF {', '.join(columns)} ON {order} FOR EACH ROW WHEN {changed}",
        REDACTED: f"UPDATE OF {', '.join(REDACTABLE)} ON {order} "
        f"FOR EACH ROW WHEN ({redacted}) AND NOT {_permit()}",
    }
    for table in (model._meta.db_table for model in APPEND_ONLY):
        triggers[f"{table}_fixed"] = f"UPDATE ON {table} FOR EACH ROW"
    found = []
    for name, when in triggers.items():
        found.append(f"DROP TRIGGER IF EXISTS {name}")
        body = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        found.append(f"CREATE TRIGGER {name} BEFORE {when} {body}")
    return found


def _permit() -> str:
    """SQL that is true when a redaction of this order names the new digest."""
    columns = "r.order_id = OLD.uuid AND r.old_digest = OLD.data_digest"
    table = OrderRedaction._meta.db_table
    return (
        f"EXISTS (SELECT 1 FROM {table} r "  # noqa: S608  # names of our own tables
        f"WHERE {columns} AND r.new_digest = NEW.data_digest)"
    )


def _run(connection: BaseDatabaseWrapper, sql: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in sql:
            cursor.execute(statement)
