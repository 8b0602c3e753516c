"""Look-ups of the kernel against what Django's own find."""

from __future__ import annotations

import pytest

from shopman.keys import uuid7
from shopman.models import Organization, Tenant

pytestmark = pytest.mark.django_db


def test_among_finds_what_in_finds(in_tenant: Tenant, other_tenant: Tenant) -> None:
    made = [Organization.objects.create(slug=f"o{number}", name="x") for number in range(4)]
    keys = [made[1].pk, made[3].pk, uuid7()]
    found = Organization.objects.order_by("slug")
    assert list(found.filter(uuid__among=keys)) == [made[1], made[3]]
    assert list(found.exclude(uuid__among=keys)) == [made[0], made[2]]
    assert list(found.filter(uuid__among=[])) == []
    assert found.filter(tenant__among={in_tenant.pk}).count() == 4
    assert found.filter(tenant__among={other_tenant.pk}).count() == 0


def test_among_texts_too(in_tenant: Tenant) -> None:
    made = [Organization.objects.create(slug=f"o{number}", name="it's") for number in range(3)]
    found = Organization.objects.order_by("slug")
    assert list(found.filter(slug__among=["o0", "o2", "\\n"])) == [made[0], made[2]]
    assert list(found.exclude(slug__among={"o0"})) == made[1:]
    assert list(found.filter(slug__among=())) == []
    assert found.filter(name__among=["it's"]).count() == 3
