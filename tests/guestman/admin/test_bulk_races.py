"""Two at one job at the same moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from guestman.models import Customer
from shopman import jobs, tenancy
from shopman.jobs import Kind, one_by_one
from shopman.models import AuditEntry, Job, Tenant
from shopman.tenancy.rights import Right
from tests.conftest import Race, make_tenant
from tests.guestman.factories import CustomerFactory, CustomerGroupFactory
from tests.shopman.factories import member

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(settings: Settings, tmp_path: Path) -> Iterator[Tenant]:
    settings.MEDIA_ROOT = tmp_path
    made = make_tenant("shop", currency="BRL", time_zone="America/Sao_Paulo")
    with tenancy.use(made):
        yield made


def test_two_workers_do_every_row_once(shop: Tenant, race: Race) -> None:
    boss = member(shop, "manager", username="bea")
    seen: list[UUID] = []
    kind = Kind(
        key="test.count",
        page="guestman.customer",
        title="Count",
        right=Right.BULK,
        act=one_by_one(lambda row, work: (seen.append(row.pk), time.sleep(0.002))),
        slice_size=5,
    )
    jobs.register(kind)
    try:
        CustomerFactory.create_batch(60)
        job = jobs.start(kind="test.count", user=boss)
        outcomes = race(*[lambda: jobs.advance(job.pk, seconds=30)] * 3)
    finally:
        jobs.unregister(kind.key)
    assert not [each.error for each in outcomes if each.error]
    done = jobs.find(job.pk)
    assert (done.status, done.done_count, len(seen), len(set(seen))) == ("done", 60, 60, 60)


def test_cancelling_and_working_at_once_end_in_one_of_both(shop: Tenant, race: Race) -> None:
    boss = member(shop, "manager", username="bea")
    CustomerGroupFactory(code="vip")
    CustomerFactory.create_batch(150)
    job = jobs.start(kind="guestman.group", user=boss, parameters={"group_code": "vip"})
    race(lambda: jobs.advance(job.pk, seconds=30), lambda: jobs.cancel(job=job))
    ended = jobs.find(job.pk)
    changed = Customer.objects.filter(group__code="vip").count()
    assert ended.status in (Job.Status.CANCELLED, Job.Status.DONE)
    assert changed == ended.done_count
    assert AuditEntry.objects.filter(action="customer.update").count() == changed
