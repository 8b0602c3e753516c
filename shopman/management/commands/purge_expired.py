"""``manage.py purge_expired``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from shopman import jobs
from shopman.api import idempotency
from shopman.outbox import relay


class Command(BaseCommand):
    help = (
        "Delete expired idempotency records, long delivered outbox events, old jobs and their"
        " files, of all tenants."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(
            f"Idempotency records: {idempotency.purge()}, outbox events: {relay.purge()},"
            f" jobs: {jobs.purge()}."
        )
