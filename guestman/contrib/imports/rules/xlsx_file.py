"""Excel workbooks, read row by row, with limits on what a small file may unfold to."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from guestman.contrib.imports.errors import UnreadableFile
from guestman.contrib.imports.rules.csv_file import CELL_LIMIT, Record

#: Rows a worksheet can have (ECMA-376).
ROW_LIMIT: Final = 1_048_576
#: Bytes of all parts together when they are unpacked, and how many parts.
UNPACKED_LIMIT: Final = 512 * 1024 * 1024
#: All texts of a workbook are held in memory.
TEXTS_LIMIT: Final = 96 * 1024 * 1024
PARTS_LIMIT: Final = 2000
COLUMN_LIMIT: Final = 512
_DECLARATION: Final = b"<!DOCTYPE"


def records(path: Path) -> Iterator[Record]:
    """Every row of the first sheet with its number; empty rows are left out.

    Formulas count with the value they had when the workbook was saved. Raises UnreadableFile.
    """
    _refuse_bomb(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (OSError, BadZipFile, KeyError, ValueError, SyntaxError, IndexError) as error:
        raise UnreadableFile("The workbook is damaged.") from error
    try:
        if not book.worksheets:
            raise UnreadableFile("The workbook has no sheet with cells.")
        yield from _rows(book.worksheets[0])
    except (BadZipFile, KeyError, ValueError, SyntaxError, EOFError) as error:
        raise UnreadableFile("The workbook is damaged.") from error
    finally:
        book.close()


def _rows(sheet: Any) -> Iterator[Record]:
    # A workbook may lie about how large its sheet is.
    sheet.reset_dimensions()
    width = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > ROW_LIMIT or len(row) > COLUMN_LIMIT:
            raise UnreadableFile(f"A sheet has at most {ROW_LIMIT} rows, {COLUMN_LIMIT} columns.")
        cells = [text_of(value) for value in row]
        if not any(cells):
            continue
        width = width or len(cells)
        if any(len(cell) > CELL_LIMIT for cell in cells):
            yield number, ()
        else:
            # Rows end with their last cell that was ever written to.
            yield number, cells + [""] * (width - len(cells))


def text_of(value: Any) -> str:
    """A cell as text: whole numbers without a point, dates as ISO 8601.

    >>> text_of(11987654321.0), text_of(dt.datetime(1990, 5, 1)), text_of(None)
    ('11987654321', '1990-05-01', '')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return str(value)


def _refuse_bomb(path: Path) -> None:
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
            if "[Content_Types].xml" not in archive.namelist():
                raise UnreadableFile("This is not an Excel workbook (.xlsx).")
            if len(parts) > PARTS_LIMIT or sum(map(_size, parts)) > UNPACKED_LIMIT:
                raise UnreadableFile("The workbook unfolds to more than can be read.")
            for part in parts:
                _refuse_part(archive, part)
    except (OSError, BadZipFile, NotImplementedError, RuntimeError) as error:
        raise UnreadableFile("This is not an Excel workbook (.xlsx), or it is damaged.") from error


def _refuse_part(archive: ZipFile, part: zipfile.ZipInfo) -> None:
    if part.filename.casefold().endswith("sharedstrings.xml") and part.file_size > TEXTS_LIMIT:
        raise UnreadableFile("The workbook holds more text than can be read. Save it as CSV.")
    if part.filename.endswith((".xml", ".rels")):
        with archive.open(part) as content:
            # No workbook declares entities; one that does wants them unfolded.
            if _DECLARATION in content.read(4096):
                raise UnreadableFile("The workbook declares what no workbook declares.")


def _size(part: zipfile.ZipInfo) -> int:
    return part.file_size
