"""Magic links: how their secret survives the mail programs it goes through."""

from __future__ import annotations

import re

#: Longer input is no link and is not looked at.
MAX_LENGTH = 200

#: What is left of lines broken in transit (quoted-printable; browsers drop the line break itself),
#: and invisible characters of copied text.
_BROKEN = re.compile("[=\\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
#: 256 bits, and what mail programs take for a part of the address.
_TOKEN = re.compile(r"([A-Za-z0-9_-]{43})[.,;:!?)\]>}'\"*]*\Z")


def normalise(text: str) -> str:
    """The secret of a link as it was made, or an empty string when this can be none.

    >>> normalise("=\\n".join(["A" * 40, "BCD"]) + ">.") == "A" * 40 + "BCD"
    True
    """
    if len(text) > MAX_LENGTH:
        return ""
    found = _TOKEN.match(_BROKEN.sub("", text))
    return found[1] if found else ""
