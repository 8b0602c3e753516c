"""Cells and lines of exported files. Pure, but for the spreadsheet library."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from shopman.spreadsheets import safe

#: Characters that XML 1.0, and so a workbook, cannot hold.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: Tells spreadsheet programs that a CSV file is UTF-8.
BYTE_ORDER_MARK = "\ufeff"


def csv_text(lines: Iterable[Sequence[Any]]) -> str:
    """Lines of a CSV file (RFC 4180)."""
    out = io.StringIO()
    csv.writer(out).writerows(map(safe, line) for line in lines)
    return out.getvalue()


def json_lines(lines: Iterable[Sequence[Any]]) -> bytes:
    """Lines in waiting, for a file that can only be written in one go."""
    return b"".join(orjson.dumps(list(map(safe, line))) + b"\n" for line in lines)


def write_workbook(spool: Path, target: Path) -> None:
    """The workbook of a spool of JSON lines, written row by row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    with spool.open("rb") as lines:
        for line in lines:
            sheet.append([_cell(sheet, value) for value in orjson.loads(line)])
    book.save(target)


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, _NOT_XML.sub("", value))
    # Whatever it looks like, it is a text.
    cell.data_type = "s"
    return cell
