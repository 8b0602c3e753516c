"""One spelling of a JSON value, so that its digest says whether it changed.

Canonical JSON here: keys sorted by code point, no white space, UTF-8, characters not escaped
unless JSON demands it, no NaN or infinity. Quantities and times in an order are strings and
amounts are integers, so the spelling of fractions never matters.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """The canonical JSON of a value. Raises ValueError for NaN, infinity and lone surrogates."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def digest(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()
