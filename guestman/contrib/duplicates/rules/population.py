"""How common names and places are, counted from people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from guestman.contrib.duplicates.rules.people import Person
from guestman.contrib.duplicates.rules.weights import Frequencies, Kind

#: Values of fewer people count as rare as any, so that what is kept names nobody in particular.
SHOWN_FROM = 3


def counted(people: Sequence[Person]) -> Frequencies:
    """The frequencies among people; evident duplicates count once, or they would look common."""
    facts = {
        (someone, kind, value)
        for someone, person in zip(_someone(people), people, strict=True)
        for kind, value in _values(person)
    }
    counts: dict[str, Counter[str]] = {}
    for _each, kind, value in facts:
        counts.setdefault(kind, Counter())[value] += 1
    return Frequencies(
        counts={
            kind: {value: seen for value, seen in counter.items() if seen >= SHOWN_FROM}
            for kind, counter in counts.items()
        },
        rows={kind: counter.total() for kind, counter in counts.items()},
        people=len(people),
    )


def _values(person: Person) -> Iterator[tuple[Kind, str]]:
    yield from (("given_name", word) for word in person.given)
    yield from (("family_name", word) for word in person.family)
    for place in person.places:
        yield from (("line", line) for line in place.lines)
        kinds: tuple[Kind, ...] = ("number", "city", "region", "postal_code")
        yield from ((kind, getattr(place, kind)) for kind in kinds if getattr(place, kind))


def _someone(people: Sequence[Person]) -> list[int]:
    """A number for each of the people, the same for those who share a sure sign (union-find)."""
    parents = list(range(len(people)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    seen: dict[object, int] = {}
    for number, person in enumerate(people):
        for sign in _signs(person):
            parents[root(number)] = root(seen.setdefault(sign, number))
    return [root(number) for number in range(len(people))]


def _signs(person: Person) -> Iterator[object]:
    yield from person.emails
    yield from person.phones
    yield from person.documents
    if person.given and person.family and person.birth_date:
        yield person.given, person.family, person.birth_date
