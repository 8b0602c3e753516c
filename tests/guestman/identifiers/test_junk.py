"""What names nobody, what many share, and names that speak against each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guestman.contrib.identifiers.rules.junk import Own, is_token, standing
from guestman.contrib.identifiers.rules.mailboxes import mailbox_key
from guestman.rules.names import contradicts, name_words


@pytest.mark.parametrize(
    "text",
    ["", "  ", "0", "000000000", "000-000", "-", "-1", "NULL", "'none'", '"undefined"', "N/A",
     "[object Object]", "False", "não tem", "“guest”"],
)  # fmt: skip
def test_words_for_nothing(text: str) -> None:
    assert is_token(text)


@pytest.mark.parametrize("text", ["Ana", "0001", "11987654321", "ana@loja.com.br", "Na Li"])
def test_words_for_something(text: str) -> None:
    assert not is_token(text)


@pytest.mark.parametrize(
    ("family", "key", "expected"),
    [
        ("email", "test@gmail.com", "junk"),
        ("email", "teste@loja.com.br", "junk"),
        ("email", "a@a.com", "junk"),
        ("email", "xxx@xxx.com.br", "junk"),
        ("email", "no-reply@shop.com", "junk"),
        ("email", "nao.responda@banco.com.br", "junk"),
        ("email", "sememail@loja.com.br", "junk"),
        ("email", "none@none.com", "junk"),
        ("email", "contato@padaria.com.br", "shared"),
        ("email", "info@acme.com", "shared"),
        ("email", "ana@acme.com", "usable"),
        ("email", "ana@example.com", "usable"),
        ("email", "aa@bb.com", "usable"),
        ("phone", "+5511999999999", "junk"),
        ("phone", "+5511912345678", "junk"),
        ("phone", "+5511987654321", "usable"),
        ("phone", "+551130001000", "usable"),
        ("phone", "+12025550123", "usable"),
        ("phone", "+00000000", "junk"),
        ("phone", "+5211234567", "usable"),
        ("document", "52998224725", "usable"),
        ("loyalty_card", "0000", "junk"),
    ],
)
def test_standing(family: str, key: str, expected: str) -> None:
    assert standing(family, key) == expected


def test_a_shop_blocks_more() -> None:
    own = Own(
        keys=frozenset({("phone", "+551130001000")}),
        domains=frozenset({"loja.com.br", "marketplace.amazon.com.br"}),
        reserved=True,
    )
    for family, key in (
        ("phone", "+551130001000"),
        ("email", "ana@loja.com.br"),
        ("email", "x7f@marketplace.amazon.com.br"),
        ("email", "ana@example.com"),
        ("email", "ana@shop.test"),
        ("phone", "+12025550123"),
    ):
        assert standing(family, key, own) == "junk"
    assert standing("email", "ana@minhaloja.com.br", own) == "usable"


@given(st.sampled_from(["email", "phone", "instagram"]), st.text())
def test_any_text_has_a_standing(family: str, text: str) -> None:
    assert standing(family, text) in ("usable", "shared", "junk")
    assert isinstance(is_token(text), bool)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("some.name+extra@gmail.com", "somename@gmail.com"),
        ("somename@googlemail.com", "somename@gmail.com"),
        ("some.name+extra@outlook.com", "some.name@outlook.com"),
        ("some.name+extra@icloud.com", "some.name@icloud.com"),
        ("some-tag@yahoo.com", "some@yahoo.com"),
        ("+tag@gmail.com", "+tag@gmail.com"),
        ("some.name+extra@loja.com.br", ""),
    ],
)
def test_spellings_of_a_mailbox(address: str, key: str) -> None:
    assert mailbox_key(address) == key
    assert mailbox_key(key) in ("", key)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana Souza", "Roberto Dias"),
        ("José", "Beatriz"),
        ("Kim Oh", "Ana Lima"),
    ],
)
def test_names_of_two_people(one: str, other: str) -> None:
    assert contradicts(one, other)
    assert contradicts(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", "Roberto Dias"),
        ("JOSÉ DA SILVA", "silva jose"),
        ("Jose Silva", "Zé Oliveira"),
        ("Robert Smith", "Bob Jones"),
        ("J. Silva", "João Souza"),
        ("Roberto Dias", "Robreto Diaz"),
        ("Ana Souza", "Maria Souza"),
    ],
)
def test_names_that_may_be_one_persons(one: str, other: str) -> None:
    assert not contradicts(one, other)
    assert not contradicts(other, one)


@given(st.text(max_size=30), st.text(max_size=30))
def test_contradiction_is_symmetric_and_deaf_to_case_and_order(one: str, other: str) -> None:
    assert contradicts(one, other) == contradicts(other, one)
    assert not contradicts(one, one)
    turned = " ".join(reversed(name_words(other)))
    assert not name_words(other) or contradicts(one, turned) == contradicts(one, other)
