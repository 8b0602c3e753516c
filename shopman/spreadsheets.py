"""CSV files that people open in a spreadsheet."""

from __future__ import annotations

from typing import Any, Final

#: What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(cell: Any) -> Any:
    """A cell that no spreadsheet computes: text that looks like a formula gets an apostrophe.

    >>> safe("=1+1")
    "'=1+1"
    """
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell
