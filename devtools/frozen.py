"""``python -m devtools.frozen COMMAND``: ``manage.py`` on a clock that stands still.

What is drawn at random for people to see (keys, references of orders, codes) comes from a seed.
For pictures of the documentation, so that they change only when a page does; never for a real shop.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import secrets
import sys
from collections.abc import Callable
from itertools import count
from uuid import UUID

import time_machine
import uuid_utils.compat
from django.core.management import execute_from_command_line

#: A Monday noon in São Paulo.
MOMENT = dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)

#: The commands that make a demo, one after the other: later ones make later keys.
ORDER = ("migrate", "seed_demo", "runserver")


def main(arguments: list[str]) -> None:
    """Run one command of ``manage.py`` at the moment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    draw = random.Random(arguments[0])  # noqa: S311 (the point is that it can be foretold)
    secrets.randbelow = draw.randrange  # type: ignore[assignment]
    secrets.choice = draw.choice
    uuid_utils.compat.uuid7 = foretold_keys(draw, first=ORDER.index(arguments[0]))  # type: ignore[assignment]
    with time_machine.travel(MOMENT, tick=False):
        execute_from_command_line(["manage.py", *arguments])


def foretold_keys(draw: random.Random, *, first: int) -> Callable[[], UUID]:
    """A maker of UUIDv7, a millisecond apart, whose random bits come from a seed."""
    begin = int(MOMENT.timestamp() * 1000) + first * 100_000_000
    numbers = count(begin)

    def make() -> UUID:
        rest = draw.getrandbits(74)
        return UUID(
            int=next(numbers) << 80 | 7 << 76 | (rest >> 62) << 64 | 2 << 62 | rest & (1 << 62) - 1
        )

    return make


if __name__ == "__main__":
    main(sys.argv[1:])
