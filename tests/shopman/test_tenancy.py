"""Tenancy: what has no tenant fails, and nothing crosses the border."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import IntegrityError, models, transaction

from shopman import tenancy
from shopman.models import (
    AuditEntry,
    Immutable,
    Membership,
    Organization,
    OutboxEvent,
    Tenant,
    TenantDomain,
    TenantModel,
)
from shopman.tenancy import registration
from tests.shopman.factories import (
    AuditEntryFactory,
    OrganizationFactory,
    OutboxEventFactory,
    TenantFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def test_without_a_tenant_every_query_raises(tenant: Tenant) -> None:
    rows = Organization.objects.filter(slug="a")
    for evaluate in (list, len, bool, lambda q: q.first(), lambda q: q.count()):
        with pytest.raises(tenancy.TenantRequired):
            evaluate(rows.all())
    for write in (
        lambda: rows.update(name="x"),
        lambda: rows.delete(),
        lambda: Organization.objects.create(slug="a", name="A"),
        lambda: Organization.objects.bulk_create([Organization(slug="a", name="A")]),
        lambda: Organization(slug="a", name="A").save(),
        lambda: Organization.objects.get_or_create(slug="a"),
    ):
        with pytest.raises(tenancy.TenantRequired):
            write()


def test_a_queryset_takes_the_tenant_in_use_when_it_runs(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    rows = Organization.objects.order_by("slug")
    with tenancy.use(tenant):
        OrganizationFactory(slug="ours")
    with tenancy.use(other_tenant):
        OrganizationFactory(slug="theirs")
        assert [row.slug for row in rows.all()] == ["theirs"]
    with tenancy.use(tenant):
        assert [row.slug for row in rows.all()] == ["ours"]
    assert Organization.all_tenants.count() == 2


def test_a_new_row_gets_the_tenant_in_use(tenant: Tenant) -> None:
    with tenancy.use(tenant):
        one = Organization.objects.create(slug="a", name="A")
        (two,) = Organization.objects.bulk_create([Organization(slug="b", name="B")])
    assert one.tenant_id == two.tenant_id == tenant.pk


def test_rows_of_another_tenant_are_not_written(tenant: Tenant, other_tenant: Tenant) -> None:
    with tenancy.use(other_tenant):
        theirs = OrganizationFactory(slug="theirs")
    with tenancy.use(tenant):
        with pytest.raises(tenancy.TenantMismatch):
            Organization.objects.create(slug="a", name="A", tenant=other_tenant)
        with pytest.raises(tenancy.TenantMismatch):
            theirs.save()
        with pytest.raises(tenancy.TenantMismatch):
            theirs.delete()
        with pytest.raises(tenancy.TenantMismatch):
            Organization.objects.bulk_create([Organization(slug="a", tenant=other_tenant)])
        with pytest.raises(tenancy.TenantMismatch):
            Organization.objects.update(tenant=other_tenant)
        with pytest.raises(tenancy.TenantMismatch):
            Organization.objects.update(tenant_id=other_tenant.pk)
        theirs.name = "Taken"
        with pytest.raises(tenancy.TenantMismatch):
            Organization.objects.bulk_update([theirs], ["name"])
        assert Organization.objects.filter(pk=theirs.pk).delete()[0] == 0
    theirs.refresh_from_db()
    assert theirs.name != "Taken"


def test_a_row_cannot_be_moved_by_changing_its_tenant(tenant: Tenant, other_tenant: Tenant) -> None:
    with tenancy.use(tenant):
        ours = OrganizationFactory()
    with tenancy.use(other_tenant):
        ours.tenant = other_tenant
        with pytest.raises(tenancy.TenantMismatch):
            ours.save()
    assert Organization.all_tenants.get(pk=ours.pk).tenant_id == tenant.pk


def test_organizations_of_another_tenant_cannot_be_joined(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    with tenancy.use(other_tenant):
        theirs = OrganizationFactory()
    with tenancy.use(tenant):
        membership = Membership.objects.create(user=UserFactory(), role="clerk")
        with pytest.raises(tenancy.ForeignReference), transaction.atomic():
            membership.organizations.add(theirs)
        with pytest.raises(tenancy.ForeignReference), transaction.atomic():
            membership.organizations.set([theirs.pk])
        assert not membership.organizations.exists()


def test_related_managers_and_joins_stay_inside(tenant: Tenant, other_tenant: Tenant) -> None:
    user: User = UserFactory()
    for each in (tenant, other_tenant):
        with tenancy.use(each):
            Membership.objects.create(user=user, role="owner")
    with tenancy.use(tenant):
        assert [row.tenant_id for row in user.memberships.all()] == [tenant.pk]
    with pytest.raises(tenancy.TenantRequired):
        list(user.memberships.all())


def test_two_tenants_may_hold_the_same_slug_and_one_may_not(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    for each in (tenant, other_tenant):
        with tenancy.use(each):
            OrganizationFactory(slug="same")
    with tenancy.use(tenant), pytest.raises(IntegrityError), transaction.atomic():
        OrganizationFactory(slug="same")


def test_every_unique_constraint_of_a_tenants_model_starts_with_the_tenant() -> None:
    for model in apps.get_models():
        if not issubclass(model, TenantModel):
            continue
        for constraint in model._meta.total_unique_constraints:
            assert constraint.fields[0] == "tenant", (model, constraint.name)
        # A one-to-one is unique by the other row's key, which is one tenant's already.
        alone = [field for field in model._meta.fields if field.unique and not field.primary_key]
        assert all(isinstance(field, models.OneToOneField) for field in alone), model


def test_every_model_of_the_suite_has_a_tenant_and_a_uuid() -> None:
    suite = ("shopman", "guestman", "doorman", "omniman", "offerman")
    for model in apps.get_models():
        if model.__module__.partition(".")[0] not in suite or model._meta.auto_created:
            continue
        assert model._meta.pk.attname == "uuid", model
        assert issubclass(model, TenantModel) or model in (Tenant, TenantDomain), model


def test_nested_use_gives_back_the_outer_tenant(tenant: Tenant, other_tenant: Tenant) -> None:
    with tenancy.use(tenant):
        with tenancy.use(other_tenant.slug) as inner:
            assert inner == tenancy.current() == other_tenant
        assert tenancy.current() == tenant
    with pytest.raises(tenancy.TenantRequired):
        tenancy.current()


def test_the_tenant_is_given_back_after_an_error(tenant: Tenant) -> None:
    with pytest.raises(ValueError, match="x"), tenancy.use(tenant):
        raise ValueError("x")
    assert tenancy.current_or_none() is None


def test_a_decorated_function_finds_its_tenant_in_every_thread(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    barrier = threading.Barrier(4)
    seen: list[Any] = []

    def work() -> None:
        barrier.wait(timeout=10)
        seen.append(tenancy.current().slug)

    threads = [
        threading.Thread(target=tenancy.use(each)(work))
        for each in (tenant, other_tenant, tenant, other_tenant)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == sorted([tenant.slug, other_tenant.slug] * 2)
    assert tenancy.current_or_none() is None


def test_unknown_and_inactive_slugs_are_refused(tenant: Tenant) -> None:
    closed = TenantFactory(is_active=False)
    for slug in ("nobody", closed.slug):
        with pytest.raises(tenancy.UnknownTenant), tenancy.use(slug):
            pass


def test_an_organization_of_another_tenant_is_refused(tenant: Tenant, other_tenant: Tenant) -> None:
    with tenancy.use(other_tenant):
        theirs = OrganizationFactory()
    with pytest.raises(tenancy.TenantMismatch), tenancy.use(tenant, theirs):
        pass


def test_the_organization_in_use_is_known_inside_only(in_tenant: Tenant) -> None:
    branch = OrganizationFactory()
    with tenancy.use(in_tenant, branch):
        assert tenancy.current_organization() == branch
        assert tenancy.current_organization_key() == branch.pk
    assert tenancy.current_organization() is None


def test_append_only_rows_are_never_changed(in_tenant: Tenant) -> None:
    entry = AuditEntryFactory(reason="as it was")
    entry.reason = "changed"
    for change in (
        entry.save,
        entry.delete,
        lambda: AuditEntry.objects.update(reason="changed"),
        lambda: AuditEntry.objects.all().delete(),
        lambda: AuditEntry.objects.bulk_update([entry], ["reason"]),
        lambda: AuditEntry.all_tenants.update(reason="changed"),
        lambda: AuditEntry.all_tenants.all().delete(),
    ):
        with pytest.raises(Immutable):
            change()
    assert AuditEntry.objects.get().reason == "as it was"


def test_keys_grow_with_time(in_tenant: Tenant) -> None:
    keys = [OutboxEventFactory().pk for _ in range(50)]
    assert keys == sorted(keys)
    assert {key.version for key in keys} == {7}
    assert isinstance(keys[0], uuid.UUID)
    assert OutboxEvent.objects.count() == 50


FACTS = {
    "slug": "north",
    "name": "North",
    "currency": "EUR",
    "time_zone": "Europe/Lisbon",
    "region": "PT",
    "locale": "pt-pt",
}


def test_a_tenant_is_registered_with_what_was_given() -> None:
    made = registration.create(**FACTS)
    stored = Tenant.objects.get(slug="north")
    assert stored == made
    assert (stored.default_currency, stored.default_region) == ("EUR", "PT")
    assert (stored.time_zone, stored.locale, stored.is_active) == ("Europe/Lisbon", "pt-pt", True)
    with pytest.raises(registration.SlugTaken):
        registration.create(**FACTS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "a b"),
        ("slug", ""),
        ("name", ""),
        ("currency", "eur"),
        ("region", "PRT"),
        ("time_zone", "Mars/Base"),
    ],
)
def test_a_tenant_cannot_be_made_from_nonsense(field: str, value: str) -> None:
    with pytest.raises(registration.InvalidTenant) as caught:
        registration.create(**{**FACTS, field: value})
    assert len(caught.value.errors) >= 1
    assert not Tenant.objects.filter(name="North").exists()


def test_the_default_tenant_is_made_once_and_kept_as_it_is() -> None:
    made = registration.ensure_default(**FACTS)
    Tenant.objects.filter(pk=made.pk).update(name="Renamed")
    assert registration.ensure_default(**FACTS) == made
    assert Tenant.objects.get(pk=made.pk).name == "Renamed"
