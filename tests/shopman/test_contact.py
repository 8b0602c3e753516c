"""Phone numbers and e-mail addresses in their canonical form."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shopman.contact import (
    InvalidEmail,
    InvalidPhone,
    canonical_email,
    canonical_phone,
    mask,
    variant_key,
)

Shared = Callable[[str], Path]

anything = st.text(alphabet=st.characters(), max_size=80)
phonish = st.text(alphabet="+0123456789 ()-.;ext=:/x#telTEL٣９\u200b\x00,~", max_size=40)
local_parts = st.text(alphabet=st.characters(exclude_characters="@"), min_size=1, max_size=20)


def test_every_example_number_of_every_region_has_one_form(shared_data: Shared) -> None:
    numbers = json.loads(shared_data("phones/example_numbers.json").read_text())
    assert len(numbers) > 400
    for number in numbers:
        for spelling in ("e164", "national", "international", "rfc3966"):
            found = canonical_phone(number[spelling], number["region"], accept="possible")
            assert found == number["e164"], number


@given(st.one_of(anything, phonish), st.sampled_from([None, "BR", "US", "GB", "XX", ""]))
@example("+5511999998888;ext=" + "9" * 30, None)
@example("tel:+55-11-3333-4444;ext=12;phone-context=example.com", "BR")
@example("\ud800", "BR")
def test_any_text_is_a_canonical_number_or_an_invalid_phone(raw: str, region: str | None) -> None:
    for accept in ("valid", "possible"):
        try:
            found = canonical_phone(raw, region, accept=accept)  # type: ignore[arg-type]
        except InvalidPhone:
            continue
        assert found.startswith("+")
        assert canonical_phone(found, None, accept=accept) == found  # type: ignore[arg-type]
        assert variant_key(variant_key(found)) == variant_key(found)
        assert found.rpartition("@")[2][3:-4] not in mask(found) or len(found) < 12


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("(11) 99999-8888", "+5511999998888"),
        ("011 99999 8888", "+5511999998888"),
        ("+55 11 99999-8888", "+5511999998888"),
        ("００５５", None),
        ("（１１）９９９９９－８８８８", "+5511999998888"),
        ("\u200b+55\u00a011\u00a099999-8888", "+5511999998888"),
        ("(11) 3333-4444 ramal 12", "+551133334444;ext=12"),
        ("+551133334444;ext=12", "+551133334444;ext=12"),
        ("99999-8888", None),
        ("", None),
        ("ana@loja.com", None),
        ("+5511999998888\x00", None),
        ("1" * 65, None),
    ],
)
def test_brazilian_spellings(raw: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(InvalidPhone):
            canonical_phone(raw, "BR")
    else:
        assert canonical_phone(raw, "BR") == expected


def test_a_possible_number_is_not_yet_a_valid_one() -> None:
    assert canonical_phone("+5511199998888", None, accept="possible") == "+5511199998888"
    with pytest.raises(InvalidPhone):
        canonical_phone("+5511199998888", None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+5511999998888", "+551199998888"),
        ("+5491123456789", "+541123456789"),
        ("+5215512345678", "+525512345678"),
    ],
)
def test_spellings_of_one_handset_share_a_variant(one: str, other: str) -> None:
    assert variant_key(one) == variant_key(other)


@pytest.mark.parametrize("number", ["+551133334444", "+14155550100", "+5511933334444;ext=1"])
def test_other_numbers_are_their_own_variant(number: str) -> None:
    assert variant_key(number) == number


def test_valid_vectors_have_the_form_of_the_suite(shared_data: Shared) -> None:
    vectors = json.loads(shared_data("emails/email_validator_vectors.json").read_text())["valid"]
    assert len(vectors) == 27
    refused = 0
    for vector in vectors:
        raw, normal = vector["raw"], vector["normalized"]
        local, _, _domain = normal.rpartition("@")
        if '"' in raw or "<" in raw or local == "\uff20":
            refused += 1
            with pytest.raises(InvalidEmail):
                canonical_email(raw)
            continue
        ascii_domain = (vector["ascii_email"] or "").rpartition("@")[2]
        found = canonical_email(raw)
        assert found.rpartition("@")[0] == unicodedata.normalize("NFKC", local).casefold()
        assert found.rpartition("@")[2].isascii()
        if ascii_domain:
            assert found.rpartition("@")[2] == ascii_domain.lower()
        assert canonical_email(found) == found
    assert refused == 9


def test_invalid_vectors_are_all_refused(shared_data: Shared) -> None:
    vectors = json.loads(shared_data("emails/email_validator_vectors.json").read_text())["invalid"]
    assert len(vectors) == 109
    for vector in vectors:
        with pytest.raises(InvalidEmail):
            canonical_email(vector["raw"])


@given(st.one_of(anything, st.builds("{}@{}.com".format, local_parts, anything)))
@example("\ud800@example.com")
@example("ana@\ud800.com")
@example("ΐ@example.com")
@example("ŉ@example.com")
def test_any_text_is_a_canonical_address_or_an_invalid_email(raw: str) -> None:
    try:
        found = canonical_email(raw)
    except InvalidEmail:
        return
    assert canonical_email(found) == found
    assert found.rpartition("@")[2].isascii()


@given(local_parts)
def test_case_and_compatibility_forms_make_no_other_address(local: str) -> None:
    spellings: list[Any] = []
    for each in (local, unicodedata.normalize("NFKC", local), local.casefold()):
        try:
            spellings.append(canonical_email(f"{each}@Example.COM"))
        except InvalidEmail:
            spellings.append(None)
    assert spellings[0] == spellings[1] or None in spellings
    assert spellings[0] == spellings[2] or None in spellings


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Ana.Souza+loja@Example.COM", "ana.souza+loja@example.com"),
        ("  ana@example.com\t", "ana@example.com"),
        ("ana@bücher.example.org", "ana@xn--bcher-kva.example.org"),
        ("STRASSE@example.com", "strasse@example.com"),
        ("straße@example.com", "strasse@example.com"),
        ("\u200bana@example.com", "ana@example.com"),
    ],
)
def test_addresses_are_folded_not_merged(raw: str, expected: str) -> None:
    assert canonical_email(raw) == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("ana.souza@loja.com.br", "a•••@l•••.br"),
        ("+5511999998888", "+55•••••••8888"),
        ("+551133334444;ext=12", "+55••••••4444"),
        ("12345678", "••••••••"),
        ("", ""),
    ],
)
def test_a_mask_shows_only_what_its_owner_recognises(value: str, shown: str) -> None:
    assert mask(value) == shown
