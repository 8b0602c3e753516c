"""Triggers that keep aliases of customers one step long, whoever talks to the database.

A customer that was merged into another one points at who stays, and nobody points at it. So chains
cannot come to be, and a cycle would need one.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from guestman.models import Customer
from shopman.triggers import Guard, drop, function

NAME: Final = "guestman_alias"
NAMES: Final = (f"{NAME}_insert", f"{NAME}_update")
MESSAGE: Final = "an alias leads to a customer who is none (guestman)"
TABLE: Final = Customer._meta.db_table


def expected(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that must be there; none before the first migration."""
    return list(NAMES) if TABLE in connection.introspection.table_names() else []


def statements(connection: BaseDatabaseWrapper) -> list[str]:
    """SQL that puts the triggers in place, whatever was there before."""
    if not expected(connection):
        return []
    is_chain = (
        f"EXISTS (SELECT 1 FROM {TABLE} WHERE uuid = NEW.merged_into_id "  # noqa: S608 # names only
        "AND merged_into_id IS NOT NULL) "
        f"OR EXISTS (SELECT 1 FROM {TABLE} WHERE merged_into_id = NEW.uuid)"
    )
    events = dict(zip(NAMES, ("INSERT", "UPDATE OF merged_into_id"), strict=True))
    if connection.vendor == "postgresql":
        raises = f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';"
        body = f"IF {is_chain} THEN {raises} END IF; RETURN NEW;"
        return [function(NAME, body), *(_postgresql(*each) for each in events.items())]
    return [sql for each in events.items() for sql in _sqlite(connection, *each, is_chain)]


def _postgresql(name: str, event: str) -> str:
    return (
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW "
        f"WHEN (NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION {NAME}()"
    )


def _sqlite(
    connection: BaseDatabaseWrapper, name: str, event: str, is_chain: str
) -> tuple[str, str]:
    head = f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW"
    when = f"WHEN NEW.merged_into_id IS NOT NULL AND ({is_chain})"
    return drop(connection, name), f"{head} {when} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"


guard: Final = Guard(name="guestman.alias", expected=expected, statements=statements)
