"""A file on its way to becoming customers: read once, in bounded memory.

Rows of one person may stand anywhere in the file. So all rows go into a temporary SQLite file with
the identifiers they mention, are put together there, and come out person by person, in the order of
their first rows. Memory holds one batch, and a number for each row that has another one like it.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Final, NamedTuple

from guestman.contrib.identifiers.rules.mailboxes import mailbox_key
from guestman.contrib.imports.rules.csv_file import Record
from guestman.contrib.imports.rules.grouping import Groups, Mention
from guestman.contrib.imports.rules.judgement import Group
from guestman.contrib.imports.rules.rows import CellError, Contact, Row, RowRules

#: Rows in one statement.
BATCH: Final = 2000
#: Cells of a row, and characters of a cell, that are kept of a row that does not count.
CELLS_KEPT: Final = 60
TEXT_KEPT: Final = 200

#: The family of the keys that rows have in their own system.
_OWN_KEY: Final = "key"
_SCHEMA: Final = """
CREATE TABLE row (line INTEGER PRIMARY KEY, first INTEGER, name TEXT, body BLOB, cells BLOB);
CREATE TABLE mention (family TEXT, key TEXT, exact TEXT, line INTEGER);
CREATE TABLE bad (line INTEGER PRIMARY KEY, errors BLOB, cells BLOB);
CREATE TABLE shared (key TEXT PRIMARY KEY);
CREATE TABLE neighbour (first INTEGER, other INTEGER, family TEXT);
CREATE TABLE done (row_count INTEGER, group_count INTEGER);
"""


class BadRow(NamedTuple):
    """A row that does not count."""

    line: int
    errors: list[CellError]
    cells: list[str]


class Spool(AbstractContextManager["Spool"]):
    """The rows of one file. ``fill`` once, then ``groups`` from anywhere.

    With a ``path`` it is kept and a later one goes on with it; without, it goes when this one ends.
    """

    row_count = 0
    group_count = 0

    def __init__(self, *, max_holders: int, path: Path | None = None) -> None:
        self._max_holders = max_holders
        self._folder = None if path else TemporaryDirectory(prefix="customers-")
        where = path or Path(self._folder.name if self._folder else "") / "spool.sqlite3"
        self._db = sqlite3.connect(where, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self.is_filled = self._load()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()
        if self._folder:
            self._folder.cleanup()

    def fill(self, records: Iterable[Record], rules: RowRules) -> None:
        """Read all records and put those of one person together."""
        self._clear()
        self._db.execute("BEGIN")
        batch: list[tuple[int, Row | list[CellError], Any]] = []
        for line, cells in records:
            batch.append((line, rules.read(line, cells), cells))
            if len(batch) == BATCH:
                self._store(batch)
                batch.clear()
        self._store(batch)
        self._db.execute("CREATE INDEX mention_key ON mention (family, key)")
        self._put_together()
        self._db.execute("CREATE INDEX row_first ON row (first, line)")
        (self.group_count,) = self._one("SELECT count(DISTINCT first) FROM row")
        self._db.execute("INSERT INTO done VALUES (?, ?)", (self.row_count, self.group_count))
        self._db.execute("COMMIT")
        self.is_filled = True

    def groups(self, *, skip: int = 0) -> Iterator[Group]:
        """The people of the file in the order of their first rows, without the first ``skip``."""
        shared = {key for (key,) in self._db.execute("SELECT key FROM shared")}
        near = self._neighbours()
        (after,) = self._one(
            "SELECT coalesce(max(first), 0) FROM"
            " (SELECT DISTINCT first FROM row ORDER BY first LIMIT ?)",
            (skip,),
        )
        rows = self._db.execute(
            "SELECT first, body FROM row WHERE first > ? ORDER BY first, line", (after,)
        )
        for first, found in groupby(rows, key=lambda each: each[0]):
            beside = near.get(first, ())
            yield Group(
                rows=[_row(body) for _first, body in found],
                shared=shared,
                neighbours=[(other, family) for other, family in beside if other < first],
                is_disputed=any(family == "document" for _other, family in beside),
            )

    def bad_rows(self) -> Iterator[BadRow]:
        """The rows that do not count, in the order of the file."""
        for line, errors, cells in self._db.execute("SELECT * FROM bad ORDER BY line"):
            found = [CellError(*each) for each in marshal.loads(errors)]  # noqa: S302  # our own file
            yield BadRow(line, found, marshal.loads(cells))  # noqa: S302  # our own file

    def cells(self, line: int) -> list[str]:
        """What a row says, as far as it is kept."""
        (cells,) = self._one("SELECT cells FROM row WHERE line = ?", (line,))
        found: list[str] = marshal.loads(cells)  # noqa: S302  # our own file
        return found

    def _load(self) -> bool:
        try:
            found = self._db.execute("SELECT row_count, group_count FROM done").fetchone()
        except sqlite3.DatabaseError:
            # None yet, or one whose writer was killed.
            found = None
        if found is not None:
            self.row_count, self.group_count = found
        return found is not None

    def _clear(self) -> None:
        for table in ("row", "mention", "bad", "shared", "neighbour", "done"):
            self._db.execute(f"DROP TABLE IF EXISTS {table}")
        self._db.executescript(_SCHEMA)
        self.row_count = self.group_count = 0

    def _store(self, batch: Iterable[tuple[int, Row | list[CellError], Any]]) -> None:
        rows, mentions, bad = [], [], []
        for line, found, cells in batch:
            self.row_count += 1
            kept = marshal.dumps([plain(cell) for cell in cells[:CELLS_KEPT]])
            if isinstance(found, Row):
                rows.append((line, line, found.name, _body(found), kept))
                mentions += [(*each, line) for each in _mentioned(found)]
            else:
                bad.append((line, marshal.dumps([tuple(each) for each in found]), kept))
        self._db.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?)", rows)
        self._db.executemany("INSERT INTO mention VALUES (?, ?, ?, ?)", mentions)
        self._db.executemany("INSERT INTO bad VALUES (?, ?, ?)", bad)

    def _put_together(self) -> None:
        groups = Groups(max_holders=self._max_holders)
        repeated = self._db.execute(
            "SELECT m.family, m.key, m.exact, m.line, row.name"
            " FROM mention m JOIN row USING (line) WHERE (m.family, m.key) IN"
            " (SELECT family, key FROM mention GROUP BY family, key HAVING count(*) > 1)"
            " ORDER BY m.family, m.key, m.exact, m.line"
        )
        for (family, _key), found in groupby(repeated, key=lambda each: each[:2]):
            _note(groups, family, list(found))
        self._db.executemany(
            "UPDATE row SET first = ? WHERE line = ?",
            (
                (first, line)
                for first, lines in groups.members().items()
                for line in lines
                if line != first
            ),
        )
        self._db.executemany("INSERT INTO shared VALUES (?)", ((key,) for key in groups.shared))
        pairs = {
            (groups.root(one), groups.root(other), family)
            for one, other, family in groups.neighbours
        }
        self._db.executemany(
            "INSERT INTO neighbour VALUES (?, ?, ?)",
            (pair for pair in pairs if pair[0] != pair[1]),
        )

    def _neighbours(self) -> dict[int, list[tuple[int, str]]]:
        found: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for one, other, family in self._db.execute(
            "SELECT first, other, family FROM neighbour ORDER BY first, other, family"
        ):
            found[one].append((other, family))
            found[other].append((one, family))
        return found

    def _one(self, sql: str, params: tuple[Any, ...] = ()) -> Any:
        return self._db.execute(sql, params).fetchone()


def plain(cell: str) -> str:
    """What every database can keep: no NUL, no lone surrogate, not too long."""
    text = cell[:TEXT_KEPT].replace("\x00", "\\x00")
    return text.encode(errors="backslashreplace").decode()


def _mentioned(row: Row) -> Iterator[tuple[str, str, str]]:
    """Family, the key that all spellings share, and the key."""
    yield _OWN_KEY, row.key, row.key
    for each in row.contacts:
        if not each.is_shared:
            alike = each.variant if each.family == "phone" else mailbox_key(each.key) or each.key
            yield each.family, alike, each.key
    if row.document_key:
        yield "document", row.document_key, row.document_key


def _note(groups: Groups, family: str, found: Sequence[tuple[str, str, str, int, str]]) -> None:
    """All rows that mention one handset, mailbox, document or key, in whatever spelling."""
    firsts = []
    for exact, rows in groupby(found, key=lambda each: each[2]):
        mentions = [Mention(line=line, name=name) for *_key, line, name in rows]
        firsts.append(mentions[0].line)
        if len(mentions) > 1:
            groups.note(f"{family}\n{exact}", mentions, is_exclusive=family == _OWN_KEY)
    if len(firsts) > 1:
        groups.note_alike(family, firsts)


def _body(row: Row) -> bytes:
    contacts = tuple(tuple(each) for each in row.contacts)
    return marshal.dumps(tuple(row._replace(contacts=contacts)))  # type: ignore[arg-type]


def _row(body: bytes) -> Row:
    row = Row._make(marshal.loads(body))  # noqa: S302  # our own file
    return row._replace(contacts=tuple(Contact._make(each) for each in row.contacts))
