"""``manage.py doorman_purge``: delete what is over."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from doorman.services import purge


class Command(BaseCommand):
    help = "Delete expired challenges, tickets, counters and sessions of every tenant."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--chunk-size", type=int, default=1000, help="rows per transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        counts: Counter[str] = Counter()
        for done in purge.purge(chunk_size=options["chunk_size"]):
            counts[done.kind] += done.count
        lines = [f"{kind}: {count}" for kind, count in sorted(counts.items())]
        self.stdout.write("\n".join(lines) or "nothing to delete")
