"""One spelling of a JSON value, so that its digest says whether it changed.

Canonical JSON here: keys sorted by code point, no white space, UTF-8, characters not escaped
unless JSON demands it, no NaN or infinity. Quantities and times are strings and amounts integers
where a digest is kept, so the spelling of fractions never matters.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any


def text(value: Any) -> str:
    """The canonical JSON of a value. Raises ValueError for NaN and infinity."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def canonical(value: Any) -> bytes:
    """The same in UTF-8. Raises ValueError for NaN, infinity and lone surrogates."""
    return text(value).encode()


def digest(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()


def digest_of_text(written: str) -> str:
    """SHA-256 (hex) of a text in UTF-8, such as canonical JSON that is at hand."""
    return hashlib.sha256(written.encode()).hexdigest()
