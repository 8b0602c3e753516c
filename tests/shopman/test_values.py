"""Money, text, settings and ports."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Protocol

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from shopman import checks
from shopman.conf import AppSettings, conf
from shopman.errors import FieldError, Invalid, Throttled
from shopman.money import CurrencyMismatch, Money, exponent, shown, times, to_major, to_minor
from shopman.ports import Port
from shopman.text import fold

amounts = st.integers(min_value=-(10**15), max_value=10**15)
currencies = st.sampled_from(["BRL", "USD", "JPY", "KWD", "CLF"])


@given(amounts, currencies)
def test_minor_units_survive_the_way_to_major_and_back(amount: int, currency: str) -> None:
    major = to_major(amount, currency)
    assert to_minor(major, currency) == amount
    assert -major.as_tuple().exponent == exponent(currency)  # type: ignore[operator]


@given(amounts, amounts, currencies)
def test_sums_are_exact_and_of_one_currency(one: int, other: int, currency: str) -> None:
    total = Money(one, currency) + Money(other, currency)
    assert total == Money(one + other, currency)
    assert total - Money(other, currency) == Money(one, currency)
    assert -total == Money(-one - other, currency)
    assert (Money(one, currency) < Money(other, currency)) is (one < other)


@given(amounts, st.decimals(min_value=0, max_value=10_000, places=3))
def test_a_line_total_is_rounded_once_half_even(amount: int, quantity: Decimal) -> None:
    exact = amount * quantity
    total = times(amount, quantity)
    assert abs(exact - total) <= Decimal("0.5")
    if abs(exact - total) == Decimal("0.5"):
        assert total % 2 == 0


@pytest.mark.parametrize(
    ("major", "currency", "minor"),
    [
        ("2.545", "BRL", 254),
        ("2.555", "BRL", 256),
        ("-2.545", "BRL", -254),
        ("100.5", "JPY", 100),
        ("1.2345", "KWD", 1234),
    ],
)
def test_rounding_is_half_even(major: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(major), currency) == minor


def test_two_currencies_do_not_mix() -> None:
    for mix in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b):
        with pytest.raises(CurrencyMismatch):
            mix(Money(1, "BRL"), Money(1, "USD"))
    with pytest.raises(Invalid):
        to_minor(Decimal("NaN"), "BRL")
    assert str(Money(256, "BRL")) == "2.56 BRL"
    assert Money(10, "BRL") * Decimal("2.5") == Money(25, "BRL")


@pytest.mark.parametrize(
    ("language", "amount", "currency", "text"),
    [
        ("en", 1886900, "BRL", "R$18,869.00"),
        ("pt-br", 1886900, "BRL", "R$ 18.869,00"),
        ("pt-br", -5, "BRL", "-R$ 0,05"),
        ("es", 1886900, "EUR", "18 869,00 €"),
        ("en", 1234567, "JPY", "¥1,234,567"),
        ("en", 1234567, "ARS", "ARS 12,345.67"),
        ("pt-br", 1234567, "KWD", "KWD 1.234,567"),
        ("en", 10**15 + 1, "USD", "US$10,000,000,000,000.01"),
    ],
)
def test_money_is_written_as_the_reader_writes_it(
    language: str, amount: int, currency: str, text: str
) -> None:
    with translation.override(language):
        assert shown(amount, currency) == text.replace(" ", "\N{NO-BREAK SPACE}")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_folding_gives_ascii_and_is_stable(text: str) -> None:
    once = fold(text)
    assert once.isascii()
    assert fold(once) == once


def test_folding_drops_case_accents_and_spaces() -> None:
    assert fold("  José  ÁLVARES\tção ") == "jose alvares cao"


class ExampleSettings(AppSettings):
    namespace = "EXAMPLE_OF_TESTS"

    #: Seconds.
    TTL_SECONDS: int = 60
    #: A word.
    WORD: str | None = None
    #: Words.
    WORDS: list[str] = []  # noqa: RUF012


def test_settings_have_defaults_and_follow_the_project(settings: Any) -> None:
    example = ExampleSettings()
    assert example.TTL_SECONDS == 60
    settings.EXAMPLE_OF_TESTS = {"TTL_SECONDS": 7}
    assert example.TTL_SECONDS == 7
    assert example.check() == []


def test_an_unknown_key_is_an_error_that_names_the_nearest(settings: Any) -> None:
    settings.EXAMPLE_OF_TESTS = {"TTL_SECOND": 7}
    (complaint,) = ExampleSettings.check()
    assert complaint.id == "shopman.E001"
    assert complaint.hint == 'Did you mean "TTL_SECONDS"?'
    settings.EXAMPLE_OF_TESTS = {"ZZZ": 7}
    (complaint,) = ExampleSettings.check()
    assert complaint.hint is not None
    assert complaint.hint.startswith("Known:")


@pytest.mark.parametrize(
    "given_value", [{"TTL_SECONDS": "7"}, {"TTL_SECONDS": True}, {"WORD": 7}, {"WORDS": "abc"}]
)
def test_a_value_of_the_wrong_type_is_an_error(settings: Any, given_value: Any) -> None:
    settings.EXAMPLE_OF_TESTS = given_value
    assert [complaint.id for complaint in ExampleSettings.check()] == ["shopman.E002"]


def test_the_projects_own_settings_are_known() -> None:
    assert conf.check() == []
    assert checks.dotted_paths(None) == []


def test_paths_that_cannot_be_imported_are_errors(settings: Any) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "OUTBOX_CONSUMERS": ["shopman.nowhere.consume"]}
    assert [each.id for each in checks.dotted_paths(None)] == ["shopman.E003"]


class Greeter(Protocol):
    def greet(self) -> str: ...

    def part(self) -> str: ...


class Polite:
    def greet(self) -> str:
        return "Good day."

    def part(self) -> str:
        return "Farewell."


class Curt:
    def greet(self) -> str:
        return "Hi."


PATH = "tests.shopman.test_values"


def port(path: str) -> Port[Greeter]:
    return Port(protocol=Greeter, setting="GREETER", path=lambda: f"{PATH}.{path}")


def test_a_port_finds_its_adapter_and_keeps_it() -> None:
    greeter = port("Polite")
    assert greeter.get().greet() == "Good day."
    assert greeter.get() is greeter.get()
    assert greeter.check() == []


def test_a_port_forgets_its_adapter_when_a_setting_changes(settings: Any) -> None:
    greeter = port("Polite")
    before = greeter.get()
    settings.EXAMPLE_OF_TESTS = {}
    assert greeter.get() is not before


@pytest.mark.parametrize(
    ("path", "code"),
    [("Curt", "shopman.E004"), ("Nobody", "shopman.E003"), ("PATH", "shopman.E004")],
)
def test_a_port_that_cannot_work_fails_the_system_check(path: str, code: str) -> None:
    (complaint,) = port(path).check()
    assert complaint.id == code
    assert complaint.hint
    assert "GREETER" in complaint.msg


def test_a_failure_speaks_by_its_docstring_or_its_detail() -> None:
    assert Invalid().detail == "The input is not acceptable."
    assert str(Invalid("No.")) == "No."
    wrong = FieldError(field="a", code="b", message="c")
    assert Invalid(errors=[wrong]).errors == (wrong,)
    assert Throttled(retry_after_seconds=9).retry_after_seconds == 9
