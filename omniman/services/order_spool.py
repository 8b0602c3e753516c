"""An order file on its way to becoming orders: read once, in bounded memory.

The rows of one order may stand anywhere in the file (in Online Retail they nearly always stand
together, and once they do not). So the rows that count go, piece by piece as they stand together,
into a temporary SQLite file, and come back out grouped by order, the orders by where they begin.
Memory holds one piece or one order at a time, whatever the size of the file.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import marshal
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO
from zoneinfo import ZoneInfo

from omniman.errors import UnreadableOrderFile
from omniman.rules import order_import_rows
from omniman.rules.order_import import Mapping
from omniman.rules.order_import_rows import ImportedOrder, Line, Rejected, RowRules

#: Rows of one order that wait in memory before they are written down.
PIECE_ROWS = 2000
#: Longest field in characters.
FIELD_LIMIT = 1_000_000

#: Takes the line of the file, the reason, and what the line says.
Reject = Callable[[int, str, Sequence[str]], None]
Rows = Iterable[tuple[int, Sequence[str]]]
Watch = Callable[[Rows], Rows]
#: A ``Line`` as marshal keeps it.
Piece = tuple[int | str | None, ...]


def digest_of(path: Path) -> str:
    """SHA-256 of the file's bytes. Raises UnreadableOrderFile."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableOrderFile(f"{path} cannot be read: {error.strerror}.") from error


@dataclass(slots=True)
class Spool(AbstractContextManager["Spool"]):
    """The rows of one file that count. ``fill`` once, then ``orders`` as often as wanted."""

    mapping: Mapping
    reject: Reject
    row_count: int = 0
    order_count: int = 0
    rules: RowRules | None = None
    _stack: ExitStack = field(default_factory=ExitStack)
    _db: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="orders-"))
        self._db = sqlite3.connect(Path(folder) / "spool.sqlite3", isolation_level=None)
        self._stack.callback(self._db.close)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE piece (line INTEGER PRIMARY KEY, key TEXT, rows BLOB)")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def fill(self, path: Path, *, zone: ZoneInfo, watch: Watch) -> None:
        """Read the file; ``watch`` sees every row pass (a progress bar).

        Raises UnreadableOrderFile for a file that is not there or lacks a column.
        """
        with _opened(path, self.mapping) as text:
            self.rules, rows = _rows(text, path, self.mapping, zone, self.reject)
            self._db.execute("BEGIN")
            for key, piece in self._pieces(watch(rows)):
                self._db.execute(
                    "INSERT INTO piece VALUES (?, ?, ?)", (piece[0][0], key, marshal.dumps(piece))
                )
            self._db.execute("COMMIT")
        self._db.execute("CREATE INDEX piece_key ON piece (key, line)")
        counted = "count(*)" if self.mapping.one_order == "row" else "count(DISTINCT key)"
        (self.order_count,) = self._db.execute(f"SELECT {counted} FROM piece").fetchone()  # noqa: S608  # one of two constants

    def orders(self) -> Iterator[ImportedOrder]:
        """The orders, always the same in the same order."""
        assert self.rules is not None, "fill first"
        keys = self._db.execute("SELECT key FROM piece GROUP BY key ORDER BY min(line)")
        for (key,) in keys:
            pieces = self._db.execute("SELECT rows FROM piece WHERE key = ? ORDER BY line", (key,))
            lines = [Line._make(row) for (piece,) in pieces for row in marshal.loads(piece)]  # noqa: S302  # our own file
            yield from order_import_rows.orders(key, lines, self.rules, self._reject_line)

    def _pieces(self, rows: Rows) -> Iterator[tuple[str, list[Piece]]]:
        """Rows that count, as long as they stand together and belong to one order."""
        assert self.rules is not None
        read, reject = self.rules.read, self.reject
        by_row = self.mapping.one_order == "row"
        open_key = ""
        piece: list[Piece] = []
        for number, cells in rows:
            self.row_count += 1
            try:
                key, line = read(number, cells)
            except Rejected as rejected:
                reject(number, str(rejected), cells)
                continue
            if piece and (key != open_key or by_row or len(piece) >= PIECE_ROWS):
                yield open_key, piece
                piece = []
            open_key = key
            piece.append(tuple(line))
        if piece:
            yield open_key, piece

    def _reject_line(self, line: Line, reason: str) -> None:
        self.reject(line.line, reason, [line.customer, line.sku, line.name, line.quantity])


@contextmanager
def _opened(path: Path, mapping: Mapping) -> Iterator[IO[str]]:
    try:
        with path.open("rb") as file:
            is_gzip = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            binary = gzip.GzipFile(fileobj=file) if is_gzip else file
            # Bytes of another encoding become lone surrogates, which reject their row alone.
            yield io.TextIOWrapper(
                binary,
                encoding=mapping.encoding,
                errors="surrogateescape",
                newline="",
            )
    except (OSError, EOFError, LookupError, zlib.error) as error:
        raise UnreadableOrderFile(f"{path} cannot be read: {error}.") from error


def _rows(
    text: IO[str], path: Path, mapping: Mapping, zone: ZoneInfo, reject: Reject
) -> tuple[RowRules, Rows]:
    suffixes = {suffix.lower() for suffix in path.suffixes}
    if suffixes.intersection(mapping.position_suffixes):
        columns = {name: at - 1 for name, at in mapping.positions.items()}
        numbered = ((number, line.split()) for number, line in enumerate(text, start=1))
        rules = RowRules(mapping, columns, zone=zone, width=None)
        return rules, (pair for pair in numbered if pair[1])
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader(text, delimiter=mapping.delimiter)
    header = [name.removeprefix("\ufeff") for name in next(reader, [])]
    columns = order_import_rows.columns_of(mapping, header)
    return RowRules(mapping, columns, zone=zone, width=len(header)), _records(reader, reject)


def _records(reader: "csv._reader", reject: Reject) -> Rows:  # type: ignore[name-defined]  # noqa: UP037  # the type has no public name
    """Every record with the line it begins in, empty lines left out."""
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reject(begins, "not_csv", [str(error)])
            continue
        if cells:
            yield begins, cells
