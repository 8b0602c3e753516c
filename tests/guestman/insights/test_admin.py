"""Insights in the admin."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from guestman.contrib.insights.models import CustomerInsight, InsightRun, SegmentChange
from guestman.contrib.insights.service import InsightService
from guestman.models import Customer
from shopman import clock
from shopman.models import Membership, MembershipOrganization, Tenant
from tests.guestman.insights.conftest import NOON, MakeCustomers, Place
from tests.shopman.factories import OrganizationFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(in_tenant: Tenant, make_customers: MakeCustomers, place: Place) -> Client:
    customer, _ = make_customers(2)
    place(customer, days_ago=12)
    InsightService.recalculate_all(as_of=NOON)
    client = Client()
    client.force_login(member(in_tenant, "clerk", username="ana"))
    return client


def test_lists_and_pages_are_shown_and_nothing_can_be_changed(client: Client) -> None:
    insight = CustomerInsight.objects.get(order_count=1)
    run = InsightRun.objects.get()
    for name, key in (("customerinsight", insight.pk), ("insightrun", run.pk)):
        assert client.get(reverse(f"admin:guestman_insights_{name}_changelist")).status_code == 200
        page = reverse(f"admin:guestman_insights_{name}_change", args=[key])
        assert client.get(page).status_code == 200
        assert client.post(page, {"segment": "champion"}).status_code == 403
        assert client.get(reverse(f"admin:guestman_insights_{name}_add")).status_code == 403
    address = reverse("admin:guestman_insights_segmentchange_changelist")
    assert client.get(address).status_code == 200


def test_the_list_is_filtered_and_searched(client: Client) -> None:
    address = reverse("admin:guestman_insights_customerinsight_changelist")
    assert "C00000" not in client.get(f"{address}?segment=prospect").content.decode()
    assert client.get(f"{address}?q=nobody").status_code == 200


def test_the_customers_page_says_why(client: Client) -> None:
    insight = CustomerInsight.objects.get(order_count=1)
    page = client.get(reverse("admin:guestman_customer_change", args=[insight.customer_id]))
    assert "R 4: last order 12 days ago" in page.content.decode()


def test_changes_of_customers_of_another_organization_are_not_shown(
    client: Client, in_tenant: Tenant
) -> None:
    north, south = OrganizationFactory(), OrganizationFactory()
    for row in Customer.objects.all():
        SegmentChange.objects.create(
            customer=row, from_segment="new", to_segment="lost", as_of=NOON, changed_at=clock.now()
        )
    Customer.objects.update(organization=south)
    address = reverse("admin:guestman_insights_segmentchange_changelist")
    assert len(client.get(address).context["cl"].result_list) == 2
    membership = Membership.objects.get(user__username="ana")
    MembershipOrganization.objects.create(membership=membership, organization=north)
    assert not client.get(address).context["cl"].result_list
