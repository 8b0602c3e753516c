"""The page on attacks says what the tests do."""

from __future__ import annotations

import pytest

from tests.doorman import attacks


@pytest.mark.parametrize("row", attacks.ROWS)
def test_every_row_has_a_test(row: str) -> None:
    assert attacks.tests_by_row()[row]


def test_no_test_carries_an_unknown_row() -> None:
    assert set(attacks.tests_by_row()) <= set(attacks.ROWS)


def test_the_page_is_of_these_tests() -> None:
    assert attacks.DOCUMENT.read_text() == attacks.document()


@pytest.mark.parametrize(
    ("row", "file"), [(row, file) for row, (_, file) in attacks.ELSEWHERE.items()]
)
def test_rows_of_several_apps_have_their_tests(row: str, file: str) -> None:
    assert row not in attacks.ROWS
    assert (attacks.ROOT / file).exists()
