"""One-time codes: how they are drawn, typed and shown."""

from __future__ import annotations

import re
import secrets
import unicodedata

DIGITS = "0123456789"
#: Digits and capitals without 0, 1, I, L, O and U: nothing that is misread or spells a word.
UNAMBIGUOUS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

#: Longer input is not a code and is not looked at.
MAX_TYPED_LENGTH = 64

_FILLER = re.compile(
    "[\\s\\-\u2010-\u2015\u2212._\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)


def alphabet(channel: str) -> str:
    """The characters of a code sent by this channel."""
    return UNAMBIGUOUS if channel == "email" else DIGITS


def draw(*, channel: str, length: int) -> str:
    """A fresh code, every character uniform and from the system's random source."""
    letters = alphabet(channel)
    return "".join(secrets.choice(letters) for _ in range(length))


def normalise(typed: str, *, channel: str, length: int) -> str:
    """What was meant by what was typed, or an empty string when it cannot be a code.

    White space, dashes and invisible characters are dropped; digits of any script count; capitals
    do not matter. Leading zeros do.
    """
    if len(typed) > MAX_TYPED_LENGTH:
        return ""
    text = _FILLER.sub("", unicodedata.normalize("NFKC", typed))
    text = "".join(_digit(character) for character in text).upper()
    letters = alphabet(channel)
    return text if len(text) == length and all(each in letters for each in text) else ""


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, -1)
    return character if value < 0 else str(value)


def grouped(code: str) -> str:
    """The code as it is easiest to read: eight characters in two halves, six digits as they are.

    >>> grouped("ABCD2345"), grouped("007421")
    ('ABCD-2345', '007421')
    """
    return f"{code[:4]}-{code[4:]}" if len(code) == 8 else code
