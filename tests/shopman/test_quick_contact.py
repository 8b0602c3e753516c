"""What is read without the libraries is what they say, for numbers of every plan."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from shopman import contact, quick_contact
from shopman.contact import InvalidEmail, InvalidPhone

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
TYPES = (
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.UAN,
)


def by_library(text: str, region: str | None) -> str | None:
    try:
        return contact.parsed_phone(text, region)
    except InvalidPhone:
        return None


def spellings(region: str, chance: random.Random) -> list[str]:
    """Ways to write the region's example numbers, right and slightly wrong."""
    found = []
    for kind in TYPES:
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None:
            continue
        national = phonenumbers.national_significant_number(number)
        found += [
            phonenumbers.format_number(number, PhoneNumberFormat.E164),
            phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
            phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
            f"{number.country_code}{national}",
            f"+{number.country_code}0{national}",
            f"+0{number.country_code}{national}",
            f"0{national}",
            national,
        ]
    return found + [altered(text, chance) for text in found for _ in range(4)]


def altered(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(["", "0", "1", "5", "9", "15", "(", "-", " "]) + text[at + 1 :]


@pytest.mark.parametrize("region", REGIONS)
def test_a_number_is_what_the_library_says(region: str) -> None:
    chance = random.Random(region)
    for text in spellings(region, chance):
        for read_as in (region, None):
            quick = quick_contact.phone(text, read_as)
            assert quick in (None, by_library(text, read_as)), (text, read_as)
            if quick is not None:
                parsed = phonenumbers.parse(quick, None)
                assert quick_contact.national(quick) == str(parsed.national_number)


@given(
    st.text(alphabet="0123456789 ()-.+", max_size=20),
    st.sampled_from(["BR", "PT", "ES", "AR", "MX", "DE", "FR", "US", "IT", None]),
)
@example("+062 492 12 34 26", None)
@example("+55 (55) 99999-9999", "BR")
@example("015 11 98765-4321", "BR")
def test_any_text_of_digits_is_what_the_library_says(text: str, region: str | None) -> None:
    quick = quick_contact.phone(text, region)
    assert quick in (None, by_library(text, region))


@given(st.from_regex(r"[a-z0-9._+-]{1,8}@([a-z0-9-]{1,6}\.){1,3}[a-z]{2,8}", fullmatch=True))
@example("ana@loja.test")
@example("ana@a--b.com")
@example("a.@loja.com.br")
@example("ana@printer.local")
def test_an_address_is_what_the_library_says(text: str) -> None:
    quick = quick_contact.email(text)
    if quick is not None:
        assert quick == contact.parsed_email(text)


def test_the_common_forms_are_quick() -> None:
    """Or the fast path would be right by never answering."""
    for text in ("(11) 98765-4321", "11987654321", "+55 11 98765-4321", "11 3061-2200"):
        assert quick_contact.phone(text, "BR"), text
    for region in ("PT", "ES", "FR"):
        number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
        assert number is not None
        assert quick_contact.phone(str(number.national_number), region), region
    assert quick_contact.email("ana.souza+loja@mail.com.br") == "ana.souza+loja@mail.com.br"


def test_what_is_not_plain_is_left_to_the_library() -> None:
    assert quick_contact.phone("ramal 12", "BR") is None
    assert contact.canonical_phone("11 3061-2200 ramal 12", "BR") == "+551130612200;ext=12"
    with pytest.raises(InvalidEmail):
        contact.canonical_email("ana@loja.test")
