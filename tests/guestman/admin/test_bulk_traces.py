"""What work on many customers leaves behind: no contact that is masked elsewhere, no stray file."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from shopman import jobs
from shopman.jobs import results, running
from shopman.models import AuditEntry, Job, Membership, Tenant
from tests.guestman.admin.conftest import at_desk
from tests.guestman.factories import CustomerFactory
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.SHOPMAN = {**settings.SHOPMAN, "JOB_WORKERS": False, "CONTACT_ROLES": ["manager"]}


@pytest.fixture
def boss(tenant: Tenant) -> User:
    return member(tenant, "manager", username="bea")


@pytest.mark.parametrize(
    ("query", "contact"),
    [("q=%2B5511987654321", "987654321"), ("q=jose%40example.com", "jose")],
)
def test_a_searched_contact_is_masked_in_the_trail(
    boss: User, tenant: Tenant, query: str, contact: str
) -> None:
    jobs.start(kind="guestman.export_csv", user=boss, query=query)
    entry = AuditEntry.objects.get(action="job.start")
    address = f"/admin/shopman/auditentry/{entry.pk}/change/"
    clerk = at_desk(member(tenant, "clerk", username="ana"))
    assert contact in at_desk(boss).get(address).content.decode()
    assert contact not in clerk.get(address).content.decode()


def test_an_export_that_fails_on_its_way_leaves_no_file(
    boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    CustomerFactory.create_batch(3)
    job = jobs.start(kind="guestman.export_csv", user=boss)
    slow = jobs.registry._kinds["guestman.export_csv"]
    facts = {name: getattr(slow, name) for name in slow.__dataclass_fields__}
    monkeypatch.setitem(jobs.registry._kinds, slow.key, jobs.Kind(**{**facts, "slice_size": 2}))
    jobs.advance(job.pk, seconds=0)
    assert list(results.folder(job).iterdir())
    Membership.objects.filter(user=boss).update(role="clerk")
    assert jobs.advance(job.pk, seconds=0).status == Job.Status.FAILED
    assert not list(results.folder(job).iterdir())


def test_a_workbook_that_is_made_while_its_job_is_cancelled_leaves_no_file(
    boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    CustomerFactory()
    job = jobs.start(kind="guestman.export_xlsx", user=boss)
    make = running.results.finish

    def cancelled_meanwhile(job: Job, table: jobs.Table) -> str:
        name = make(job, table)
        Job.objects.filter(pk=job.pk).update(
            status=Job.Status.CANCELLED, finished_at=job.created_at
        )
        return name

    monkeypatch.setattr(running.results, "finish", cancelled_meanwhile)
    assert jobs.advance(job.pk).status == Job.Status.CANCELLED
    assert not list(results.folder(job).iterdir())
