"""Text as it is compared and searched."""

from __future__ import annotations

import unicodedata

from anyascii import anyascii


def fold(text: str) -> str:
    """Lower-case ASCII form without accents and with single spaces, for search keys.

    >>> fold("  José  ÁLVARES ")
    'jose alvares'
    """
    return " ".join(anyascii(unicodedata.normalize("NFKC", text)).casefold().split())
