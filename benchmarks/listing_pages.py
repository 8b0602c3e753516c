"""Times the parts of the customers' list in one process; prints a number of milliseconds a line."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()

from guestman.models import Customer  # noqa: E402
from guestman.services import search  # noqa: E402
from shopman import keyset, tenancy  # noqa: E402
from shopman.keyset import Cursor  # noqa: E402

PAGE = 26


def main() -> None:
    """First page, a page from the middle, a search, a search for a mistyped name."""
    with tenancy.use("shop"):
        rows = Customer.objects.select_related("group").in_reading_order()
        column = keyset.column_of(rows, "updated_at")
        half = Customer.objects.count() // 2
        middle = rows[half : half + 1].get()
        place = Cursor.decode(
            Cursor("-updated_at", False, middle.updated_at, str(middle.pk)).encode()
        )
        beyond = rows.filter(keyset.after(place, "updated_at", column, descending=True))
        matching = search.matches("ana sobrenome777")
        assert matching is not None
        print(median(lambda: list(rows[:PAGE])))
        print(median(lambda: list(beyond[:PAGE])))
        print(median(lambda: list(rows.filter(matching)[:PAGE])))
        print(median(lambda: search.similar(Customer.objects.all(), "beatris")))


def median(call: Callable[[], Any], times: int = 9) -> float:
    """The middle one of several times, in milliseconds."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        took.append((time.perf_counter() - started) * 1000)
    return sorted(took)[times // 2]


if __name__ == "__main__":
    main()
