"""Files that people open in a spreadsheet."""

from __future__ import annotations

from typing import Any, Final

#: What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_file(name: str) -> dict[str, str]:
    """Headers of an answer that is a file to keep, and in no cache on its way."""
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store, private",
        "X-Content-Type-Options": "nosniff",
    }


def safe(cell: Any) -> Any:
    """A cell that no spreadsheet computes: text that looks like a formula gets an apostrophe.

    >>> safe("=1+1")
    "'=1+1"
    """
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell
