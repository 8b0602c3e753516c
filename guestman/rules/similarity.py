"""When a mistyped name still means somebody.

Every word that was typed must be part of the name, or be a word of it but for a few slips: none in
up to two letters, one in up to five, two in longer ones (the "AUTO" fuzziness of Lucene and
Elasticsearch). A slip is a letter too many, missing, wrong or swapped with its neighbour (optimal
string alignment distance). Somebody is still typing, so a word may also be the beginning of one.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from shopman.text import fold

#: Words of fewer letters are like too many others.
SHORTEST_WORD = 3
#: More words than anybody's name has.
MOST_WORDS = 8
_LONGEST_WORD = 40


def words(text: str) -> tuple[str, ...]:
    """What was typed, as folded words; none when it is no name or too short to compare."""
    found = tuple(fold(text.replace("\x00", " ")).split())
    is_name = len(found) <= MOST_WORDS and all(map(_is_word, found))
    if not is_name or all(len(word) < SHORTEST_WORD for word in found):
        return ()
    return found


def likeness(wanted: Sequence[str], name: str) -> float:
    """From 0 (somebody else) to 1 (every word is in the name), for a folded name."""
    own = name.split()
    total = 0.0
    for word in wanted:
        found = _closeness(word, own)
        if not found:
            return 0.0
        total += found
    return total / len(wanted) if wanted else 0.0


def _closeness(word: str, own: Sequence[str]) -> float:
    slips = _slips(word)
    best = 0.0
    for each in own:
        if word in each:
            return 1.0
        if not slips:
            continue
        apart = OSA.distance(word, each, score_cutoff=slips)
        if apart <= slips:
            best = max(best, 1 - apart / len(word))
        elif len(each) > len(word):
            apart = OSA.distance(word, each[: len(word)], score_cutoff=slips)
            # The beginning of a word says less than the whole.
            if apart <= slips:
                best = max(best, 0.9 * (1 - apart / len(word)))
    return best


def _slips(word: str) -> int:
    if len(word) < SHORTEST_WORD:
        return 0
    return 1 if len(word) <= 5 else 2


def _is_word(word: str) -> bool:
    return len(word) <= _LONGEST_WORD and word.replace("-", "").replace("'", "").isalpha()
