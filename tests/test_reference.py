"""The reference pages say what the code says."""

from __future__ import annotations

import pytest

from devtools import operations, reference


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_the_reference_page_is_current(name: str) -> None:
    written = (reference.PAGES / name).read_text()
    assert written == reference.pages()[name], "run: .venv/bin/python -m devtools.reference"


def test_nothing_public_goes_without_a_word() -> None:
    """Each row of a reference table ends with a meaning, but for columns that may be empty."""
    assert [name for name, about in reference.signals().items() if not about] == []
    assert set(operations.outbox_names()) <= {
        f"{name.partition('.')[0]}.{name.rpartition('.')[2]}" for name in reference.signals()
    }
    for page in ("settings.md", "errors.md", "jobs.md", "http.md"):
        rows = [row for row in reference.pages()[page].splitlines() if row.startswith("|")]
        assert [row for row in rows if "|  |" in row] == [], page
