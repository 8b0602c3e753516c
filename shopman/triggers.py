"""Triggers that an app keeps in the database: installed after ``migrate``, looked for by a check.

On SQLite they are removed before a migration too, because tables are rebuilt there to be changed.
PostgreSQL keeps them: a migration that must rewrite guarded rows says so itself, with
``ALTER TABLE ... DISABLE TRIGGER``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate


@dataclass(frozen=True, kw_only=True)
class Guard:
    """A set of triggers, named and written for whatever tables a database has by now.

    ``expected`` gives their names, ``statements`` the SQL that puts them in place whatever was
    there before. Keep a guard in a module's constant: signals refer to it weakly.
    """

    name: str
    expected: Callable[[BaseDatabaseWrapper], list[str]]
    statements: Callable[[BaseDatabaseWrapper], list[str]]

    def connect(self, app_config: object) -> None:
        """Install after migrating and, on SQLite, remove before; called when the app is ready."""
        pre_migrate.connect(self.remove, sender=app_config, dispatch_uid=self.name)
        post_migrate.connect(self.install, sender=app_config, dispatch_uid=self.name)

    def remove(self, *, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
        """Make way for rebuilding tables on SQLite."""
        connection = connections[using]
        if connection.vendor == "sqlite":
            _run(connection, (drop(connection, name) for name in self.expected(connection)))

    def install(self, *, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
        """Put every trigger in place."""
        connection = connections[using]
        _run(connection, self.statements(connection))

    def missing(self, connection: BaseDatabaseWrapper) -> list[str]:
        """Names of triggers that are not there, or are disabled."""
        return sorted(set(self.expected(connection)) - installed(connection))


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


def function(name: str, body: str) -> str:
    """SQL of a PostgreSQL function for triggers."""
    head = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
    return f"{head} AS $$ BEGIN {body} END $$"


def drop(connection: BaseDatabaseWrapper, name: str) -> str:
    """SQL that removes a trigger of SQLite, where a trigger's name needs no table."""
    return f"DROP TRIGGER IF EXISTS {connection.ops.quote_name(name)}"


def _run(connection: BaseDatabaseWrapper, sql: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in sql:
            cursor.execute(statement)
