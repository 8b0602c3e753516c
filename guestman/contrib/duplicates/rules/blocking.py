"""Which pairs are worth comparing: two customers with a key in common.

Comparing everybody with everybody grows with the square of the shop. Each key holds two facts, or
one that few share, so that a key's customers stay few and a typing error in one field leaves
another key intact. Keys of more than a limit of customers are left out by the scan.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from guestman.contrib.duplicates.rules.people import Person, Place
from guestman.contrib.duplicates.rules.sounds import skeleton


def keys(person: Person) -> frozenset[str]:
    """The keys of a customer, short texts."""
    return frozenset((*_of_contacts(person), *_of_names(person), *_of_places(person)))


def _of_contacts(person: Person) -> Iterator[str]:
    for email in person.emails:
        yield f"e:{email}"
        local, _at, domain = email.partition("@")
        yield f"l:{local}"
        yield f"m:{''.join(sorted(set(local)))}@{domain[:3]}"
    yield from (f"p:{phone}" for phone in person.phones)
    yield from (f"d:{document.key}" for document in person.documents)


def _of_names(person: Person) -> Iterator[str]:
    words = sorted(_words(person))
    skeletons = sorted({skeleton(word) for word in words})
    yield from (f"n:{first}+{second}" for first, second in _pairs(skeletons))
    initials = sorted({word[0] for word in words})
    day = person.birth_date
    if day is None:
        return
    yield f"b:{day:%Y%m%d}"
    for word in words:
        # The year or the day may be wrong, the name may be.
        yield f"y:{day:%Y}:{skeleton(word)}"
        yield f"t:{day:%m%d}:{word[:2]}"
    yield from (f"i:{day:%Y%m}:{initial}" for initial in initials)
    yield from (f"k:{day:%Y%d}:{initial}" for initial in initials)


def _of_places(person: Person) -> Iterator[str]:
    words = {skeleton(word) for word in _words(person)}
    for place in person.places:
        yield from (f"a:{place.number}:{_line(line)}" for line in place.lines if place.number)
        for fact, word in product(_areas(place), words):
            yield f"w:{fact}:{word}"
        yield from (f"c:{place.postal_code}:{_line(line)}" for line in place.lines)


def _words(person: Person) -> set[str]:
    # A family name of several words also as one, for a slip of the space bar.
    return {*person.given, *person.family, "".join(person.family)} - {""}


def _areas(place: Place) -> list[str]:
    return [area for area in (place.postal_code, skeleton(place.city)) if area]


def _line(line: str) -> str:
    return skeleton(line.replace(" ", ""))[:8]


def _pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    return ((one, other) for i, one in enumerate(words) for other in words[i + 1 :])
