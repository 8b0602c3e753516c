"""``manage.py reapply_erasures``: after a restore."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from guestman.conf import conf
from guestman.contrib.privacy.service import reapplying
from shopman.management.base import TenantCommand
from shopman.models import Tenant


class Command(TenantCommand):
    help = (
        "Erase again whoever was erased before, after an older backup was restored: those the"
        " ledger names, and those this database knows of."
    )
    allows_all_tenants = True

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--ledger",
            metavar="FILE",
            default=conf.ERASURE_LEDGER,
            help='the ledger of erasures; default: GUESTMAN["ERASURE_LEDGER"]',
        )

    def work(self, *, tenant: Tenant, **options: Any) -> None:
        path = Path(options["ledger"]) if options["ledger"] else None
        if path is None or not path.exists():
            raise CommandError(f"There is no ledger: {path or 'name one with --ledger'}.")
        with path.open(encoding="utf-8") as lines:
            counts = reapplying.reapply(lines)
        told = ", ".join(f"{key} {count}" for key, count in sorted(counts.items()))
        self.stdout.write(f"{tenant.slug}: {told or 'nothing was left to erase'}.")
