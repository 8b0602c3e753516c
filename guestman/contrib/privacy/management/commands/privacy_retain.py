"""``manage.py privacy_retain``: what was kept long enough is erased."""

from __future__ import annotations

from typing import Any

from guestman.contrib.privacy.service import ledger, retention
from shopman.management.base import TenantCommand
from shopman.models import Tenant


class Command(TenantCommand):
    help = (
        "Erase personal rows that were kept long enough, whoever they are about, and complete the"
        " ledger of erasures. Workers do it every night."
    )
    allows_all_tenants = True

    def work(self, *, tenant: Tenant, **options: Any) -> None:
        ledger.write()
        counts = retention.retain()
        told = ", ".join(f"{key} {count}" for key, count in sorted(counts.items()))
        self.stdout.write(f"{tenant.slug}: {told or 'nothing was old enough'}.")
