"""The peer of ``accuracy``: Splink's own comparisons, trained on the rows as its tutorial does.

It is given the threshold at which it does best, which nobody knows without the truth.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_library as compare
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

from benchmarks import labelled

#: Rows up to which everybody is compared with everybody.
_EVERYBODY = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What Splink is told about a file. ``blocks`` are lists of columns that must be equal."""

    name: str
    family: str
    birth_date: str
    date_format: str
    email: str | None
    exact: Sequence[str]
    blocks: Sequence[Sequence[str]]
    truth: str


FAKE = Columns(
    name="first_name", family="surname", birth_date="dob", date_format="%Y-%m-%d", email="email",
    exact=("city",), truth="cluster",
    blocks=(("first_name",), ("surname",), ("dob",), ("email",)),
)  # fmt: skip
FEBRL = Columns(
    name="given_name", family="surname", birth_date="date_of_birth", date_format="%Y%m%d",
    email=None,
    exact=("street_number", "address_1", "suburb", "postcode", "state"),
    truth="person",
    blocks=(
        ("given_name", "surname"), ("date_of_birth",), ("postcode", "surname"),
        ("address_1", "street_number"),
    ),
)  # fmt: skip


def best_f1(
    rows: Sequence[dict[str, str]], columns: Columns, *, everybody: bool
) -> tuple[float, float]:
    """The best F1 over all thresholds, and the share of true pairs that were compared at all."""
    predicted = _predictions(rows, columns, everybody=everybody)
    truth = [row[columns.truth] for row in rows]
    there = sum(size * (size - 1) // 2 for size in Counter(truth).values())
    right, best = 0, 0.0
    for count, (_weight, one, other) in enumerate(predicted, start=1):
        right += truth[one] == truth[other]
        best = max(best, 2 * right / (count + there))
    return best, right / there


def _predictions(
    rows: Sequence[dict[str, str]], columns: Columns, *, everybody: bool
) -> list[tuple[float, int, int]]:
    logging.getLogger("splink").setLevel(logging.ERROR)
    names = (columns.name, columns.family, columns.birth_date, columns.email, *columns.exact)
    used = [name for name in names if name]
    connection = duckdb.connect()
    _load(connection, rows, used)
    linker = Linker(
        DuckDBAPI(connection).register("given"),
        _settings(columns, everybody),
        log_level=logging.ERROR,
    )
    training = linker.training
    surely: list[Any] = [block_on(columns.name, columns.family, columns.birth_date)]
    training.estimate_probability_two_random_records_match(surely, recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for block in ((columns.name, columns.family), (columns.birth_date,)):
        training.estimate_parameters_using_expectation_maximisation(block_on(*block))
    found = linker.inference.predict(threshold_match_weight=-20).as_record_list()
    return sorted(
        ((row["match_weight"], row["unique_id_l"], row["unique_id_r"]) for row in found),
        reverse=True,
    )


def _settings(columns: Columns, everybody: bool) -> SettingsCreator:
    comparisons: list[Any] = [
        compare.NameComparison(columns.name).configure(term_frequency_adjustments=True),
        compare.NameComparison(columns.family).configure(term_frequency_adjustments=True),
        compare.DateOfBirthComparison(
            columns.birth_date, input_is_string=True, datetime_format=columns.date_format
        ),
        *(
            compare.ExactMatch(name).configure(term_frequency_adjustments=True)
            for name in columns.exact
        ),
    ]
    if columns.email:
        comparisons.append(compare.EmailComparison(columns.email))
    blocks: list[Any] = ["1=1"] if everybody else [block_on(*block) for block in columns.blocks]
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=blocks,
    )


def _load(
    connection: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, str]], names: Sequence[str]
) -> None:
    columns = ", ".join(f'nullif("{name}", \'\') AS "{name}"' for name in names)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        lines = ["\t".join(("unique_id", *names))]
        lines += ["\t".join((str(n), *(row[name] for name in names))) for n, row in enumerate(rows)]
        file.write_text("\n".join(lines) + "\n")
        connection.execute(
            f"CREATE TABLE given AS SELECT CAST(unique_id AS bigint) AS unique_id, {columns} "
            "FROM read_csv(?, delim='\t', header=true, all_varchar=true, quote='')",
            [str(file)],
        )


def main(kind: str, file: str) -> None:
    """Print one line of JSON: F1 and the share of true pairs compared, by keys and of everybody."""
    columns = {"FAKE": FAKE, "FEBRL": FEBRL}[kind]
    rows = labelled.rows(Path(file))
    if columns is FEBRL:
        rows = [{**row, "person": labelled.person_of(row)} for row in rows]
    found = {"blocked": best_f1(rows, columns, everybody=False)}
    if len(rows) <= _EVERYBODY:
        found["everybody with everybody"] = best_f1(rows, columns, everybody=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
