"""``manage.py tenant_create``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shopman.errors import Failure
from shopman.management.base import sentence_of
from shopman.tenancy import registration


class Command(BaseCommand):
    help = "Make a tenant."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--slug", required=True, help="short name in addresses and commands")
        parser.add_argument("--name", required=True)
        parser.add_argument("--currency", required=True, metavar="BRL", help="ISO 4217")
        parser.add_argument("--time-zone", required=True, metavar="America/Sao_Paulo", help="IANA")
        parser.add_argument("--region", required=True, metavar="BR", help="ISO 3166-1 alpha-2")
        parser.add_argument("--locale", default="en", metavar="pt-br", help="language tag")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("slug", "name", "currency", "time_zone", "region", "locale")
        try:
            tenant = registration.create(**{name: options[name] for name in names})
        except Failure as failure:
            raise CommandError(sentence_of(failure)) from failure
        self.stdout.write(f"Made tenant {tenant.slug} ({tenant.uuid}).")
