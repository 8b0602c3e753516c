"""``manage.py backfill_identities``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import CommandError, CommandParser

from guestman.contrib.imports.services import backfill
from guestman.contrib.imports.services.backfill import Record
from shopman.management.base import TenantCommand
from shopman.models import Tenant


class Command(TenantCommand):
    help = (
        "Link every record of the registered sources (orders of guests ...) to its customer. A "
        "second run changes nothing; what is typed verifies nobody."
    )
    allows_all_tenants = True

    def add_options(self, parser: CommandParser) -> None:
        known = ", ".join(each.key for each in backfill.sources()) or "none is registered"
        parser.add_argument("--record", help=f"one source only: {known}")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")

    def work(self, *, tenant: Tenant, **options: Any) -> None:
        wanted = options["record"]
        sources = [each for each in backfill.sources() if wanted in (None, each.key)]
        if not sources:
            raise CommandError("There is no such source of records.")
        act = backfill.preview if options["dry_run"] else backfill.run
        if options["dry_run"]:
            self.stdout.write("Nothing is written (dry run).")
        for source in sources:
            found = act(source, watch=self._watch)
            self.stdout.write(
                f"{source.key}: {found.record_count} records, {found.matched_count} of existing"
                f" customers, {found.created_count} of new ones, {found.linked_count} linked"
                f" before, {found.nothing_count} name nobody"
            )
            for each in found.failed:
                self.stderr.write(f"{each.record[0]} {each.record[1]}: {each.reason}")

    def _watch(self, records: Iterable[Record]) -> Iterator[Record]:
        return self.progress(records, unit="record")
