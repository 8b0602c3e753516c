"""Everything a database and a cache hold, as text."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote, quote_plus

from anyascii import anyascii
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache as shared_cache
from django.db import connection

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def tables() -> Iterator[tuple[str, str]]:
    """Each table's name and rows: by COPY on PostgreSQL, which is what pg_dump writes."""
    for name in sorted(connection.introspection.table_names()):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                out = io.StringIO()
                with cursor.copy(f'COPY "{name}" TO STDOUT') as copied:
                    for chunk in copied:
                        out.write(bytes(chunk).decode())
                yield name, out.getvalue()
            else:
                cursor.execute(f'SELECT * FROM "{name}"')  # names of our own
                yield name, "\n".join(map(_line, cursor.fetchall()))


def _line(row: tuple[object, ...]) -> str:
    cells = (cell.decode(errors="replace") if isinstance(cell, bytes) else cell for cell in row)
    # JSON columns hold letters beyond ASCII as escapes.
    return _ESCAPED.sub(lambda each: chr(int(each[1], 16)), "\t".join(map(str, cells)))


def found(values: Iterable[str], text: str) -> set[str]:
    """Which of the values a text holds, in whatever spelling."""
    low = text.casefold()
    return {
        value
        for value in values
        if any(each in low for each in _spellings(value))
        or any(each in text for each in _in_base64(value))
    }


@cache
def _spellings(value: str) -> frozenset[str]:
    """In small letters: as it is, without accents, in JSON, in an address, as COPY writes bytes."""
    forms = {value, anyascii(value), json.dumps(value)[1:-1], quote(value), quote_plus(value)}
    forms |= {value.encode().hex(), value.encode().decode("latin-1")}
    digits = re.sub(r"\D", "", value)
    if len(digits) >= 8 and not re.search(r"[a-z]", value, re.IGNORECASE):
        forms.add(digits)
    return frozenset(each.casefold() for each in forms)


@cache
def _in_base64(value: str) -> frozenset[str]:
    """How the value stands in a longer text that was encoded: at each of three places."""
    raw = value.encode()
    forms = set()
    for ahead in range(3):
        coded = base64.b64encode(b"\0" * ahead + raw).decode()
        # What depends on the neighbours is cut off.
        forms.add(coded[(0, 2, 3)[ahead] : (ahead + len(raw)) // 3 * 4])
    return frozenset(each for each in forms if len(each) > 5)


def _sessions() -> str:
    """What the sessions of staff say, which the table holds signed and compressed."""
    return repr([row.get_decoded() for row in Session.objects.all()])


def traces(values: Iterable[str]) -> dict[str, set[str]]:
    """Tables, files and the cache, with the values each of them holds; only where there are any."""
    given = list(values)
    places = {name: found(given, text) for name, text in tables()}
    places["sessions"] = found(given, _sessions())
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            places[path.name] = found(given, path.read_text(errors="replace"))
    places["cache"] = found(given, repr(getattr(shared_cache, "_cache", "")))
    return {name: named for name, named in places.items() if named}


def backup() -> dict[str, str]:
    """Every table as COPY writes it (PostgreSQL)."""
    return dict(tables())


def restore(tables_then: dict[str, str]) -> None:
    """What the tables held then, and nothing else, as a restored dump has it."""
    names = ", ".join(f'"{name}"' for name in tables_then)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {names}")
        for name, rows in tables_then.items():
            with cursor.copy(f'COPY "{name}" FROM STDIN') as copied:
                copied.write(rows)
        cursor.execute("SET session_replication_role = DEFAULT")


def pg_dump() -> str:
    """The whole database as a file of SQL."""
    facts = connection.settings_dict
    command = ["pg_dump", "--host", facts["HOST"], "--username", facts["USER"], facts["NAME"]]
    if facts["PORT"]:
        command += ["--port", str(facts["PORT"])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout
