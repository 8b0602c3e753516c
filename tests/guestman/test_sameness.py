"""What speaks against one person: said once, the same for whoever asks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guestman.rules.documents import Document
from guestman.rules.evidence import of_identifier as level_of
from guestman.rules.evidence import rank, rank_of_strength, strongest, weakest
from guestman.rules.sameness import Traits, objections

ANA = Traits(
    name="Ana Souza",
    is_company=False,
    document=Document("52998224725", "cpf", "BR"),
    birth_date=dt.date(1990, 1, 1),
)
TRAITS = st.builds(
    Traits,
    name=st.sampled_from(["", "Ana Souza", "Aninha Souza", "Roberto Dias"]),
    is_company=st.none() | st.booleans(),
    document=st.builds(
        Document,
        st.sampled_from(["", "1", "2"]),
        st.sampled_from(["cpf", "other"]),
        st.sampled_from(["BR", "PT"]),
    ),
    birth_date=st.none() | st.dates(dt.date(1990, 1, 1), dt.date(1990, 1, 3)),
    is_active=st.booleans(),
    is_erased=st.booleans(),
)


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, ()),
        ({"name": "Aninha"}, ()),
        ({"name": "Roberto Dias"}, ("names_contradict",)),
        ({"is_company": True}, ("company_and_person",)),
        ({"is_company": None}, ()),
        ({"document": Document("39053344705", "cpf", "BR")}, ("documents_differ",)),
        # A passport, or another country's number, says nothing about a CPF.
        ({"document": Document("AB123456", "other", "BR")}, ()),
        ({"document": Document("501964843", "vat", "PT")}, ()),
        ({"document": Document("", "", "")}, ()),
        ({"birth_date": dt.date(1990, 1, 2)}, ("birth_dates_differ",)),
        ({"birth_date": None}, ()),
        ({"is_active": False}, ("inactive",)),
        ({"is_erased": True, "is_active": False}, ("erased", "inactive")),
        (
            {"name": "Kim Oh", "is_company": True, "birth_date": dt.date(1970, 1, 1)},
            ("company_and_person", "birth_dates_differ", "names_contradict"),
        ),
    ],
)
def test_what_speaks_against_one_person(facts: dict[str, Any], reasons: tuple[str, ...]) -> None:
    other = replace(ANA, **facts)
    assert objections(ANA, other) == objections(other, ANA) == reasons
    assert objections(ANA, other, is_protected=True) == ("protected", *reasons)


@given(TRAITS, TRAITS)
def test_it_does_not_matter_who_comes_first(one: Traits, other: Traits) -> None:
    assert objections(one, other) == objections(other, one)


@given(TRAITS)
def test_what_is_not_known_contradicts_nobody(one: Traits) -> None:
    unknown = Traits(is_active=True)
    assert set(objections(one, unknown)) <= {"erased", "inactive"}
    assert set(objections(one, one)) <= {"erased", "inactive"}


def test_a_chain_is_as_good_as_its_weakest_link() -> None:
    assert weakest("V", "A") == weakest("A", "V") == "A"
    assert weakest("V", "V") == "V"
    assert weakest("V", "A", "U") == "U"
    assert strongest(["U", "V", "A"]) == "V"
    assert rank("V") > rank("A") > rank("U")


@pytest.mark.parametrize(
    ("strength", "is_account", "level"),
    [
        ("verified", False, "V"),
        ("asserted", False, "A"),
        ("weak", False, "U"),
        # A card or a checked document names one account and proves nobody to have it.
        ("strong", False, "A"),
        ("strong", True, "V"),
        ("weak", True, "U"),
    ],
)
def test_where_a_level_comes_from(strength: str, is_account: bool, level: str) -> None:
    assert level_of(strength, is_account=is_account) == level


def test_the_stronger_identifier_stays() -> None:
    order = sorted(["strong", "weak", "verified", "asserted"], key=rank_of_strength)
    assert order == ["weak", "asserted", "verified", "strong"]
