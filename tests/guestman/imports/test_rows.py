"""What a record says, cell by cell, and which records are one person."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guestman.contrib.identifiers.rules import junk
from guestman.contrib.imports.rules.columns import FIELDS
from guestman.contrib.imports.rules.grouping import Groups, Mention, fullest_name, objection
from guestman.contrib.imports.rules.rows import CellError, Reading, Row, RowRules

FIELDS_READ = list(FIELDS)


def rules(**changes: Any) -> RowRules:
    reading = {
        "places": {field: at for at, field in enumerate(FIELDS_READ)},
        "width": len(FIELDS_READ),
        "dates": "dmy",
        "region": "BR",
        "today": dt.date(2026, 11, 24),
        "groups": {"vip": "vip", "clientes vip": "vip"},
        "locales": ("pt-br", "en", "es"),
        "notes_limit": 1000,
        "standing": junk.standing,
    }
    return RowRules(Reading(**{**reading, **changes}))


def cells(**given: str) -> list[str]:
    return [given.get(field, "") for field in FIELDS_READ]


def read(**given: str) -> Any:
    return rules().read(2, cells(**given))


def test_a_full_record_is_a_row() -> None:
    row = read(
        external_id="77",
        name="Ana  de Souza",
        phone="(11) 98765-4321",
        phone_2="+55 11 3061-2200",
        email="Ana@Loja.com.br",
        document="529.982.247-25",
        birth_date="01/05/1990",
        group="Clientes VIP",
        notes="gosta\nde chá",
        street="Rua A",
        number="10",
        city="São Paulo",
        country="Brasil",
    )
    assert isinstance(row, Row)
    assert (row.key, row.has_own_key) == ("77", True)
    assert (row.first_name, row.last_name) == ("Ana", "de Souza")
    assert [each.key for each in row.contacts] == [
        "+5511987654321", "+551130612200", "ana@loja.com.br",
    ]  # fmt: skip
    assert row.document == ("52998224725", "cpf", "BR")
    assert row.birth_date == "1990-05-01"
    assert row.group == "vip"
    assert dict(row.address) == {
        "street": "Rua A", "number": "10", "city": "São Paulo", "country": "BR",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("phone", "12", "invalid_phone"),
        ("phone", "11 98765-4321\x00", "invalid_phone"),
        ("email", "ana at loja", "invalid_email"),
        ("document", "529.982.247-26", "invalid_document"),
        ("birth_date", "31/02/1990", "invalid_birth_date"),
        ("birth_date", "01/05/2090", "invalid_birth_date"),
        ("birth_date", "yesterday", "invalid_birth_date"),
        ("group", "nobody's", "invalid_choice"),
        ("locale", "klingon", "invalid_locale"),
        ("first_name", "A\x00na", "invalid_text"),
        ("first_name", "Jo\ufffdo", "invalid_text"),
        ("first_name", "x" * 151, "invalid_text"),
        ("external_id", "x" * 101, "invalid_text"),
        ("customer_type", "alien", "invalid_choice"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named(field: str, value: str, code: str) -> None:
    found = rules().read(2, cells(**{"email": "ana@loja.com.br", field: value}))
    assert found == [CellError(field, code)]


def test_every_wrong_cell_is_told() -> None:
    found = read(phone="12", email="no", birth_date="x")
    assert [each.field for each in found] == ["phone", "email", "birth_date"]


@pytest.mark.parametrize("nobody", ["000000000", "N/A", "-", "null"])
def test_what_names_nobody_is_no_error_and_no_contact(nobody: str) -> None:
    row = read(name="Ana", phone=nobody, email="ana@loja.com.br", document=nobody)
    assert [each.family for each in row.contacts] == ["email"]
    assert row.document == ("", "", "")


def test_a_record_that_names_nobody_is_rejected() -> None:
    nothing = [CellError("", "nothing_to_resolve")]
    assert read(name="Ana") == nothing
    assert read(name="Ana", phone="(11) 99999-9999", email="none@none.com") == nothing
    assert read(name="Ana", email="contato@loja.com.br") == nothing


def test_a_record_of_another_width_is_rejected() -> None:
    assert rules().read(2, ["x"]) == [CellError("", "column_count")]
    assert rules().read(2, [*cells(phone="11 3061-2200"), "more"]) == [
        CellError("", "column_count")
    ]
    assert rules().read(2, ()) == [CellError("", "not_readable")]


def test_a_company_keeps_its_name_whole() -> None:
    row = read(name="Padaria do João Ltda", document="11.222.333/0001-81", phone="11 3061-2200")
    assert (row.first_name, row.last_name, row.customer_type) == (
        "Padaria do João Ltda", "", "company",
    )  # fmt: skip


def test_the_same_record_has_the_same_key_wherever_it_stands() -> None:
    one = rules().read(2, cells(name="Ana", phone="11 98765-4321"))
    other = rules().read(9, cells(name=" Ana ", phone="+55 (11) 98765-4321"))
    another = rules().read(9, cells(name="Bia", phone="11 98765-4321"))
    assert isinstance(one, Row)
    assert isinstance(other, Row)
    assert isinstance(another, Row)
    assert other.key != another.key
    assert one.contacts[0].key == other.contacts[0].key


def test_dates_are_read_as_the_mapping_says() -> None:
    row = rules(dates="mdy").read(2, cells(phone="11 98765-4321", birth_date="05/01/1990"))
    assert isinstance(row, Row)
    assert row.birth_date == "1990-05-01"


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS_READ), st.text(max_size=30), max_size=6))
def test_no_text_breaks_the_reading(given: dict[str, str]) -> None:
    found = rules().read(2, cells(**given))
    assert isinstance(found, (Row, list))


# Groups


def rows_of(*people: tuple[str, str]) -> list[Row]:
    found = [
        rules().read(line, cells(name=name, phone=phone))
        for line, (name, phone) in enumerate(people, start=2)
    ]
    return [row for row in found if isinstance(row, Row)]


def grouped(mentions: list[tuple[str, int, str]]) -> tuple[Groups, dict[int, int]]:
    groups = Groups(max_holders=3)
    by_key: dict[str, list[Mention]] = {}
    for key, line, name in mentions:
        by_key.setdefault(key, []).append(Mention(line=line, name=name))
    for key in sorted(by_key):
        groups.note(key, by_key[key])
    return groups, {line: groups.root(line) for _key, line, _name in mentions}


def test_rows_that_share_a_phone_and_a_name_are_one_person() -> None:
    _groups, roots = grouped([("p", 2, "Ana Souza"), ("p", 3, "Ana"), ("q", 4, "Ana Souza")])
    assert roots == {2: 2, 3: 2, 4: 4}


def test_another_name_beside_the_same_phone_is_another_person() -> None:
    groups, roots = grouped([("phone\np", 2, "Ana Souza"), ("phone\np", 3, "Bruno Lima")])
    assert roots == {2: 2, 3: 3}
    assert groups.neighbours == {(2, 3, "phone")}


def test_what_many_people_share_tells_nobody_apart() -> None:
    names = ["Ana Souza", "Bruno Lima", "Carla Dias", "Davi Reis"]
    groups, roots = grouped([("p", line, name) for line, name in enumerate(names, start=2)])
    assert groups.shared == {"p"}
    assert roots == {line: line for line in roots}
    assert not groups.neighbours


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("pqrst"),
            st.sampled_from("efghi"),
            st.sampled_from(["Ana Souza", "Ana", "A. Souza", "Bruno Lima", "Bruno", "Caio", ""]),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_rows_does_not_matter(
    people: list[tuple[str, str, str]], chance: random.Random
) -> None:
    def parts(order: list[int]) -> set[frozenset[int]]:
        lines = {person: line for line, person in enumerate(order)}
        mentions = [
            (key, lines[person], people[person][2])
            for person in order
            for key in people[person][:2]
        ]
        _groups, roots = grouped(mentions)
        found: dict[int, set[int]] = {}
        for person, line in lines.items():
            found.setdefault(roots[line], set()).add(person)
        return {frozenset(each) for each in found.values()}

    straight = list(range(len(people)))
    shuffled = straight[:]
    chance.shuffle(shuffled)
    assert parts(straight) == parts(shuffled)


def test_a_group_that_cannot_be_one_person_is_refused() -> None:
    phone = "11 98765-4321"
    assert objection(rows_of(*[("Ana", phone)] * 11), max_per_family=5) == "too_many_rows"
    assert objection(rows_of(("Ana", phone), ("Bruno", phone)), max_per_family=5) == (
        "names_contradict"
    )
    many = rows_of(*[("Ana", f"11 98765-432{n}") for n in range(6)])
    assert objection(many, max_per_family=5) == "too_many_contacts"
    assert objection(rows_of(("Ana", phone), ("Ana Souza", phone)), max_per_family=5) == ""


def test_the_fullest_name_is_taken_whole() -> None:
    rows = rows_of(("Ana", "11 98765-4321"), ("Ana Souza", "11 98765-4321"))
    assert fullest_name(rows) == fullest_name(rows[::-1]) == ("Ana", "Souza")
