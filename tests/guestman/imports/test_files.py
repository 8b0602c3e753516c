"""Files as people export them: any delimiter, several encodings, workbooks, and what is none."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from guestman.contrib.imports.errors import InvalidMapping, UnreadableFile
from guestman.contrib.imports.rules import csv_file, xlsx_file
from guestman.contrib.imports.rules.columns import guess
from guestman.contrib.imports.rules.mapping import from_document, from_pairs, source_name
from guestman.contrib.imports.rules.table import open_table

HEADER = ["Nome", "Celular", "Observação"]
ROWS = [["João d'Ávila", "(11) 98765-4321", "diz; que, sim"], ["Ana", "11 3061-2200", 'a "boa"']]


def written(path: Path, *, encoding: str = "utf-8", delimiter: str = ",", quote: str = '"') -> Path:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quotechar=quote, lineterminator="\r\n")
    writer.writerows([HEADER, *ROWS, *([[f"Pessoa {n}", "11 3061-2200", ""] for n in range(20)])])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_file_is_read_whatever_wrote_it(
    tmp_path: Path, encoding: str, delimiter: str, quote: str
) -> None:
    path = written(tmp_path / "c.csv", encoding=encoding, delimiter=delimiter, quote=quote)
    table = open_table(path)
    assert table.header == HEADER
    assert table.sample(2) == ROWS
    assert len(list(table.records())) == 22


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text('name,phone\n"two\nlines",1\n\n,\nlast,2\n')
    assert [line for line, _cells in open_table(path).records()] == [2, 6]


def test_a_cell_beyond_all_measure_spoils_its_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"name,phone\n{'x' * 1_000_000},1\nAna,2\n")
    found = list(open_table(path).records())
    assert found == [(2, ()), (3, ["Ana", "2"])]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("blank.csv", b" \r\n \n"),
        ("workbook.csv", b"PK\x03\x04rest"),
        ("old.csv", b"\xd0\xcf\x11\xe0rest"),
        ("text.xlsx", b"name,phone\n"),
        ("empty.xlsx", b""),
        ("broken.xlsx", b"PK\x03\x04" + b"\x00" * 100),
        ("picture.png", b"\x89PNG"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile):
        open_table(path)


def test_a_header_alone_is_a_table_without_records(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("name,phone\n")
    assert list(open_table(path).records()) == []


def test_a_workbook_is_read_as_its_cells_show(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "c.xlsx",
        [
            ["name", "phone", "born", "sum"],
            ["Ana", 11987654321, dt.date(1990, 5, 1), "=1+1"],
            [None, None, None, None],
            ["Bia", 11.5, None, True],
        ],
    )
    found = list(open_table(path).records())
    # A formula that was never calculated has no value; it is not run.
    assert found == [
        (2, ["Ana", "11987654321", "1990-05-01", ""]),
        (4, ["Bia", "11.5", "", "True"]),
    ]


def test_a_workbook_that_unfolds_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "c.xlsx", [["name", "phone"], *([["x" * 1000, 1]] * 300)])
    monkeypatch.setattr(xlsx_file, "UNPACKED_LIMIT", 10_000)
    with pytest.raises(UnreadableFile, match="unfolds"):
        open_table(path)


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    good = workbook(tmp_path / "good.xlsx", [["name", "phone"], ["Ana", 1]])
    bad = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            new.writestr(part, content)
    with pytest.raises(UnreadableFile, match="declares"):
        open_table(bad)


def test_a_workbook_cut_in_two_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", [["name", "phone"], *([["Ana", 1]] * 50)])
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(UnreadableFile):
        list(open_table(path).records())


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.text(alphabet="abcé,;'\" \n1", max_size=8), min_size=3, max_size=3),
        min_size=6,
        max_size=12,
    ),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str
) -> None:
    path = tmp_path_factory.mktemp("csv") / "c.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    form = csv_file.Form(encoding="utf-8", delimiter=delimiter)
    assert [list(cells) for _line, cells in csv_file.records(path, form)] == [
        row for row in rows if any(row)
    ]
    assert csv_file.form_of(path) == form


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            ["Código", "Nome", "Sobrenome", "Celular", "E-mail", "CPF/CNPJ", "Data de Nascimento"],
            ["external_id", "first_name", "last_name", "phone", "email", "document", "birth_date"],
        ),
        (
            ["Customer ID", "Full Name", "Mobile Phone", "Email Address", "DOB", "Notes", "Zip"],
            ["external_id", "name", "phone", "email", "birth_date", "notes", "postal_code"],
        ),
        (
            ["Nombre", "Apellidos", "Teléfono", "Correo electrónico", "Calle", "Ciudad"],
            ["first_name", "last_name", "phone", "email", "street", "city"],
        ),
        (
            ["Nombre", "Móvil", "Fecha de nacimiento", "Grupo"],
            ["name", "phone", "birth_date", "group"],
        ),
        (
            ["Cliente", "Telefone", "Endereço", "Número", "Bairro", "Cidade", "UF", "CEP"],
            ["name", "phone", "street", "number", "district", "city", "region", "postal_code"],
        ),
    ],
)
def test_columns_are_guessed_in_three_languages(header: list[str], expected: list[str]) -> None:
    assert guess(header) == dict(zip(expected, header, strict=True))


def test_a_mapping_is_given_as_pairs_or_as_a_document() -> None:
    header = ["Nome", "Fone"]
    pairs = from_pairs("name=Nome, phone=Fone", source="old", header=header)
    document = from_document(
        {"columns": {"name": "Nome", "phone": "Fone"}}, source="old", header=header
    )
    assert pairs == document
    assert pairs.digest == document.digest
    assert pairs.places(header) == {"name": 0, "phone": 1}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("name", "like"),
        ("name=Nome", "Name a column of"),
        ("name=Nome,telephone=Fone", "not a field"),
        ("name=Nome,name=Fone", "one column"),
        ("phone=Fone,name=Fone", "one field"),
    ],
)
def test_a_mapping_that_makes_no_sense_says_why(text: str, wrong: str) -> None:
    with pytest.raises(InvalidMapping, match=wrong):
        from_pairs(text, source="old", header=["Nome", "Fone"])


def test_a_column_that_is_not_there_is_named() -> None:
    found = from_pairs("phone=Tel", source="old", header=["Tel"])
    with pytest.raises(InvalidMapping, match="Tel"):
        found.places(["Fone"])


def test_a_file_names_its_system() -> None:
    assert source_name("Clientes São Paulo 2024.csv") == "clientes-s-o-paulo-2024"
    assert source_name("---.csv") == "file"
