"""``manage.py find_duplicates``: search a shop for customers that may be one person."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from guestman.contrib.duplicates import tasks
from guestman.contrib.duplicates.models import Scan
from guestman.contrib.duplicates.services import marks, scans
from guestman.contrib.duplicates.services.pairs import Tally
from shopman import leases
from shopman.management.base import TenantCommand
from shopman.models import Tenant


class Command(TenantCommand):
    help = "Find customers that may be one person, for staff to decide. Nothing is merged."
    allows_all_tenants = True

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--changed-only",
            action="store_true",
            help="only customers who changed since they were compared",
        )
        parser.add_argument(
            "--async", dest="by_workers", action="store_true", help="leave the work to the workers"
        )
        parser.add_argument(
            "--resume",
            action="store_true",
            help="go on with an interrupted search; start one when there is none",
        )

    def work(self, *, tenant: Tenant, **options: Any) -> None:
        if options["changed_only"]:
            if options["by_workers"] or options["resume"]:
                raise CommandError("--changed-only goes with neither --async nor --resume.")
            self._tell(tenant, marks.compare_changed())
        elif options["by_workers"]:
            if options["resume"]:
                raise CommandError("Workers go on with an interrupted search by themselves.")
            scan = tasks.dispatch()
            self.stdout.write(
                f"Search {scan.pk}: {scan.customer_count} customers, left to the workers."
            )
        else:
            self._here(tenant, resume=options["resume"])

    def _here(self, tenant: Tenant, *, resume: bool) -> None:
        scan = scans.resumable() if resume else None
        if scan is None:
            scan = scans.start(owner=leases.me())
        phases = 2 if scan.phase == Scan.Phase.KEYS else 1
        bar: tqdm[Any] = tqdm(
            total=scan.customer_count * phases, unit="customer", disable=not self.shows_progress
        )
        with bar:
            for done in scans.advance(scan):
                bar.update(done)
        scan = scans.reread(scan)
        tally = Tally()
        tally.add(scan.counts)
        tally.counts["customers"] = scan.customer_count
        self._tell(tenant, tally)

    def _tell(self, tenant: Tenant, tally: Tally) -> None:
        self.stdout.write(
            f"{tenant.slug}: {tally['customers']} customers, {tally['compared']} pairs compared: "
            f"{tally['new']} new, {tally['reopened']} opened again, {tally['changed']} changed, "
            f"{tally['withdrawn']} withdrawn, {tally['beyond']} beyond what one customer may have "
            f"open."
        )
