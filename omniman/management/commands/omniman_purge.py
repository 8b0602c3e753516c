"""``manage.py omniman_purge``: what the worker's nightly purge does, for a cron."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from omniman.services import cart, order_import_rejects, redaction


class Command(BaseCommand):
    help = (
        "Delete expired carts of every tenant, what guests left in them, rejected rows of old"
        " imports, and what orders of erased people held long enough."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{cart.purge_expired()} carts deleted.")
        self.stdout.write(f"{order_import_rejects.purge()} rejected rows deleted.")
        self.stdout.write(f"{redaction.purge_held()} orders let go what they held.")
