"""System checks of the kernel."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.utils.module_loading import import_string

from shopman import append_only
from shopman.conf import conf
from shopman.models import Membership


def connect() -> None:
    """Register the checks; called when the app is ready."""
    register(dotted_paths)
    register(contact_roles)
    register(database_encoding, Tags.database)
    register(history_is_protected, Tags.database)


def dotted_paths(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """The tenant resolver, outbox consumers and authentication classes can be imported."""
    messages: list[CheckMessage] = []
    for path in (conf.TENANT_RESOLVER, *conf.OUTBOX_CONSUMERS, *conf.STORE_AUTHENTICATION):
        try:
            import_string(path)
        except ImportError as error:
            messages.append(
                Error(f"SHOPMAN names {path!r}, which cannot be used: {error}", id="shopman.E003")
            )
    return messages


def contact_roles(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """The roles that read contacts exist, and minutes are counted forwards."""
    messages: list[CheckMessage] = []
    for role in conf.CONTACT_ROLES:
        if role not in Membership.Role.values:
            near = difflib.get_close_matches(str(role), Membership.Role.values, n=1)
            known = ", ".join(Membership.Role.values)
            messages.append(
                Error(
                    f'SHOPMAN["CONTACT_ROLES"] names {role!r}, which is not a role.',
                    hint=f'Did you mean "{near[0]}"?' if near else f"Known: {known}.",
                    id="shopman.E007",
                )
            )
    if conf.CONTACT_REVEAL_MINUTES < 0:
        messages.append(
            Error('SHOPMAN["CONTACT_REVEAL_MINUTES"] must not be negative.', id="shopman.E008")
        )
    return messages


def database_encoding(
    app_configs: object, *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A PostgreSQL cluster made without a locale is SQL_ASCII and would take broken text."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_encoding")
            (encoding,) = cursor.fetchone()
        if encoding != "UTF8":
            messages.append(
                Error(
                    f"Database {alias!r} stores {encoding}, not UTF8.",
                    hint="Create it with ENCODING 'UTF8' TEMPLATE template0.",
                    id="shopman.E005",
                )
            )
    return messages


def history_is_protected(
    app_configs: object, *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The triggers that keep append-only rows as they were written are in place and enabled."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        missing = append_only.guard.missing(connections[alias])
        if missing:
            messages.append(
                Error(
                    f"Database {alias!r} lacks triggers that protect history: "
                    f"{', '.join(missing)}.",
                    hint="Run manage.py migrate --skip-checks, which puts them back.",
                    id="shopman.E006",
                )
            )
    return messages
