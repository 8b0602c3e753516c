"""What tokens look like: recognisable by scanners for leaked secrets, and refused when mistyped."""

from __future__ import annotations

import re
import secrets
import string
import zlib
from typing import Final, Literal

Kind = Literal["access", "refresh"]

_PREFIX: Final = {"access": "dmn_at_", "refresh": "dmn_rt_"}
_LETTERS: Final = string.digits + string.ascii_letters
#: 43 of 62 letters hold 256 bits.
_SECRET_LENGTH: Final = 43
_CHECKSUM_LENGTH: Final = 6
_SHAPE: Final = re.compile(r"dmn_[ar]t_[0-9A-Za-z]{49}\Z")


def draw(kind: Kind) -> str:
    """A fresh token: prefix, 256 random bits, checksum."""
    body = _PREFIX[kind] + "".join(secrets.choice(_LETTERS) for _ in range(_SECRET_LENGTH))
    return body + _checksum(body)


def kind_of(text: str) -> Kind | None:
    """Which kind of token this is; None for what cannot be one."""
    if not _SHAPE.match(text) or _checksum(text[:-_CHECKSUM_LENGTH]) != text[-_CHECKSUM_LENGTH:]:
        return None
    return "access" if text.startswith(_PREFIX["access"]) else "refresh"


def _checksum(body: str) -> str:
    """CRC-32 in base 62: no secret, but it tells a token from what looks like one."""
    number, letters = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        number, rest = divmod(number, len(_LETTERS))
        letters = _LETTERS[rest] + letters
    return letters
