"""A copy of everything that is kept about a person: JSON, and a ZIP that people can read."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guestman.contrib.privacy.service import people, preview
from guestman.models import Customer
from shopman import audit, clock, subjects, tenancy
from shopman.jobs import tables
from shopman.person import Person
from shopman.personal import Personal

Row = Mapping[str, Any]
#: Rows in memory at once.
BATCH_SIZE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A person's data, read from the database when it is asked for, a few rows at a time."""

    customer: Customer
    person: Person
    at: dt.datetime

    @property
    def file_name(self) -> str:
        return f"{self.customer.code}-{self.at:%Y-%m-%d}.zip"

    @property
    def data(self) -> dict[str, Any]:
        """All of it as one JSON value, in memory."""
        sections = {each.key: list(self.rows(each)) for each in told()}
        return {**self.head(), "sections": {key: rows for key, rows in sections.items() if rows}}

    def head(self) -> dict[str, Any]:
        """What the copy is of."""
        return {
            "shop": tenancy.current().name,
            "customer": self.customer.code,
            "records": sorted(str(key) for key in self.person.keys),
            "exported_at": self.at.isoformat(),
        }

    def rows(self, section: Personal) -> Iterator[Row]:
        """What a section tells, row by row."""
        found = section.rows(self.person).order_by("pk").iterator(chunk_size=BATCH_SIZE)
        return (section.copy(row, self.person) for row in found)

    def write_zip(self, target: IO[bytes]) -> None:
        """A ZIP with ``index.html`` for people, ``data.json`` for programs, a CSV per section."""
        with tempfile.TemporaryDirectory(prefix="shopman-export-") as name:
            folder = Path(name)
            _write_files(self, folder)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                for path in sorted(folder.iterdir(), key=lambda each: each.suffix != ".html"):
                    archive.write(path, path.name)


def export(*, customer: Customer) -> Export:
    """A copy of what is kept about a customer and every record merged into it. It is audited.

    Holds nothing about anybody else: orders of guests only where the customer proved to have the
    contact that was given, and no names of staff. Raises CustomerNotFound, CustomerErased.
    """
    rows = people.records(customer.pk)
    survivor = preview.of(rows)
    audit.record(subject=survivor.subject, action="privacy.export")
    return Export(customer=survivor, person=people.person(rows), at=clock.now())


def told() -> list[Personal]:
    """The entries of which a person gets a copy."""
    return [each for each in subjects.personal() if each.told]


def _write_files(copy: Export, folder: Path) -> None:
    """Every section is read once and written three times."""
    with ExitStack() as stack:
        data = stack.enter_context((folder / "data.json").open("w", encoding="utf-8"))
        page = stack.enter_context((folder / "index.html").open("w", encoding="utf-8"))
        data.write(json.dumps(copy.head(), ensure_ascii=False)[:-1] + ', "sections": {')
        page.write(_page_head(copy))
        is_first = True
        for section in told():
            rows = copy.rows(section)
            first = next(rows, None)
            if first is not None:
                data.write("" if is_first else ", ")
                is_first = False
                _write_section(section, first, rows, data, page, folder)
        data.write("}}\n")
        page.write("</main></body></html>\n")


def _write_section(
    section: Personal,
    first: Row,
    rest: Iterator[Row],
    data: IO[str],
    page: IO[str],
    folder: Path,
) -> None:
    names = list(first)
    data.write(f"{json.dumps(section.key)}: [")
    page.write(format_html("<h2>{}</h2>\n", section.title))
    path = folder / f"{section.key}.csv"
    with path.open("w", encoding="utf-8", newline="") as table:
        table.write(tables.BYTE_ORDER_MARK + tables.csv_text([names]))
        for number, row in enumerate(_chain(first, rest)):
            data.write(", " if number else "")
            data.write(json.dumps(row, ensure_ascii=False))
            table.write(tables.csv_text([[_cell(row.get(name)) for name in names]]))
            page.write(_row_of_page(row))
    data.write("]")


def _chain(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def _cell(value: Any) -> Any:
    is_nested = isinstance(value, (Mapping, list))
    return json.dumps(value, ensure_ascii=False) if is_nested else value


def _page_head(copy: Export) -> str:
    when = date_format(timezone.localtime(copy.at), "DATETIME_FORMAT")
    return render_to_string(
        "guestman_privacy/export_head.html",
        {"shop": tenancy.current().name, "customer": copy.customer, "when": when},
    )


def _row_of_page(row: Row) -> SafeString:
    facts = [(_words(name), _value(value)) for name, value in row.items() if not _is_empty(value)]
    return format_html("<dl>{}</dl>\n", format_html_join("", "<dt>{}</dt><dd>{}</dd>", facts))


def _value(value: Any) -> str | SafeString:
    if isinstance(value, Mapping):
        facts = [
            (_words(name), _value(each)) for name, each in value.items() if not _is_empty(each)
        ]
        return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd>{}</dd>", facts))
    if isinstance(value, list):
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((_value(each),) for each in value))
        )
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, Mapping, Sequence)) and not value)


def _words(name: str) -> str:
    plain = name.removesuffix("_id").replace("_", " ")
    return _(plain).capitalize() if plain else ""
