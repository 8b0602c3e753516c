"""The scorer against people somebody else labelled. The constants were not fitted to one file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import labelled
from guestman.contrib.duplicates.rules.scoring import Band

Files = Callable[[str], Path]


@pytest.mark.parametrize(
    ("path", "read", "f1", "recall"),
    [
        ("splink/fake_1000.csv", labelled.splink, 0.90, 0.90),
        ("febrl/dataset1.csv", labelled.febrl, 0.998, 0.999),
        ("febrl/dataset2.csv", labelled.febrl, 0.998, 0.998),
    ],
)
def test_labelled_people_are_told_apart(
    shared_data: Files, path: str, read: Callable[[Path], object], f1: float, recall: float
) -> None:
    people, truth = read(shared_data(path))  # type: ignore[misc]
    pairs = labelled.candidates(people)
    found = labelled.accuracies(people, truth, pairs)
    assert labelled.blocking_recall(pairs, truth) >= recall
    assert found[Band.POSSIBLE].f1 >= f1, found
    assert found[Band.LIKELY].precision >= 0.99, found
    assert found[Band.CERTAIN].false == 0, found


def test_in_a_town_of_households_and_namesakes_nobody_certain_is_somebody_else() -> None:
    people, truth = labelled.town(3000)
    found = labelled.accuracies(people, truth, labelled.candidates(people))
    assert found[Band.CERTAIN].false == 0, found
    assert found[Band.LIKELY].precision >= 0.985, found
    assert found[Band.LIKELY].recall >= 0.7, found
