"""The reference pages say what the code says."""

from __future__ import annotations

import pytest

from devtools import reference


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_the_reference_page_is_current(name: str) -> None:
    written = (reference.PAGES / name).read_text()
    assert written == reference.pages()[name], "run: .venv/bin/python -m devtools.reference"
