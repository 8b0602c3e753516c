"""Triggers that keep orders as they were written, whoever talks to the database.

An order's columns other than status and refunds never change; ``data`` and ``data_digest`` alone
may, to the digest that an ``OrderRedaction`` of this order names; with them ``customer_code`` may
be emptied. PostgreSQL refuses deletes too.
(SQLite does not, because there emptying tables for tests is a DELETE; the models and QuerySets
refuse them on both.) Lines, events, redactions and commit records are guarded by
``shopman.append_only``.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from omniman.models import Order, OrderRedaction
from omniman.models.order import CHANGEABLE
from shopman.triggers import Guard, drop, function

REDACTABLE: Final = frozenset({"data", "data_digest", "customer_code"})
FROZEN: Final = "omniman_order_frozen"
REDACTED: Final = "omniman_order_redacted"
KEPT: Final = "omniman_order_kept"
MESSAGE: Final = "orders never change (omniman)"


def is_there(connection: BaseDatabaseWrapper) -> bool:
    """Whether the tables exist; they do not before the first migration and after the last undo."""
    tables = set(connection.introspection.table_names())
    return {Order._meta.db_table, OrderRedaction._meta.db_table} <= tables


def expected(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that must be there."""
    if not is_there(connection):
        return []
    return [FROZEN, REDACTED, KEPT] if connection.vendor == "postgresql" else [FROZEN, REDACTED]


def statements(connection: BaseDatabaseWrapper) -> list[str]:
    """SQL that puts every trigger in place, whatever was there before."""
    if not is_there(connection):
        return []
    return _postgresql() if connection.vendor == "postgresql" else _sqlite(connection)


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
    found = [
        function("omniman_refuse", refuse),
        function("omniman_redact", f"IF NOT {_permit()} THEN {refuse} END IF; RETURN NEW;"),
    ]
    for (name, table), text in triggers.items():
        event, when, called = text.split("|")
        found.append(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} "
            f"FOR EACH ROW {when} EXECUTE FUNCTION {called}()"
        )
    return found


def _sqlite(connection: BaseDatabaseWrapper) -> list[str]:
    order = Order._meta.db_table
    columns = _protected()
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)
    redacted = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in sorted(REDACTABLE))
    triggers = {
        FROZEN: f"UPDATE OF {', '.join(columns)} ON {order} FOR EACH ROW WHEN {changed}",
        REDACTED: f"UPDATE OF {', '.join(REDACTABLE)} ON {order} "
        f"FOR EACH ROW WHEN ({redacted}) AND NOT {_permit()}",
    }
    found = []
    for name, when in triggers.items():
        found.append(drop(connection, name))
        body = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        found.append(f"CREATE TRIGGER {name} BEFORE {when} {body}")
    return found


def _permit() -> str:
    """SQL that is true when a redaction of this order names the new digest."""
    columns = "r.order_id = OLD.uuid AND r.old_digest = OLD.data_digest"
    code = "(NEW.customer_code IS NULL OR NEW.customer_code = OLD.customer_code)"
    table = OrderRedaction._meta.db_table
    return (
        f"EXISTS (SELECT 1 FROM {table} r "  # noqa: S608  # names of our own tables
        f"WHERE {columns} AND r.new_digest = NEW.data_digest AND {code})"
    )


guard: Final = Guard(name="omniman.triggers", expected=expected, statements=statements)
