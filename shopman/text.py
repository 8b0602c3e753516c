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
    # Of ASCII the two libraries make what it is; most names of a file are.
    plain = text if text.isascii() else anyascii(unicodedata.normalize("NFKC", text))
    return " ".join(plain.casefold().split())


#: Words of a name that tell nobody apart: particles and forms of address.
_PARTICLES = frozenset(
    "da das de del della des di do dos du e la las le los van von y"
    " sr sra srta dr dra dona mr mrs ms miss".split()
)
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name that tell people apart: ``"João da Silva"`` gives joao, silva.

    A name of particles only keeps them: better a weak word than none.
    """
    words = tuple(filter(None, _NOT_WORD.split(fold(text))))
    return tuple(word for word in words if word not in _PARTICLES) or words


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
