"""Contacts as a reader sees them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from shopman import masking
from shopman.masking import Reader

ANA, BIA = UUID(int=1), UUID(int=2)
NOBODY = Reader(sees_all=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ""),
        ("+5511999998888", "+55•••••••8888"),
        ("ana@loja.com.br", "a•••@l•••.br"),
        ("529.982.247-25", "•••25"),
        ("@ana.souza", "•••za"),
        ("ana", "•••"),
    ],
)
def test_a_contact_is_masked_and_its_mask_stays(value: str, expected: str) -> None:
    assert masking.masked(value) == expected
    assert masking.masked(expected) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Rang +55 (11) 98765-4321.", "Rang +55••••••••••••4321."),
        ("wrote to <ana@loja.com.br>, who", "wrote to <a•••@l•••.br>, who"),
        ("CPF 529.982.247-25", "CPF •••25"),
        ("on 2026-11-24 at 10:30", "on 2026-11-24 at 10:30"),
        ("2026-11-24T14:41:11.123456+00:00", "2026-11-24T14:41:11.123456+00:00"),
        ("01a1fc42-cf47-76ec-9007-478c0e5ffd84", "01a1fc42-cf47-76ec-9007-478c0e5ffd84"),
        ("01900000-0000-7000-8000-000000000000", "01900000-0000-7000-8000-000000000000"),
        ("3 of 1.234.567", "3 of 1.234.567"),
    ],
)
def test_a_text_loses_what_looks_like_a_contact(value: str, expected: str) -> None:
    assert masking.masked_text(value) == expected


def test_facts_are_masked_by_their_names_and_inside_texts() -> None:
    given: dict[str, Any] = {
        "phone": 5511987654321,
        "list": [{"value": "ana.souza", "is_primary": True}],
        "note": "rang 11 98765-4321",
        "version": 12345678,
        "data_digest": "ab" * 32,
        "nothing": None,
    }
    assert masking.masked_facts(given) == {
        "phone": "•••21",
        "list": [{"value": "•••za", "is_primary": True}],
        "note": "rang •••21",
        "version": 12345678,
        "data_digest": "•••",
        "nothing": None,
    }


def test_the_reader_decides() -> None:
    assert masking.contact("ana.souza") == "ana.souza"
    with masking.use(NOBODY):
        assert masking.contact("ana.souza") == "•••za"
        assert masking.text("11 98765-4321") == "•••21"
        assert masking.facts({"email": "ana@loja.com.br"}) == {"email": "a•••@l•••.br"}
        assert not masking.sees(ANA)
    assert masking.sees()


def test_what_is_revealed_of_one_customer_shows_no_other() -> None:
    with masking.use(Reader(sees_all=False, revealed=frozenset({ANA}))):
        assert masking.contact("ana.souza", customer=ANA) == "ana.souza"
        assert masking.contact("bia.souza", customer=BIA) == "•••za"
        assert masking.contact("of nobody") == "•••dy"
        with masking.about(ANA):
            assert masking.contact("ana.souza") == "ana.souza"
        with masking.about(BIA):
            assert not masking.sees()
        with masking.about(None):
            assert not masking.sees()


def test_nobody_is_asked_before_a_contact_is_shown() -> None:
    asked = []

    def reader() -> Reader:
        asked.append(1)
        return NOBODY

    with masking.use(reader):
        assert asked == []
        masking.contact("x")
    assert asked == [1]
