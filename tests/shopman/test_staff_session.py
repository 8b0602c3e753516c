"""The staff's session and user, read with few queries and no less care."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from rest_framework.test import APIClient

from config import connections
from shopman import clock, tenancy
from shopman.models import Membership, MembershipOrganization, Tenant
from shopman.tenancy import staff
from tests.shopman.conftest import API
from tests.shopman.factories import OrganizationFactory, join, member

pytestmark = [pytest.mark.django_db, pytest.mark.urls(API)]

URL = "/api/v1/organizations"


def status(client: APIClient) -> int:
    code: int = client.get(URL).status_code
    return code


def test_what_ends_a_session_ends_it_at_once(staff_client: APIClient, owner: User) -> None:
    assert status(staff_client) == 200
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert status(staff_client) == 401
    User.objects.filter(pk=owner.pk).update(is_active=True)
    assert status(staff_client) == 200
    owner.set_password("another")
    owner.save()
    assert status(staff_client) == 401


def test_a_deleted_session_and_a_deleted_user_are_nobody(
    staff_client: APIClient, owner: User
) -> None:
    kept = staff_client.cookies["staff_session"].value
    Session.objects.all().delete()
    assert status(staff_client) == 401
    staff_client.force_login(owner)
    Membership.all_tenants.all()._raw_delete("default")
    owner.delete()
    assert status(staff_client) == 401
    staff_client.cookies["staff_session"] = kept
    assert status(staff_client) == 401


def test_an_expired_session_is_nobody(staff_client: APIClient) -> None:
    with time_machine.travel(clock.now() + dt.timedelta(days=15)):
        assert status(staff_client) == 401


@pytest.mark.parametrize("forged", ["", "a", "-", "x" * 300, "é"])
def test_an_invented_session_key_is_nobody(client: Client, tenant: Tenant, forged: str) -> None:
    client.cookies["staff_session"] = forged
    assert client.get(URL).status_code == 401


def test_losing_a_membership_counts_at_once(
    staff_client: APIClient, owner: User, tenant: Tenant
) -> None:
    with tenancy.use(tenant):
        Membership.objects.filter(user=owner).update(role="read_only")
    assert staff_client.post(URL, {"slug": "a", "name": "A"}).status_code == 403
    with tenancy.use(tenant):
        Membership.objects.get(user=owner).delete()
    assert status(staff_client) == 403


def test_memberships_know_tenants_roles_and_organizations(
    tenant: Tenant, other_tenant: Tenant, rf: Any, django_assert_num_queries: Any
) -> None:
    user = join(member(tenant, "clerk"), other_tenant, "owner")
    with tenancy.use(tenant):
        branches = [OrganizationFactory() for _ in range(2)]
        for branch in branches:
            MembershipOrganization.objects.create(
                membership=Membership.objects.get(user=user), organization=branch
            )
    request = rf.get("/")
    request.user = user
    with django_assert_num_queries(1):
        found = {each.tenant: each for each in staff.memberships(request)}
        staff.memberships(request)
    assert set(found) == {tenant, other_tenant}
    assert found[tenant].role == "clerk"
    assert found[tenant].organizations == {branch.pk for branch in branches}
    assert found[other_tenant].organizations == frozenset()
    assert found[tenant].tenant.name == tenant.name
    Tenant.objects.filter(pk=other_tenant.pk).update(is_active=False)
    again = rf.get("/")
    again.user = user
    assert [each.tenant for each in staff.memberships(again)] == [tenant]


def test_the_signed_in_user_is_complete(staff_client: APIClient, owner: User) -> None:
    seen = staff_client.get(URL).wsgi_request.user
    for field in User._meta.concrete_fields:
        assert getattr(seen, field.attname) == getattr(User.objects.get(), field.attname)


@pytest.mark.urls("config.urls")
def test_signing_in_and_out_by_the_admins_pages(client: Client, tenant: Tenant) -> None:
    user = member(tenant)
    user.set_password("sesame street 1")
    user.save()
    facts = {"username": user.username, "password": "sesame street 1"}
    assert client.post("/admin/login/?next=/admin/", facts).status_code == 302
    assert client.get("/admin/").status_code == 200
    client.post("/admin/logout/")
    assert client.get("/admin/").status_code == 302


def test_a_connection_is_tried_again_only_after_it_lay_idle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class FakeConnection:
        connection = object()
        errors_occurred = False
        health_check_done = False

    fake, now = FakeConnection(), [100.0]
    monkeypatch.setattr(connections, "connection", fake)
    monkeypatch.setattr(connections.time, "monotonic", lambda: now[0])
    connections.on_request_finished()
    now[0] += 1
    connections.on_request_started()
    assert fake.health_check_done
    fake.health_check_done = False
    now[0] += 60
    connections.on_request_started()
    assert not fake.health_check_done
    fake.errors_occurred = True
    connections.on_request_finished()
    connections.on_request_started()
    assert not fake.health_check_done
