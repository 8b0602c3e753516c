"""The customer's page in the admin: what the apps say on it, each about its own part."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from guestman.contrib.insights.service import InsightService
from guestman.models import ContactPoint, Customer
from guestman.services import address, contact_point, customer, external_identity, group
from omniman.history import breakdown
from omniman.models import Order
from shopman import clock
from shopman.models import Membership, Organization, Tenant
from shopman.tenancy import resolver
from tests.omniman import factories
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

CLUB = "club-prices"


@pytest.fixture(autouse=True)
def _fresh_tenants() -> Iterator[None]:
    resolver.forget()
    yield
    resolver.forget()


@pytest.fixture
def desk(tenant: Tenant) -> Client:
    client = Client()
    client.force_login(member(tenant, "clerk", username="rita"))
    return client


@pytest.fixture
def ana() -> Customer:
    group.create(code="club", name="The club", price_list_code=CLUB)
    return customer.create(
        code="ANA",
        first_name="Ana",
        last_name="Souza",
        phone="11987654321",
        email="ana@example.com",
        group_code="club",
    )


def page(row: Customer) -> str:
    return f"/admin/guestman/customer/{row.pk}/change/"


def shown(client: Client, row: Customer) -> str:
    return re.sub(r"\s+", " ", client.get(page(row)).content.decode())


def facts(client: Client, row: Customer) -> dict[str, Any]:
    return {each.key: each.said for each in client.get(page(row)).context["facts"]}


def froze(row: Customer, **said: Any) -> Order:
    """An order that froze what was said about a customer."""
    order = factories.order_row(customer_uuid=row.pk, total_amount=1000)
    order.data = {
        "customer": {
            "name": row.name,
            "code": row.code,
            "phone": row.phone,
            "email": row.email,
            "document": row.document,
            "group": row.group.code if row.group else None,
            **said,
        }
    }
    order.save()
    return order


def test_the_head_says_who_since_when_what_worth_and_which_prices(
    desk: Client, ana: Customer
) -> None:
    order = factories.order(customer_uuid=ana.pk, total_amount=120000)
    weeks_ago = clock.now() - dt.timedelta(days=21)
    factories.order(customer_uuid=ana.pk, total_amount=3456, placed_at=weeks_ago)
    factories.order(customer_uuid=ana.pk, total_amount=500, status="cancelled")
    InsightService.recalculate("ANA")
    found = facts(desk, ana)
    assert list(found) == ["since", "segment", "value", "churn", "orders", "group", "price_list"]
    assert found["segment"].text == "Recent"
    assert found["value"].text == "R$1,234.56"
    assert "expected in 365 days" in found["value"].note
    assert found["churn"].text == "10%"
    assert found["orders"].text == "2"
    assert found["group"].text == "The club"
    assert found["price_list"].text == CLUB
    assert found["price_list"].note == "by the group The club"
    listed = desk.get(found["orders"].href)
    assert {row.pk for row in listed.context["cl"].result_list} == set(
        Order.objects.values_list("pk", flat=True)
    )
    text = shown(desk, ana)
    for said in ("<h1", "Ana Souza", "Active", "Person", "+55 11 98765-4321", order.ref):
        assert said in text


def test_a_customer_without_anything_gets_a_page_that_says_so(desk: Client) -> None:
    nobody = customer.create()
    found = facts(desk, nobody)
    assert found["orders"].text == "None"
    assert found["price_list"].text == "Ordinary prices"
    assert "segment" not in found
    text = shown(desk, nobody)
    for said in ("No order yet.", "No address yet.", "Not calculated yet."):
        assert said in text


def test_the_form_comes_when_it_is_asked_for(desk: Client, ana: Customer) -> None:
    assert 'name="first_name"' not in shown(desk, ana)
    form = desk.get(f"{page(ana)}?edit=1").content.decode()
    assert 'name="first_name"' in form
    assert 'id="panel-contacts"' not in form


def test_a_merged_record_leads_to_the_survivor_who_has_its_orders(
    desk: Client, ana: Customer
) -> None:
    gone = customer.create(first_name="Anna")
    Customer.objects.filter(pk=gone.pk).update(merged_into=ana)
    old = factories.order(customer_uuid=gone.pk)
    text = shown(desk, gone)
    assert page(ana) in text
    assert "Add contact" not in text
    assert old.ref in shown(desk, ana)
    assert facts(desk, ana)["orders"].text == "1"


def test_what_orders_froze_is_shown_where_it_differs_from_today(
    desk: Client, ana: Customer
) -> None:
    before, also, same = froze(ana, name="Ana Lima"), froze(ana, name="Ana Lima"), froze(ana)
    answer = desk.get(page(ana))
    (panel,) = [
        each
        for column in answer.context["panel_columns"]
        for each in column
        if each.key == "snapshots"
    ]
    text = re.sub(r"\s+", " ", panel.content)
    assert "Ana Lima" in text
    assert "Ana Souza" in text
    assert before.ref in text
    assert also.ref in text
    assert same.ref not in text


def test_spend_is_net_of_refunds_and_returns_by_local_month(tenant: Tenant, ana: Customer) -> None:
    def at(*moment: int) -> dt.datetime:
        return dt.datetime(*moment, tzinfo=tenant.zone)  # type: ignore[misc]

    order = factories.order
    order(customer_uuid=ana.pk, placed_at=at(2026, 1, 31, 23), total_amount=1000)
    order(customer_uuid=ana.pk, placed_at=at(2026, 2, 1), total_amount=700, refunded_amount=200)
    order(customer_uuid=ana.pk, placed_at=at(2026, 2, 3), total_amount=-100, kind="return")
    order(customer_uuid=ana.pk, placed_at=at(2026, 2, 4), total_amount=50, status="cancelled")
    order(customer_uuid=ana.pk, placed_at=at(2026, 2, 5), total_amount=9, currency="EUR")
    order(customer_uuid=ana.pk, placed_at=at(2025, 12, 31), total_amount=5)
    found = breakdown.net_by_month([ana.pk], since=at(2026, 1, 1), time_zone=tenant.zone)
    january, february = dt.date(2026, 1, 1), dt.date(2026, 2, 1)
    assert found == {(january, "BRL"): 1000, (february, "BRL"): 400, (february, "EUR"): 9}


def test_members_of_an_organization_see_the_orders_of_theirs(tenant: Tenant, ana: Customer) -> None:
    north, south = (Organization.objects.create(slug=each, name=each) for each in ("n", "s"))
    own = factories.order(customer_uuid=ana.pk, organization=north)
    hidden = factories.order(customer_uuid=ana.pk, organization=south)
    user = member(tenant, "clerk")
    Membership.objects.get(user=user).organizations.add(north)
    client = Client()
    client.force_login(user)
    text = shown(client, ana)
    assert own.ref in text
    assert hidden.ref not in text
    assert facts(client, ana)["orders"].text == "1"


def test_the_page_asks_the_same_however_much_there_is(
    desk: Client, ana: Customer, settings: Settings
) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "TENANT_CACHE_SECONDS": 60}

    def fill(times: int) -> None:
        for _ in range(times):
            number = ContactPoint.objects.count()
            contact = contact_point.add(
                customer=ana, kind="phone", value=f"+55119800000{number:02d}"
            )
            contact_point.verify(contact_point=contact, method="manual")
            address.add(customer=ana, street=f"Rua {number}", city="São Paulo")
            external_identity.link(customer=ana, provider="manychat", subject=str(number))
            froze(ana, name=f"Ana {number}")
            factories.order(
                customer_uuid=ana.pk, placed_at=clock.now() - dt.timedelta(days=30 * number)
            )
        InsightService.recalculate("ANA")
        desk.get(page(ana))

    fill(1)
    with CaptureQueriesContext(connection) as few:
        desk.get(page(ana))
    fill(9)
    with CaptureQueriesContext(connection) as many:
        desk.get(page(ana))
    assert len(many) == len(few)
    assert len(many) <= 35
