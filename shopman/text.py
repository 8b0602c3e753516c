"""Text as it is compared and searched."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii


def fold(text: str) -> str:
    """Lower-case ASCII form without accents and with single spaces, for search keys.

    >>> fold("  José  ÁLVARES ")
    'jose alvares'
    """
    return " ".join(anyascii(unicodedata.normalize("NFKC", text)).casefold().split())


#: Latin letters with the marks they carry in the languages of the suite.
_MARKED = {
    "a": "aáàâãäå", "c": "cç", "e": "eéèêë", "i": "iíìîï", "n": "nñ", "o": "oóòôõöø",
    "u": "uúùûü", "y": "yýÿ",
}  # fmt: skip


def accent_free_pattern(text: str) -> str:
    """A regular expression for a text with or without its accents, for columns not folded.

    >>> accent_free_pattern("pão!")
    'p[aáàâãäå][oóòôõöø]!'
    """
    return "".join(
        f"[{_MARKED[each]}]" if each in _MARKED else re.escape(each) for each in fold(text)
    )
