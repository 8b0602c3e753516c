"""System checks of guestman."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from guestman import triggers
from guestman.conf import conf
from guestman.models import Customer

GOOGLE_PLACES = "guestman.adapters.google_places.GooglePlacesGeocoder"
#: Nobody listens between us and an https host, or on this machine.
_SAFE_ADDRESS = re.compile(r"(https://[\w.-]+|http://(localhost|127\.0\.0\.1))(:\d+)?")
SEARCH_INDEX = "customer_search_trigrams"


def connect() -> None:
    """Register the checks; called when the app is ready."""
    register(settings_make_sense)
    register(google_places_is_usable)
    register(search_is_indexed, Tags.database)
    register(aliases_are_guarded, Tags.database)


def settings_make_sense(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Numbers are positive, code prefixes leave room for the code."""
    messages: list[CheckMessage] = [
        Error(f'GUESTMAN["{name}"] must be above zero.', id="guestman.E001")
        for name in (
            "STALE_IDENTITY_DAYS",
            "METADATA_MAX_BYTES",
            "NOTES_MAX_LENGTH",
            "MAX_ADDRESSES",
            "SEARCH_CANDIDATES",
        )
        if getattr(conf, name) <= 0
    ]
    messages += [
        Error(f'GUESTMAN["{name}"] must have 1 to 16 characters.', id="guestman.E002")
        for name in ("CODE_PREFIX", "LOGIN_CODE_PREFIX")
        if not 1 <= len(getattr(conf, name)) <= 16
    ]
    return messages


def google_places_is_usable(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """The geocoder of Google needs a key, which is ASCII, and keeps it from eavesdroppers."""
    if conf.GEOCODER != GOOGLE_PLACES:
        return []
    messages: list[CheckMessage] = []
    key = conf.GOOGLE_PLACES_KEY
    if not (key.isascii() and key.isprintable() and key.strip() == key != ""):
        # The value is not told: it may be a key with a slip of the hand.
        messages.append(
            Error(
                'GUESTMAN["GOOGLE_PLACES_KEY"] is no key.',
                hint="Set GOOGLE_PLACES_KEY in the environment, or choose another GEOCODER.",
                id="guestman.E003",
            )
        )
    if not _SAFE_ADDRESS.fullmatch(conf.GOOGLE_PLACES_URL):
        messages.append(
            Error('GUESTMAN["GOOGLE_PLACES_URL"] must be an https address.', id="guestman.E004")
        )
    return messages


def search_is_indexed(
    app_configs: object, *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Without pg_trgm customer search reads every row; it stays right."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            if Customer._meta.db_table not in connection.introspection.table_names(cursor):
                continue
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [SEARCH_INDEX])
            (exists,) = cursor.fetchone()
        if not exists:
            messages.append(
                checks.Warning(
                    f"Database {alias!r} searches customers without an index.",
                    hint="CREATE EXTENSION pg_trgm (it needs a privileged role), then run "
                    "`migrate guestman 0001` and `migrate guestman`.",
                    id="guestman.W001",
                )
            )
    return messages


def aliases_are_guarded(
    app_configs: object, *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The triggers that keep aliases of merged customers one step long are in place."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        missing = triggers.guard.missing(connections[alias])
        if missing:
            messages.append(
                Error(
                    f"Database {alias!r} lacks triggers that guard aliases: {', '.join(missing)}.",
                    hint="Run manage.py migrate --skip-checks, which puts them back.",
                    id="guestman.E005",
                )
            )
    return messages
