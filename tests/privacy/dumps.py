"""Everything a database and a cache hold, as text."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
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
    """Which of the values a text holds: as they are, as COPY writes bytes, in any case."""
    low = text.casefold()
    return {
        value
        for value in values
        if value.casefold() in low or value.encode().hex() in low or _latin(value) in low
    }


def _latin(value: str) -> str:
    return value.encode().decode("latin-1").casefold()


def traces(values: Iterable[str]) -> dict[str, set[str]]:
    """Tables, files and the cache, with the values each of them holds; only where there are any."""
    given = list(values)
    places = {name: found(given, text) for name, text in tables()}
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            places[path.name] = found(given, path.read_text(errors="replace"))
    places["cache"] = found(given, repr(getattr(cache, "_cache", "")))
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
