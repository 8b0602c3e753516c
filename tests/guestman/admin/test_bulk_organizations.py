"""Work on many customers by somebody who works in one organization for now."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from guestman.models import Customer
from shopman import jobs, tenancy
from shopman.models import Job, Membership, MembershipOrganization, Organization, Tenant
from tests.guestman.admin.conftest import at_desk
from tests.guestman.factories import CustomerFactory, CustomerGroupFactory
from tests.shopman.factories import OrganizationFactory, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.SHOPMAN = {**settings.SHOPMAN, "JOB_WORKERS": False}


@pytest.fixture
def boss(tenant: Tenant) -> User:
    return member(tenant, "manager", username="bea")


@pytest.fixture
def branches(tenant: Tenant) -> dict[str, Organization]:
    """Two branches with a customer each, and one customer of both."""
    CustomerGroupFactory(code="vip")
    CustomerFactory(code="SHARED")
    found = {name: OrganizationFactory(name=name) for name in ("North", "South")}
    for name, branch in found.items():
        CustomerFactory(code=name.upper(), organization=branch)
    return found


def all_into_vip(boss: User, branch: Organization, tenant: Tenant) -> Job:
    """What the list's "all" starts while somebody works in a branch."""
    with tenancy.use(tenant, branch):
        return jobs.start(kind="guestman.group", user=boss, parameters={"group_code": "vip"})


def in_vip() -> set[str]:
    return set(Customer.objects.filter(group__code="vip").values_list("code", flat=True))


def test_a_worker_does_no_row_of_another_organization(
    boss: User, tenant: Tenant, branches: dict[str, Organization]
) -> None:
    job = all_into_vip(boss, branches["North"], tenant)
    assert jobs.advance(job.pk).total_count == 2
    assert in_vip() == {"NORTH", "SHARED"}


def test_where_the_one_works_who_looks_changes_nothing(
    boss: User, tenant: Tenant, branches: dict[str, Organization]
) -> None:
    job = all_into_vip(boss, branches["North"], tenant)
    with tenancy.use(tenant, branches["South"]):
        jobs.advance(job.pk)
    assert in_vip() == {"NORTH", "SHARED"}


def test_who_may_work_in_the_organization_no_more_goes_on_in_no_other(
    boss: User, tenant: Tenant, branches: dict[str, Organization]
) -> None:
    job = all_into_vip(boss, branches["North"], tenant)
    MembershipOrganization.objects.create(
        membership=Membership.objects.get(user=boss), organization=branches["South"]
    )
    assert jobs.advance(job.pk).status == Job.Status.FAILED
    assert in_vip() == set()


def test_the_list_of_another_organization_does_not_show_the_job(
    boss: User, tenant: Tenant, branches: dict[str, Organization]
) -> None:
    job = all_into_vip(boss, branches["North"], tenant)
    client = at_desk(boss)
    page = f"/admin/shopman/job/{job.pk}/change/"
    client.post("/admin/organization/", {"organization": str(branches["South"].pk)})
    assert client.get(page).status_code == 302
    client.post("/admin/organization/", {"organization": str(branches["North"].pk)})
    assert client.get(page).status_code == 200
