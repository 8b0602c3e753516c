"""Staff limited to some organizations reach their orders and shared ones only."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from shopman.models import Membership, MembershipOrganization, Organization, Tenant
from tests.omniman.factories import order


@pytest.mark.django_db
def test_orders_of_another_organization_are_not_there(in_tenant: Tenant) -> None:
    north = Organization.objects.create(slug="north", name="North")
    south = Organization.objects.create(slug="south", name="South")
    user = get_user_model().objects.create(username="clerk", is_staff=True)
    member = Membership.objects.create(user=user, role="clerk")
    MembershipOrganization.objects.create(membership=member, organization=north)
    own, foreign, shared = (
        order(organization=organization) for organization in (north, south, None)
    )
    client = Client()
    client.force_login(user)
    listed = client.get("/api/v1/orders").json()["results"]
    assert {each["uuid"] for each in listed} == {str(own.uuid), str(shared.uuid)}
    assert client.get(f"/api/v1/orders/{own.uuid}").status_code == 200
    assert client.get(f"/api/v1/orders/{foreign.uuid}").status_code == 404
    refused = client.post(
        f"/api/v1/orders/{foreign.uuid}/notes", {"text": "?"}, content_type="application/json"
    )
    assert refused.status_code == 404
