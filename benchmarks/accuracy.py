"""How right the search for duplicates is on labelled people, beside Splink on the same rows.

Needs the labelled files (``SHOPMAN_DATA`` or ``../shared/data``). Splink is measured where the
dependency group ``splink`` is installed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks import labelled
from benchmarks.harness import ROOT, Bench, Figure
from guestman.contrib.duplicates.rules.people import Person
from guestman.contrib.duplicates.rules.scoring import Band

Reader = Callable[[Path], tuple[list[Person], list[str]]]

#: File, how it is read, the columns of Splink's model, and what F1 has to be.
SETS: Sequence[tuple[str, Reader, str, float]] = (
    ("splink/fake_1000.csv", labelled.splink, "FAKE", 0.90),
    ("febrl/dataset1.csv", labelled.febrl, "FEBRL", 0.998),
    ("febrl/dataset2.csv", labelled.febrl, "FEBRL", 0.998),
)


def run(bench: Bench) -> list[Figure]:
    folder = Path(os.environ.get("SHOPMAN_DATA") or ROOT.parent / "shared" / "data")
    figures: list[Figure] = []
    for path, read, columns, aim in SETS:
        file = folder / path
        if not file.exists():
            print(f"The labelled people of {path} are missing (SHOPMAN_DATA): not measured.")
            continue
        figures += _ours(path, *read(file), aim=aim)
        if find_spec("splink") is None:
            print("Splink is not installed (dependency group splink): not measured beside.")
            continue
        figures += _splinks(bench, path, file, columns)
    return figures


def _ours(path: str, people: list[Person], truth: list[str], *, aim: float) -> list[Figure]:
    pairs = labelled.candidates(people)
    bands = labelled.accuracies(people, truth, pairs)
    return [
        _figure(f"{path}: F1", bands[Band.POSSIBLE].f1, aim=f"≥ {aim:.1%}"),
        _figure(f"{path}: true pairs compared", labelled.blocking_recall(pairs, truth)),
        _figure(f"{path}: right of the likely", bands[Band.LIKELY].precision, aim="≥ 99%"),
        _figure(f"{path}: false of the certain", bands[Band.CERTAIN].false, unit="", aim="0"),
    ]


def _splinks(bench: Bench, path: str, file: Path, columns: str) -> list[Figure]:
    done = bench.python("-m", "benchmarks.splink_model", columns, str(file))
    found: dict[str, list[float]] = json.loads(done.output.splitlines()[-1])
    return [
        figure
        for how, (f1, compared) in found.items()
        for figure in (
            _figure(f"{path}: F1 of Splink, {how}", f1),
            _figure(f"{path}: true pairs compared by Splink, {how}", compared),
        )
    ]


def _figure(what: str, value: float, *, unit: str = "%", aim: str = "") -> Figure:
    shown = value * 100 if unit == "%" else value
    return Figure(benchmark="accuracy", what=what, value=shown, unit=unit, aim=aim)
