"""``manage.py imports_purge``: what the worker's nightly purge does, for a cron."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from guestman.contrib.imports.services import uploads


class Command(BaseCommand):
    help = "Delete uploaded files of old imports of every tenant, and what left out rows said."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{uploads.purge()} imports let go what they held.")
