"""A file of customers, whatever it is written in: its header and its records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from guestman.contrib.imports.errors import UnreadableFile
from guestman.contrib.imports.rules import csv_file, xlsx_file
from guestman.contrib.imports.rules.csv_file import Form, Record

#: Columns beyond which a file is no table of customers.
COLUMN_LIMIT = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An opened file. ``form`` is None for a workbook."""

    path: Path
    header: Sequence[str]
    form: Form | None

    def records(self) -> Iterator[Record]:
        """The records below the header, each with its line; read anew each time.

        A record without cells cannot be read. Raises UnreadableFile.
        """
        return islice(_records(self.path, self.form), 1, None)

    def sample(self, count: int) -> list[Sequence[str]]:
        """The first records."""
        return [cells for _line, cells in islice(self.records(), count)]

    @property
    def told(self) -> str:
        """How the file was read, for people."""
        if self.form is None:
            return "Excel workbook"
        delimiter = {"\t": "tab"}.get(self.form.delimiter, self.form.delimiter)
        return f"CSV, {self.form.encoding}, separated by {delimiter}, quoted by {self.form.quote}"


def open_table(path: Path) -> Table:
    """The table in a ``.csv`` or ``.xlsx`` file. Raises UnreadableFile."""
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".txt", ".tsv", ".xlsx"):
        raise UnreadableFile("Customers are imported from .csv and .xlsx files.")
    form = None if suffix == ".xlsx" else csv_file.form_of(path)
    first = next(_records(path, form), None)
    if first is None:
        raise UnreadableFile("The file is empty.")
    header = unique([name.strip().removeprefix("\ufeff") for name in first[1]])
    if not any(header) or len(header) > COLUMN_LIMIT:
        raise UnreadableFile("The first line must name the columns.")
    return Table(path=path, header=header, form=form)


def digest_of(path: Path) -> str:
    """SHA-256 (hex) of the file's bytes. Raises UnreadableFile."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error.strerror}.") from error


def unique(header: Sequence[str]) -> list[str]:
    """Names of columns, a repeated one numbered: ``Phone``, ``Phone 2``; an unnamed one too."""
    found: list[str] = []
    for at, name in enumerate(header, start=1):
        wanted, number = name or f"#{at}", 1
        while wanted in found:
            number += 1
            wanted = f"{name} {number}"
        found.append(wanted)
    return found


def _records(path: Path, form: Form | None) -> Iterator[Record]:
    return xlsx_file.records(path) if form is None else csv_file.records(path, form)
