"""From three scores to a segment. A grid names the segment of each of the 125 cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Final

PROSPECT: Final = "prospect"
INSUFFICIENT_DATA: Final = "insufficient_data"

Cell = tuple[int, int, int]
Grid = Mapping[Cell, str]

#: Every (recency, frequency, monetary) score there is.
CELLS: Final[tuple[Cell, ...]] = tuple(product(range(1, 6), range(1, 6), range(1, 6)))

_MEASURES: Final = ("recency", "frequency", "monetary", "sum")
_BOUNDS: Final = frozenset(f"{name}_{end}" for name in _MEASURES for end in ("min", "max"))


class BadGrid(ValueError):
    """The segments do not cover each of the 125 cells exactly once."""


def grid_of_rules(rules: Sequence[Mapping[str, Any]]) -> dict[Cell, str]:
    """The grid that an ordered list of rules draws. Raises BadGrid.

    A rule is ``{"segment": name}`` with any of ``recency_min``, ``recency_max``, ``frequency_min``
    ... ``sum_max``. A cell without a rule and a rule without a cell of its own are both refused.
    """
    for rule in rules:
        unknown = sorted(set(rule) - _BOUNDS - {"segment"})
        if unknown or "segment" not in rule:
            what = f"unknown {', '.join(unknown)}" if unknown else "no segment"
            raise BadGrid(f"The rule {dict(rule)!r} has {what}.")
        if not all(isinstance(bound, int) for key, bound in rule.items() if key != "segment"):
            raise BadGrid(f"The bounds of {dict(rule)!r} must be whole numbers.")
    grid: dict[Cell, str] = {}
    used: set[int] = set()
    for cell in CELLS:
        number = next((n for n, rule in enumerate(rules) if _matches(rule, cell)), None)
        if number is None:
            raise BadGrid(f"No segment for R F M {cell}.")
        used.add(number)
        grid[cell] = rules[number]["segment"]
    idle = [dict(rule) for number, rule in enumerate(rules) if number not in used]
    if idle:
        raise BadGrid(f"These rules can never match: {idle}.")
    _check_names(grid.values())
    return grid


def grid_of_cells(segments: Mapping[str, str]) -> dict[Cell, str]:
    """The grid that ``{segment: "555 554 ..."}`` draws, total and disjoint. Raises BadGrid."""
    grid: dict[Cell, str] = {}
    for name, listed in segments.items():
        for digits in listed.split():
            cell = _cell(digits)
            if cell in grid:
                raise BadGrid(f"{digits} belongs to {grid[cell]!r} and to {name!r}.")
            grid[cell] = name
    missing = ["".join(map(str, cell)) for cell in CELLS if cell not in grid]
    if missing:
        raise BadGrid(f"No segment for {' '.join(missing)}.")
    _check_names(grid.values())
    return grid


def _cell(digits: str) -> Cell:
    if len(digits) != 3 or not set(digits) <= set("12345"):
        raise BadGrid(f"{digits!r} is not three digits from 1 to 5.")
    return int(digits[0]), int(digits[1]), int(digits[2])


def _check_names(names: object) -> None:
    for name in set(names):  # type: ignore[call-overload]
        if name in (PROSPECT, INSUFFICIENT_DATA):
            raise BadGrid(f"{name!r} stands beside the grid and cannot be a segment in it.")
        if not isinstance(name, str) or not name.isidentifier() or len(name) > 32:
            raise BadGrid(f"{name!r} is not a segment name: letters, digits and _, at most 32.")


def _matches(rule: Mapping[str, Any], cell: Cell) -> bool:
    scores = dict(zip(_MEASURES, (*cell, sum(cell)), strict=True))
    return all(
        rule.get(f"{name}_min", score) <= score <= rule.get(f"{name}_max", score)
        for name, score in scores.items()
    )
