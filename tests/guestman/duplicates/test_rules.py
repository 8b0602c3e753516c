"""Agreement, weights, blocking: laws that hold for any two people."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guestman.contrib.duplicates.rules import (
    agreement,
    blocking,
    ceiling,
    people,
    population,
    scoring,
)
from guestman.contrib.duplicates.rules.agreement import DateLevel, Level
from guestman.contrib.duplicates.rules.people import Person
from guestman.contrib.duplicates.rules.scoring import Band, score
from guestman.contrib.duplicates.rules.weights import PRIOR, Frequencies
from guestman.rules.documents import Document
from guestman.rules.names import name_words
from guestman.rules.nicknames import are_nicknames

NOBODY_COUNTED = Frequencies()
SOME_COUNTED = Frequencies(
    counts={"given_name": {"ana": 40, "daniel": 9}, "family_name": {"souza": 30, "sousa": 8}},
    rows={"given_name": 900, "family_name": 1400},
    people=50_000,
)
WORDS = st.text("abcdeimnorsu", min_size=1, max_size=9)
KNOWN = st.sampled_from("ana anna ananias daniel daniela dani souza sousa filho de ze jose".split())
NAMES = st.lists(WORDS | KNOWN, max_size=3).map(tuple)
PLACES = st.builds(
    people.place,
    lines=st.lists(WORDS, max_size=2),
    number=st.sampled_from(["", "1", "12", "120"]),
    city=st.sampled_from(["", "recife", "olinda"]),
    region=st.sampled_from(["", "pe"]),
    postal_code=st.sampled_from(["", "50000", "50001"]),
)
DOCUMENTS = [Document(number, "cpf", "BR") for number in ("1", "2")] + [
    Document("3", "other", "BR")
]
EMAILS = st.sampled_from(["ana.souza@x.com", "ana.sousa@x.com", "a@x.com", "bia@y.org"])
PEOPLE = st.builds(
    Person,
    given=NAMES,
    family=NAMES,
    birth_date=st.none() | st.dates(dt.date(1980, 1, 1), dt.date(1982, 1, 1)),
    documents=st.frozensets(st.sampled_from(DOCUMENTS), max_size=1),
    emails=st.frozensets(EMAILS, max_size=2),
    phones=st.frozensets(st.sampled_from(["+551", "+552"]), max_size=2),
    places=st.lists(PLACES, max_size=2).map(tuple),
    is_company=st.booleans(),
)
ANA = Person(
    given=("ana",),
    family=("souza",),
    birth_date=dt.date(1980, 5, 17),
    emails=frozenset(["ana.souza@x.com"]),
    places=(people.place(lines=["Rua das Flores"], number="12", city="Recife"),),
)


@given(PEOPLE, PEOPLE)
def test_a_score_is_symmetric_and_its_parts_add_up(one: Person, other: Person) -> None:
    found = score(one, other, NOBODY_COUNTED)
    assert found == score(other, one, NOBODY_COUNTED) or (
        found.total == score(other, one, NOBODY_COUNTED).total
    )
    if one.is_company == other.is_company:
        assert found.total == round(PRIOR + sum(each.weight for each in found.evidence), 2)


@given(PEOPLE, PEOPLE, st.sampled_from([NOBODY_COUNTED, SOME_COUNTED]))
def test_whoever_cannot_reach_a_band_is_below_all_of_them(
    one: Person, other: Person, common: Frequencies
) -> None:
    if not ceiling.may_be_stored(one, other, common):
        assert score(one, other, common).band is Band.UNLIKELY


@given(PEOPLE, PEOPLE, EMAILS)
def test_to_agree_on_more_never_lowers_a_score(one: Person, other: Person, email: str) -> None:
    before = score(replace(one, emails=frozenset()), replace(other, emails=frozenset()), _NONE)
    both = frozenset([email])
    after = score(replace(one, emails=both), replace(other, emails=both), _NONE)
    assert after.total >= before.total


_NONE = NOBODY_COUNTED


@given(PEOPLE, PEOPLE)
def test_a_company_is_never_a_person(one: Person, other: Person) -> None:
    found = score(replace(one, is_company=True), replace(other, is_company=False), NOBODY_COUNTED)
    assert found.band is Band.UNLIKELY


@given(PEOPLE, PEOPLE)
def test_whoever_is_certain_has_a_name_and_a_date_or_document_in_common(
    one: Person, other: Person
) -> None:
    found = score(one, other, NOBODY_COUNTED)
    levels = {each.feature: each.level for each in found.evidence}
    if found.band is Band.CERTAIN:
        assert levels.get("given_name") in ("exact", "near") or "names_swapped" in levels
        assert levels.get("birth_date") in ("exact", "slip") or levels.get("document") == "exact"
        assert levels.get("document") != "different"


@given(st.text(max_size=60))
def test_any_text_becomes_words_and_keys(text: str) -> None:
    words = name_words(text)
    assert name_words(" ".join(words)) == words
    person = Person(given=words, emails=frozenset([text]), places=(people.place(lines=[text]),))
    assert all(isinstance(key, str) for key in blocking.keys(person))


@pytest.mark.parametrize("other", ["joão da silva", "JOAO  SILVA", "Sr. João de Silva"])
def test_accents_case_and_particles_do_not_tell_names_apart(other: str) -> None:
    assert name_words(other) == ("joao", "silva")


def test_nicknames_work_both_ways_and_not_through_a_third() -> None:
    assert are_nicknames("francisco", "chico")
    assert are_nicknames("bob", "robert")
    # Both may be called Beto.
    assert are_nicknames("alberto", "beto")
    assert are_nicknames("beto", "roberto")
    assert not are_nicknames("alberto", "roberto")


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("souza", "souza", Level.EXACT),
        ("souza", "sousa", Level.NEAR),
        ("moura", "muora", Level.NEAR),
        ("goncalves", "gonsalvez", Level.NEAR),
        ("lima", "peixoto", Level.DIFFERENT),
    ],
)
def test_words_agree_as_people_mistype_them(one: str, other: str, level: Level) -> None:
    assert agreement.words(one, other) is level


@pytest.mark.parametrize(
    ("other", "level"),
    [
        (dt.date(1980, 5, 17), DateLevel.EXACT),
        (dt.date(1980, 5, 19), DateLevel.SLIP),
        (dt.date(1990, 5, 17), DateLevel.SLIP),
        (dt.date(1980, 11, 17), DateLevel.TWO_PARTS),
        (dt.date(1980, 6, 28), DateLevel.SAME_SEASON),
        (dt.date(1962, 11, 3), DateLevel.DIFFERENT),
    ],
)
def test_dates_agree_as_people_mistype_them(other: dt.date, level: DateLevel) -> None:
    assert agreement.dates(dt.date(1980, 5, 17), other) is level


def test_day_and_month_in_each_others_place_are_a_slip() -> None:
    assert agreement.dates(dt.date(1980, 5, 7), dt.date(1980, 7, 5)) is DateLevel.SLIP


def test_one_letter_of_a_short_address_is_somebody_else() -> None:
    assert agreement.emails("h.k@sharp.com", "f.j@sharp.com") is Level.DIFFERENT
    assert agreement.emails("beatriz.lima@x.com", "beatris.lima@x.com") is Level.NEAR


def test_people_who_live_together_are_possible_and_never_likely() -> None:
    brother = replace(ANA, given=("rui",), birth_date=dt.date(1984, 2, 2), emails=frozenset())
    assert score(ANA, brother, NOBODY_COUNTED).band in (Band.POSSIBLE, Band.UNLIKELY)


def test_a_rare_name_says_more_than_a_common_one() -> None:
    crowd = [Person(given=("ana",), family=("silva",))] * 400
    common = population.counted([*crowd, ANA])
    silva = Person(given=("ana",), family=("silva",))
    assert score(ANA, ANA, common).total > score(silva, silva, common).total


def test_evident_duplicates_make_no_name_common() -> None:
    same = population.counted([ANA] * 50)
    assert same.counts.get("family_name", {}).get("souza", 0) == 0


def test_names_of_a_few_are_not_kept() -> None:
    few = [Person(family=("raro",)), Person(family=("raro",))]
    assert population.counted(few).counts["family_name"] == {}


def test_a_mistyped_field_leaves_another_key() -> None:
    mistyped = replace(ANA, given=("anna",), birth_date=dt.date(1980, 5, 18))
    assert blocking.keys(ANA) & blocking.keys(mistyped)
    stranger = Person(given=("otto",), family=("krull",), birth_date=dt.date(1951, 1, 2))
    assert not blocking.keys(ANA) & blocking.keys(stranger)


def test_the_bands_begin_where_the_page_of_the_algorithm_says() -> None:
    assert (scoring.CERTAIN, scoring.LIKELY, scoring.POSSIBLE) == (20.0, 0.0, -4.0)
