"""Names of people, as far as they tell two of them apart. A name never identifies by itself."""

from __future__ import annotations

import re
from itertools import product

from rapidfuzz.distance import JaroWinkler

from guestman.rules.nicknames import are_nicknames
from shopman.text import fold

#: Words of a name that tell nobody apart: particles and forms of address.
PARTICLES = frozenset(
    "da das de del della des di do dos du e la las le los van von y"
    " sr sra srta dr dra dona mr mrs ms miss".split()
)
#: Jaro-Winkler below which two names do not sound like one.
ALIKE = 0.75

_NOT_WORD = re.compile(r"[^a-z0-9]+")


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name that tell people apart: ``"João da Silva"`` gives joao, silva.

    A name of particles only keeps them: better a weak word than none.
    """
    words = tuple(filter(None, _NOT_WORD.split(fold(text))))
    return tuple(word for word in words if word not in PARTICLES) or words


def contradicts(one: str, other: str) -> bool:
    """Whether two names can hardly be one person's.

    They share no word, no word is the initial or a nickname of one of the other, and as a whole
    they do not sound alike. A name that is not known contradicts nobody. Symmetric; accents, case
    and the order of the words say nothing.
    """
    mine, theirs = sorted(set(name_words(one))), sorted(set(name_words(other)))
    if not mine or not theirs or any(_same(*pair) for pair in product(mine, theirs)):
        return False
    return _likeness(" ".join(mine), " ".join(theirs)) < ALIKE


def _same(one: str, other: str) -> bool:
    if one == other or are_nicknames(one, other):
        return True
    return 1 in (len(one), len(other)) and one[0] == other[0]


def _likeness(one: str, other: str) -> float:
    # Which of two equally near letters is counted depends on who comes first.
    return max(JaroWinkler.similarity(one, other), JaroWinkler.similarity(other, one))
