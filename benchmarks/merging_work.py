"""Merges a customer with many addresses, takes it back, and prints the seconds; for ``merging``."""

# ruff: noqa: E402  # models can be imported when the apps are ready
from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import django

django.setup()

from django.conf import settings
from django.db import connection, transaction

from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.models import Customer, CustomerAddress
from guestman.services import customer
from shopman import tenancy


def main() -> None:
    count = int(sys.argv[1])
    with tenancy.use(settings.SHOPMAN_DEFAULT_TENANT["slug"]):
        survivor, duplicate = (customer.create(first_name="Ana") for _ in range(2))
        CustomerAddress.objects.bulk_create(
            CustomerAddress(customer=duplicate, street=f"Rua {number}", city="Rio", country="BR")
            for number in range(count)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE guestman_customeraddress")
        found: dict[str, float] = {}
        found["bare"] = _timed(lambda: _bare(duplicate, survivor))
        started = time.perf_counter()
        foreseen = preview(survivor=survivor, duplicate=duplicate)
        found["preview"] = time.perf_counter() - started
        started = time.perf_counter()
        merge = execute(preview=foreseen)
        found["execute"] = time.perf_counter() - started
        assert CustomerAddress.objects.filter(customer=survivor).count() == count
        found["unmerge"] = _timed(lambda: unmerge(merge=merge))
        assert CustomerAddress.objects.filter(customer=duplicate).count() == count
    sys.stdout.write(json.dumps(found))


def _bare(duplicate: Customer, survivor: Customer) -> None:
    """One UPDATE of the same rows, committed nowhere."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE guestman_customeraddress SET customer_id = %s WHERE customer_id = %s",
                [survivor.pk, duplicate.pk],
            )
        transaction.set_rollback(True)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
