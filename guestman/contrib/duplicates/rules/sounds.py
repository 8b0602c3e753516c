"""What is left of a word however it is spelled."""

from __future__ import annotations

import re
from functools import lru_cache

_REPEATED = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"[aeiouyhw]")
#: Letters that sound alike in Portuguese, Spanish or English, and are mistyped for each other.
_SOUNDS = str.maketrans({"z": "s", "c": "k", "q": "k", "x": "s", "j": "g", "v": "b", "f": "p"})
#: How a name of one gender ends where the other one of its pair ends in a.
_OTHER_ENDINGS = ("", "o", "os", "e", "i", "u")


@lru_cache(maxsize=2**16)
def skeleton(word: str) -> str:
    """What is left of a word however its vowels are spelled: ``"souza"`` and ``"sosa"`` give ss."""
    sounds = word.replace("ph", "f").translate(_SOUNDS)
    bare = sounds[:1] + _VOWELS.sub("", sounds[1:])
    return _REPEATED.sub(r"\1", bare)


def are_brother_and_sister(first: str, second: str) -> bool:
    """Whether two given names are one name of two genders: Daniel and Daniele, Paulo and Paula."""
    if f"{first}e" == second or f"{second}e" == first:
        return True
    short, long = sorted((first, second), key=lambda word: (word.endswith("a"), word))
    if not long.endswith("a") or short.endswith("a"):
        return False
    return short in {long[:-1] + ending for ending in _OTHER_ENDINGS}
