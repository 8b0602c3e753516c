"""The pure rules: documents, codes, text and contact forms."""

from __future__ import annotations

import uuid

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guestman import errors
from guestman.rules import codes, contacts, documents, text


@pytest.mark.parametrize(
    ("number", "country", "kind", "stored", "stored_kind"),
    [
        ("390.533.447-05", "BR", None, "39053344705", "cpf"),
        (" 39053344705 ", "br", None, "39053344705", "cpf"),
        ("11.222.333/0001-81", "BR", None, "11222333000181", "cnpj"),
        ("12.abc.345/01de-35", "BR", None, "12ABC34501DE35", "cnpj"),
        ("DE 136,695 976", "DE", None, "136695976", "vat"),
        ("PT 501 964 843", "PT", None, "501964843", "vat"),
        ("20-05536168-2", "AR", None, "20055361682", "vat"),
        ("536-90-4399", "US", None, "536904399", "other"),
        ("ab 123456-c", "BR", "other", "AB123456C", "other"),
    ],
)
def test_documents_have_one_form(
    number: str, country: str, kind: str | None, stored: str, stored_kind: str
) -> None:
    found = documents.parse(number, country=country, kind=kind)
    assert (found.number, found.kind, found.country) == (stored, stored_kind, country.upper())
    again = documents.parse(found.number, country=country, kind=found.kind)
    assert again == found


@pytest.mark.parametrize(
    ("number", "country", "kind"),
    [
        ("390.533.447-06", "BR", None),
        ("111.111.111-11", "BR", None),
        ("00000000000000", "BR", None),
        ("39053344705", "BR", "cnpj"),
        ("39053344705", "PT", "cpf"),
        ("136695977", "DE", None),
        ("123", "BR", None),
        ("x", "US", None),
        ("12$45", "US", None),
        ("12345", "USA", None),
        ("12345", "US", "passport"),
        ("12345", "US", "vat"),
    ],
)
def test_what_is_no_document_is_refused(number: str, country: str, kind: str | None) -> None:
    with pytest.raises(errors.InvalidDocument):
        documents.parse(number, country=country, kind=kind)


@given(st.text(max_size=50), st.sampled_from(["BR", "DE", "US", "AR", "XX"]))
def test_reading_a_document_answers_or_refuses(number: str, country: str) -> None:
    try:
        found = documents.parse(number, country=country)
    except errors.InvalidDocument:
        return
    assert documents.parse(found.number, country=country, kind=found.kind) == found


@given(st.text(max_size=80), st.sampled_from(contacts.KINDS))
def test_reading_a_contact_answers_or_refuses(value: str, kind: str) -> None:
    try:
        form = contacts.contact_form(kind, value, "BR")
    except (errors.InvalidPhone, errors.InvalidEmail, errors.InvalidContact):
        return
    assert 0 < len(form.match_key) <= 320
    again = contacts.contact_form(kind, form.canonical, "BR")
    assert (again.match_key, again.variant_key) == (form.match_key, form.variant_key)


@pytest.mark.parametrize("region", ["BR", "GB", "US", "AR", "MX", "DE", "JP", "PT"])
def test_every_spelling_of_a_number_has_one_key(region: str) -> None:
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert number is not None
    formats = phonenumbers.PhoneNumberFormat
    spellings = [
        phonenumbers.format_number(number, each)
        for each in (formats.E164, formats.INTERNATIONAL, formats.NATIONAL, formats.RFC3966)
    ]
    keys = {contacts.contact_form("phone", each, region).match_key for each in spellings}
    assert len(keys) == 1


def test_phone_and_whatsapp_are_one_family() -> None:
    phone = contacts.contact_form("phone", "11 98765-4321", "BR")
    whatsapp = contacts.contact_form("whatsapp", "5511987654321", None)
    assert (phone.family, phone.match_key) == (whatsapp.family, whatsapp.match_key)


def test_the_same_method_does_not_prove_everything() -> None:
    assert contacts.proves("otp_sms", "whatsapp") == "otp_sms"
    assert contacts.proves("channel_asserted", "instagram") == "channel_asserted"
    for method, kind in (("otp_sms", "email"), ("email_link", "phone"), ("otp_sms", "telegram")):
        with pytest.raises(errors.InvalidMethod):
            contacts.proves(method, kind)


def test_generated_codes_use_the_random_end_of_the_key() -> None:
    assert codes.generated("WEB-", uuid.UUID(int=0xABCDEF12)) == "WEB-ABCDEF12"


@given(st.text())
def test_text_is_stored_clean_or_refused(value: str) -> None:
    try:
        clean = text.line(value, "first_name", 150)
    except errors.InvalidText:
        return
    assert clean == text.line(clean, "first_name", 150)
    assert "\x00" not in clean
    assert "\n" not in clean
    clean.encode()


def test_a_refusal_names_the_field() -> None:
    with pytest.raises(errors.InvalidText) as refused:
        text.line("x" * 151, "first_name", 150)
    assert [error.field for error in refused.value.errors] == ["first_name"]
