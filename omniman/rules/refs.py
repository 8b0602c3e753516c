"""Order references: short enough to read over the phone, and self-checking.

A reference is nine random characters and one check character of a 23-letter alphabet in which no
two look alike (without 0 O Q D, 1 I L, Z, S, B, G, U V). The check character makes the sum of
``(position + 1) * value`` over all ten characters divisible by 23. The alphabet's size is prime and
all weights differ from zero and from each other, so every single wrong character and every swap
of two characters is noticed.
"""

from __future__ import annotations

from typing import Final

ALPHABET: Final = "23456789ACEFHJKMNPRTWXY"
BODY_LENGTH: Final = 9
LENGTH: Final = BODY_LENGTH + 1
#: How many different references there are.
SPACE: Final = len(ALPHABET) ** BODY_LENGTH

_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_BASE: Final = len(ALPHABET)
#: What people write for a character that is not in the alphabet.
_LOOK_ALIKES: Final = str.maketrans({"Z": "2", "S": "5", "G": "6", "B": "8", " ": "", "-": ""})


def make(number: int) -> str:
    """The reference of a number from 0 up to ``SPACE``; give it a random one.

    >>> make(0), make(1_000_000)
    ('2222222222', '22225J6A88')
    """
    if not 0 <= number < SPACE:
        raise ValueError(f"{number} is not below {SPACE}")
    body = ""
    for _ in range(BODY_LENGTH):
        number, value = divmod(number, _BASE)
        body = ALPHABET[value] + body
    return body + check_character(body)


def check_character(body: str) -> str:
    """The tenth character for the first nine."""
    # The last weight is 10; the check value solves sum + 10 * value = 0 (mod 23).
    value = -_weighted(body) * pow(LENGTH, -1, _BASE) % _BASE
    return ALPHABET[value]


def is_valid(ref: str) -> bool:
    """Whether a normalised reference has the right length, alphabet and check character."""
    if len(ref) != LENGTH or not _VALUES.keys() >= set(ref):
        return False
    return _weighted(ref) % _BASE == 0


def normalise(text: str) -> str:
    """What a person typed, as a reference is stored: upper case, no gaps, look-alikes put right."""
    return text.strip().upper().translate(_LOOK_ALIKES)


def _weighted(text: str) -> int:
    return sum(weight * _VALUES[character] for weight, character in enumerate(text, start=1))
