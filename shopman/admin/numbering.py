"""Numbered pages of what is too short, or too rarely read far, for keyset pages."""

from __future__ import annotations

from django.http import HttpRequest


def page_number(request: HttpRequest, *, most: int = 10_000) -> int:
    """The page that ``?p=`` asks for, from 1 to ``most``; the first one for what is no number."""
    given = request.GET.get("p", "")
    if not given.isdecimal():
        return 1
    # Python refuses to read a number of thousands of digits.
    return max(1, min(int(given[: len(str(most)) + 1]), most))
