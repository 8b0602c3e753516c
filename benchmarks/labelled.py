"""Labelled people of the shared data folder, and how well the scorer tells them apart."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from benchmarks.townsfolk import Home, Record, Town
from guestman.contrib.duplicates.rules import blocking, ceiling, people, population, scoring
from guestman.contrib.duplicates.rules.people import Person, Place
from guestman.contrib.duplicates.rules.scoring import Band
from guestman.rules.documents import Document
from guestman.rules.names import name_words

#: Customers of one key beyond which it says too little.
MOST_OF_A_KEY = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Pairwise, of one band and those above it. ``false`` counts wrong pairs."""

    precision: float
    recall: float
    f1: float
    false: int


def rows(file: Path) -> list[dict[str, str]]:
    """A file's rows, without the spaces around names and values."""
    with file.open(newline="", encoding="utf-8") as stream:
        found = csv.DictReader(stream, skipinitialspace=True)
        return [
            {name.strip(): (value or "").strip() for name, value in row.items()} for row in found
        ]


def splink(file: Path) -> tuple[list[Person], list[str]]:
    """fake_1000: names, birth date, city, e-mail; ``cluster`` is the truth."""
    found = rows(file)
    return [_splink(row) for row in found], [row["cluster"] for row in found]


def febrl(file: Path) -> tuple[list[Person], list[str]]:
    """Names, birth date, address, without the social security number."""
    found = rows(file)
    return [_febrl(row) for row in found], [person_of(row) for row in found]


def person_of(row: Mapping[str, str]) -> str:
    """Who a record of FEBRL is of: the number in ``rec-223-dup-0``."""
    return row["rec_id"].split("-")[1]


def town(count: int) -> tuple[list[Person], list[str]]:
    """An invented town: phones, documents, households, twins, a father and son of one name."""
    records = list(Town().records(count))
    return [_townsman(each) for each in records], [str(each.who) for each in records]


def candidates(found: Sequence[Person]) -> set[tuple[int, int]]:
    """The pairs with a key in common."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, person in enumerate(found):
        for key in blocking.keys(person):
            groups[key].append(number)
    small = (group for group in groups.values() if len(group) <= MOST_OF_A_KEY)
    return {pair for group in small for pair in combinations(group, 2)}


def blocking_recall(pairs: Iterable[tuple[int, int]], truth: Sequence[str]) -> float:
    """The share of true pairs that have a key in common."""
    return sum(truth[one] == truth[other] for one, other in pairs) / _true_pairs(truth)


def accuracies(
    found: Sequence[Person], truth: Sequence[str], pairs: Iterable[tuple[int, int]]
) -> dict[Band, Accuracy]:
    """How each band does."""
    common = population.counted(found)
    right: Counter[Band] = Counter()
    wrong: Counter[Band] = Counter()
    for one, other in pairs:
        if not ceiling.may_be_stored(found[one], found[other], common):
            continue
        band = scoring.score(found[one], found[other], common).band
        (right if truth[one] == truth[other] else wrong)[band] += 1
    bands = (Band.CERTAIN, Band.LIKELY, Band.POSSIBLE)
    return {
        band: _accuracy(
            sum(right[each] for each in bands[: number + 1]),
            sum(wrong[each] for each in bands[: number + 1]),
            _true_pairs(truth),
        )
        for number, band in enumerate(bands)
    }


def _accuracy(right: int, wrong: int, there: int) -> Accuracy:
    precision = right / (right + wrong) if right + wrong else 1.0
    recall = right / there
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return Accuracy(precision=precision, recall=recall, f1=f1, false=wrong)


def _true_pairs(truth: Sequence[str]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(truth).values())


def _splink(row: Mapping[str, str]) -> Person:
    return Person(
        given=name_words(row["first_name"]),
        family=name_words(row["surname"]),
        birth_date=_date(row["dob"]),
        emails=frozenset(filter(None, [row["email"].lower()])),
        places=(people.place(city=row["city"]),) if row["city"] else (),
    )


def _febrl(row: Mapping[str, str]) -> Person:
    digits = row["date_of_birth"]
    return Person(
        given=name_words(row["given_name"]),
        family=name_words(row["surname"]),
        birth_date=_date(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"),
        places=(
            people.place(
                lines=(row["address_1"], row["address_2"]),
                number=row["street_number"],
                city=row["suburb"],
                region=row["state"],
                postal_code=row["postcode"],
            ),
        ),
    )


def _townsman(record: Record) -> Person:
    given, family = people.named(record.given, record.family)
    home = record.home
    return Person(
        given=given,
        family=family,
        birth_date=record.birth_date,
        documents=frozenset([Document(record.cpf, "cpf", "BR")] if record.cpf else []),
        emails=frozenset(filter(None, [record.email])),
        phones=frozenset(filter(None, [record.phone])),
        places=() if home is None else (_home(home),),
    )


def _home(home: Home) -> Place:
    return people.place(
        lines=[home.street],
        number=home.number,
        city=home.city,
        region=home.region,
        postal_code=home.postal_code,
    )


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
