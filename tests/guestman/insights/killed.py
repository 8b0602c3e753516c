"""A process to kill: ``prepare``, ``slowly POLICY``, ``finish POLICY`` or ``afresh POLICY``."""

from __future__ import annotations

import hashlib
import sys
import time

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from guestman.contrib.insights.models import CustomerInsight, InsightRun  # noqa: E402
from guestman.contrib.insights.rules.numbers import Numbers  # noqa: E402
from guestman.contrib.insights.service import InsightService, owners, runs, shards  # noqa: E402
from guestman.models import Customer  # noqa: E402
from shopman import tenancy  # noqa: E402
from shopman.models import Tenant  # noqa: E402
from tests.guestman.insights.conftest import NOON  # noqa: E402


def prepare() -> None:
    call_command("migrate", verbosity=0)
    facts = {"default_region": "BR", "default_currency": "BRL", "time_zone": "America/Sao_Paulo"}
    tenant, _ = Tenant.objects.get_or_create(slug="shop", defaults={"name": "Shop", **facts})
    with tenancy.use(tenant):
        Customer.objects.bulk_create(Customer(code=f"K{number}") for number in range(120))


def slowly(policy: str) -> None:
    """Go on with the run, or start one, a few customers at a time."""
    run = runs.resumable() or runs.start(
        as_of=NOON, policy_name=policy, batch_size=7, owner=owners.me()
    )
    for done in shards.advance(run):
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()
        time.sleep(0.03)


def finish(policy: str) -> None:
    facts = {"policy": policy, "as_of": NOON.isoformat(), "resume": True}
    call_command("recalculate_insights", stdout=sys.stderr, **facts)
    show()


def afresh(policy: str) -> None:
    CustomerInsight.objects.all().delete()
    InsightService.recalculate_all(as_of=NOON, policy=policy)
    show()


def show() -> None:
    names = ("customer_id", *Numbers._fields, "as_of", "is_stale")
    rows = list(CustomerInsight.objects.order_by("customer_id").values_list(*names))
    last = InsightRun.objects.completed().first()
    counted = last.counts["customers"] if last else 0
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    sys.stdout.write(f"{digest} {counted} {len(rows)}\n")


if __name__ == "__main__":
    step, *arguments = sys.argv[1:]
    if step == "prepare":
        prepare()
    else:
        with tenancy.use("shop"):
            {"slowly": slowly, "finish": finish, "afresh": afresh}[step](*arguments)
