"""Rows of the kernel's models for tests."""

from __future__ import annotations

from typing import Any

import factory
from django.contrib.auth.models import User

from shopman import tenancy
from shopman.models import AuditEntry, Membership, Organization, OutboxEvent, Tenant, TenantDomain


class TenantFactory(factory.django.DjangoModelFactory[Tenant]):
    class Meta:
        model = Tenant

    slug = factory.Sequence(lambda n: f"tenant-{n}")
    name = factory.Sequence(lambda n: f"Tenant {n}")
    default_region = "BR"
    default_currency = "BRL"
    time_zone = "America/Sao_Paulo"


class TenantDomainFactory(factory.django.DjangoModelFactory[TenantDomain]):
    class Meta:
        model = TenantDomain

    tenant = factory.SubFactory(TenantFactory)
    host = factory.Sequence(lambda n: f"shop-{n}.example")


class OrganizationFactory(factory.django.DjangoModelFactory[Organization]):
    class Meta:
        model = Organization

    slug = factory.Sequence(lambda n: f"organization-{n}")
    name = factory.Sequence(lambda n: f"Organization {n}")


class OutboxEventFactory(factory.django.DjangoModelFactory[OutboxEvent]):
    class Meta:
        model = OutboxEvent

    name = "tests.happened"
    subject = "thing:1"


class AuditEntryFactory(factory.django.DjangoModelFactory[AuditEntry]):
    class Meta:
        model = AuditEntry

    subject = "thing:1"
    action = "thing.change"
    actor_kind = "system"


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"staff-{n}")
    is_staff = True


def member(tenant: Tenant, role: str = "owner", **facts: Any) -> User:
    """A member of staff who works for this tenant."""
    return join(UserFactory(**facts), tenant, role)


def join(user: User, tenant: Tenant, role: str = "owner") -> User:
    """Let somebody work for a tenant too."""
    with tenancy.use(tenant):
        Membership.objects.create(user=user, role=role)
    return user
