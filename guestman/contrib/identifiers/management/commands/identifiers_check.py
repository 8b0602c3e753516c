"""``manage.py identifiers_check``: identifiers against what they are derived from."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from guestman.contrib.identifiers.services import consistency
from shopman.management.base import TenantCommand
from shopman.models import Tenant


class Command(TenantCommand):
    help = "Prove that identifiers follow from contacts, accounts and documents; exit 1 if not."
    allows_all_tenants = True

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="put right what is wrong")

    def work(self, *, tenant: Tenant, **options: Any) -> None:
        with tqdm(unit="identifier", disable=not self.shows_progress) as bar:
            found = consistency.check(
                repair=options["repair"], watch=lambda count: _advance(bar, count)
            )
        self.stdout.write(
            f"{tenant.slug}: {found.checked} checked, {found.missing} missing, "
            f"{found.differing} differing, {found.surplus} surplus."
        )
        if options["repair"]:
            found = consistency.check()
        if not found.is_consistent:
            raise CommandError("Identifiers do not follow from their origins; try --repair.")


def _advance(bar: tqdm[Any], count: int) -> None:
    bar.update(count)
