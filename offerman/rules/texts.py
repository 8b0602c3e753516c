"""Codes, names and currencies as they are stored."""

from __future__ import annotations

import re

from offerman.errors import BlankText, InvalidCurrency, TextTooLong
from shopman.errors import FieldError

_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


def text(value: str, *, field: str, limit: int) -> str:
    """The text without control characters and surrounding space. Raises BlankText, TextTooLong."""
    cleaned = _UNPRINTABLE.sub(" ", value).strip()
    for failure, wrong in ((BlankText, not cleaned), (TextTooLong, len(cleaned) > limit)):
        if wrong:
            message = failure().detail
            raise failure(errors=[FieldError(field=field, code=failure.code, message=message)])
    return cleaned


def currency(code: str) -> str:
    """Raises InvalidCurrency for anything but three capital letters."""
    if not _CURRENCY.match(code):
        raise InvalidCurrency
    return code
