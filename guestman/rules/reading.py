"""Contacts as people read them."""

from __future__ import annotations

import phonenumbers


def readable(canonical: str) -> str:
    """A stored number with spaces, ``+55 11 98765-4321``; anything else as it is."""
    number, _sign, extension = canonical.partition(";ext=")
    if not number[1:].isdigit() or not number.startswith("+"):
        return canonical
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return canonical
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return f"{shown} ({extension})" if extension else shown
