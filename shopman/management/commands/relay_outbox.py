"""``manage.py relay_outbox``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shopman.outbox import relay


class Command(BaseCommand):
    help = "Deliver outbox events that are due, of all tenants. For cron where no worker runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--replay", action="store_true", help="first give dead letters a new set of attempts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["replay"]:
            self.stdout.write(f"Dead letters revived: {relay.replay()}.")
        done = relay.relay()
        self.stdout.write(
            f"Delivered: {done.delivered_count}, to be retried: {done.retried_count}, "
            f"dead: {done.dead_count}."
        )
