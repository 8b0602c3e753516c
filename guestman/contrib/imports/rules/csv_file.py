"""CSV as people export it: any delimiter, several encodings; both are found out and told."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from guestman.contrib.imports.errors import UnreadableFile

#: Bytes looked at to find out how a file is written.
SAMPLE_BYTES: Final = 262_144
#: Longest cell in characters; a longer one rejects its row.
CELL_LIMIT: Final = 100_000
DELIMITERS: Final = (",", ";", "\t", "|")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Signatures of files that are no text: zip, gzip, OLE (old Excel), PDF.
_BINARY: Final = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"%PDF")

Record = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a CSV file is written."""

    encoding: str
    delimiter: str
    quote: str = '"'


def form_of(path: Path) -> Form:
    """How the file is written, from its beginning and, for the encoding, all of it.

    UTF-8 where every byte agrees, UTF-16 with its mark or where every other byte is zero, else
    Windows-1252, the superset of Latin-1 that spreadsheets write. Raises UnreadableFile.
    """
    try:
        with path.open("rb") as file:
            sample = file.read(SAMPLE_BYTES)
    except OSError as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error.strerror}.") from error
    if not sample.strip():
        raise UnreadableFile("The file is empty.")
    if sample.startswith(_BINARY):
        raise UnreadableFile("This is not a CSV file. Spreadsheets must be .xlsx.")
    encoding = _marked(sample) or _utf16(sample) or ("utf-8" if _is_utf8(path) else "cp1252")
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    return Form(encoding=encoding, **_punctuation(text))


def records(path: Path, form: Form) -> Iterator[Record]:
    """Every record with the line it begins in; empty lines are left out.

    A record that is no CSV comes as one without cells. Bytes of another encoding become U+FFFD.
    """
    with path.open("rb") as file:
        text = io.TextIOWrapper(file, encoding=form.encoding, errors="replace", newline="")
        csv.field_size_limit(CELL_LIMIT)
        reader = csv.reader(text, delimiter=form.delimiter, quotechar=form.quote)
        while True:
            begins = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield begins, ()
                continue
            if any(cells):
                yield begins, cells


def _marked(sample: bytes) -> str:
    return next((name for mark, name in _MARKS if sample.startswith(mark)), "")


def _utf16(sample: bytes) -> str:
    even, odd = sample[:2000:2], sample[1:2000:2]
    if odd and odd.count(0) > 0.4 * len(odd) and not even.count(0):
        return "utf-16-le"
    if even and even.count(0) > 0.4 * len(even) and not odd.count(0):
        return "utf-16-be"
    return ""


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while block := file.read(SAMPLE_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _punctuation(text: str) -> dict[str, str]:
    """Delimiter and quote: those under which the first records are widest and agree."""
    best, found = (0.0, 0), {"delimiter": ",", "quote": '"'}
    for delimiter in DELIMITERS:
        quote = _quote(text, delimiter)
        widths = _widths(text, delimiter, quote)
        if not widths or widths[0] < 2:
            continue
        score = (round(widths.count(widths[0]) / len(widths), 2), widths[0])
        if score > best:
            best, found = score, {"delimiter": delimiter, "quote": quote}
    return found


def _quote(text: str, delimiter: str) -> str:
    """The mark in which more cells stand."""
    return "'" if _quoted(text, delimiter, "'") > _quoted(text, delimiter, '"') else '"'


def _quoted(text: str, delimiter: str, quote: str) -> int:
    edge = re.escape(delimiter)
    opened = re.findall(rf"(?:^|{edge}){quote}", text, re.MULTILINE)
    closed = re.findall(rf"{quote}(?:{edge}|\r?$)", text, re.MULTILINE)
    return min(len(opened), len(closed))


def _widths(text: str, delimiter: str, quote: str) -> list[int]:
    csv.field_size_limit(CELL_LIMIT)
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    widths: list[int] = []
    try:
        for cells in csv.reader(lines, delimiter=delimiter, quotechar=quote):
            if any(cells):
                widths.append(len(cells))
            if len(widths) == 50:
                break
    except csv.Error:
        return []
    # The last record of a sample may be cut in two.
    return widths[:-1] if 1 < len(widths) < 50 and len(text) >= SAMPLE_BYTES // 4 else widths
