"""The kernel's part of the admin."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shopman import clock, tenancy
from shopman.models import (
    AuditEntry,
    Membership,
    MembershipOrganization,
    Organization,
    OutboxEvent,
    Tenant,
)
from tests.shopman.factories import (
    AuditEntryFactory,
    OrganizationFactory,
    OutboxEventFactory,
    TenantDomainFactory,
    UserFactory,
    member,
)

pytestmark = pytest.mark.django_db

MODELS = ("tenant", "organization", "membership", "outboxevent", "auditentry")


def url(model: str, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:shopman_{model}_{page}", args=args)


@pytest.fixture
def rows(tenant: Tenant, other_tenant: Tenant) -> None:
    for each in (tenant, other_tenant):
        with tenancy.use(each):
            OrganizationFactory(name=f"Branch of {each.slug}")
            OutboxEventFactory(name=f"{each.slug}.happened", dead_at=clock.now())
            AuditEntryFactory(action=f"{each.slug}.change", before={"a": 1})


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("role", ["owner", "read_only", "superuser"])
def test_lists_show_the_rows_of_the_shop_in_use_only(
    rows: None, client: Client, tenant: Tenant, model: str, role: str
) -> None:
    user = UserFactory(is_superuser=True) if role == "superuser" else member(tenant, role)
    client.force_login(user)
    answer = client.get(url(model))
    if (model, role) == ("outboxevent", "read_only"):
        # For whoever manages the shop.
        assert answer.status_code == 403
        return
    assert answer.status_code == 200
    assert client.get(url(model), {"q": "shop"}).status_code == 200
    if role != "superuser":
        assert b"other" not in answer.content.replace(b"another", b"").replace(b"Other", b"")


@pytest.mark.parametrize("model", MODELS)
def test_staff_of_another_shop_cannot_open_the_admin(
    rows: None, client: Client, tenant: Tenant, other_tenant: Tenant, model: str, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    TenantDomainFactory(tenant=tenant, host="ours.example")
    client.force_login(member(other_tenant))
    refused = client.get(url(model), HTTP_HOST="ours.example")
    assert refused.status_code == 302
    assert refused.headers["Location"].startswith("/admin/login/")
    # Without a host of its own this is the member's own shop.
    assert client.get(url(model)).status_code == 200
    client.force_login(UserFactory())
    assert client.get(url(model)).status_code == 302
    client.force_login(UserFactory(is_staff=False))
    assert client.get(url(model)).status_code == 302


def test_the_roles_decide_who_changes_what(client: Client, tenant: Tenant) -> None:
    with tenancy.use(tenant):
        branch = OrganizationFactory(name="North")
    facts = {"slug": branch.slug, "name": "South"}
    for role, expected in (("read_only", 403), ("clerk", 403), ("manager", 403), ("owner", 302)):
        client.force_login(member(tenant, role))
        answer = client.post(url("organization", "change", branch.pk), facts)
        assert answer.status_code == expected, role
    with tenancy.use(tenant):
        assert Organization.objects.get().name == "South"


def test_an_owner_adds_a_member_limited_to_a_branch(client: Client, tenant: Tenant) -> None:
    client.force_login(member(tenant))
    colleague = UserFactory()
    with tenancy.use(tenant):
        branch = OrganizationFactory()
    answer = client.post(
        url("membership", "add"),
        {
            "username": colleague.username,
            "role": "clerk",
            "limits-TOTAL_FORMS": 1,
            "limits-INITIAL_FORMS": 0,
            "limits-0-organization": str(branch.pk),
        },
    )
    assert answer.status_code == 302, answer.content
    with tenancy.use(tenant):
        made = Membership.objects.get(user=colleague)
        assert list(made.organizations.all()) == [branch]


def test_records_can_be_looked_at_and_not_changed(
    rows: None, client: Client, tenant: Tenant
) -> None:
    client.force_login(UserFactory(is_superuser=True))
    with tenancy.use(tenant):
        entry, event = AuditEntry.objects.get(), OutboxEvent.objects.get()
    for model, row in (("auditentry", entry), ("outboxevent", event)):
        assert client.get(url(model, "change", row.pk)).status_code == 200
        assert client.post(url(model, "change", row.pk), {"reason": "x"}).status_code == 403
        assert client.get(url(model, "add")).status_code == 403
        assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_dead_letters_are_replayed_by_whoever_may_write(
    rows: None, client: Client, tenant: Tenant
) -> None:
    with tenancy.use(tenant):
        event = OutboxEvent.objects.get()
    action = {"action": "replay", "_selected_action": [str(event.pk)]}
    client.force_login(member(tenant, "read_only"))
    client.post(url("outboxevent"), action)
    event.refresh_from_db()
    assert event.dead_at is not None
    client.force_login(member(tenant))
    client.post(url("outboxevent"), action)
    event.refresh_from_db()
    assert event.dead_at is None
    assert OutboxEvent.all_tenants.filter(dead_at__isnull=False).count() == 1


def test_an_owner_sees_his_own_shop_and_cannot_close_it(
    client: Client, tenant: Tenant, other_tenant: Tenant
) -> None:
    client.force_login(member(tenant))
    assert client.get(url("tenant", "change", other_tenant.pk)).status_code == 302
    page = client.get(url("tenant", "change", tenant.pk))
    assert page.status_code == 200
    assert b'name="is_active"' not in page.content
    assert b'name="slug"' not in page.content


@pytest.mark.parametrize("model", ["auditentry", "outboxevent"])
def test_records_of_every_organization_are_not_for_members_of_some(
    rows: None, client: Client, tenant: Tenant, model: str
) -> None:
    user = member(tenant)
    client.force_login(user)
    assert client.get(url(model)).status_code == 200
    with tenancy.use(tenant):
        MembershipOrganization.objects.create(
            membership=Membership.objects.get(user=user), organization=Organization.objects.get()
        )
    assert client.get(url(model)).status_code == 403
    assert url(model) not in client.get("/admin/").content.decode()


def test_names_of_cells_begin_with_one_capital(rows: None, client: Client, tenant: Tenant) -> None:
    client.force_login(member(tenant, "owner"))
    names = set(re.findall(r'data-label="([^"]+)"', client.get(url("auditentry")).content.decode()))
    assert {"When", "What was done"} <= names
