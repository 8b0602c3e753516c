"""Long things in pieces. Python has it itself from 3.12 on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most ``size`` items, taken as they are asked for."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
