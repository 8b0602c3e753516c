from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from omniman.models import Channel, Order
from omniman.services import checkout, order
from shopman.keys import uuid7
from shopman.models import AuditEntry, Membership, Tenant
from tests.omniman import factories
from tests.omniman.neighbours import KnownCustomers, ann

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(settings: Settings, in_tenant: Tenant) -> Tenant:
    settings.ROOT_URLCONF = "tests.omniman.urls"
    path = "tests.omniman.neighbours.KnownCustomers"
    settings.OMNIMAN = settings.OMNIMAN | {"CUSTOMER_DIRECTORY": path}
    KnownCustomers.people = {}
    return in_tenant


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("ann", password="secret-ann"))
    return client


def page(row: Order, act: str = "change") -> str:
    return reverse(f"admin:omniman_order_{act}", args=[row.pk])


class TestOrders:
    def test_the_frozen_facts_stand_beside_todays(self, staff: Client) -> None:
        uuid = uuid7()
        KnownCustomers.people[uuid] = ann(uuid)
        placed = order.commit(
            cart=factories.CartFactory(customer_uuid=uuid, skus={"TEA": 2}), idempotency_key="k"
        )
        KnownCustomers.people[uuid] = ann(uuid, name="Ann Lima")
        text = staff.get(page(placed)).content.decode()
        for shown in ("Ann Souza", "Ann Lima", "changed since", placed.ref, "10.00 BRL", "TEA"):
            assert shown in text
        assert Order.objects.get().data["customer"]["name"] == "Ann Souza"

    def test_a_guests_order_shows_what_the_guest_gave(self, staff: Client) -> None:
        cart = factories.guest_cart().cart
        checkout.describe(cart=cart, guest_name="Bo <b>", guest_email="bo@example.com")
        placed = order.commit(cart=cart, idempotency_key="k")
        text = staff.get(page(placed)).content.decode()
        assert "bo@example.com" in text
        assert "Bo &lt;b&gt;" in text

    def test_the_form_changes_nothing(self, staff: Client) -> None:
        placed = factories.order()
        assert staff.post(page(placed), {"customer_code": "X"}).status_code == 403
        assert not re.search(r'<input[^>]+name="ref"', staff.get(page(placed)).content.decode())
        assert staff.post(reverse("admin:omniman_order_add"), {}).status_code == 403
        assert staff.post(page(placed, "delete"), {"post": "yes"}).status_code == 403
        assert Order.objects.get().customer_code is None

    def test_is_moved_refunded_and_noted_on(self, staff: Client) -> None:
        placed = factories.order(total_amount=1000)
        moved = staff.post(page(placed, "move"), {"to": "confirmed", "reason": "paid"})
        assert moved.status_code == 302, moved.content
        staff.post(page(placed, "refund"), {"amount": "2.50", "reason": "chipped"})
        staff.post(page(placed, "note"), {"text": "called"})
        row = Order.objects.get()
        assert (row.status, row.refunded_amount) == ("confirmed", 250)
        assert list(row.events.order_by("uuid").values_list("kind", "actor_label")) == [
            ("status_changed", "ann"),
            ("refunded", "ann"),
            ("noted", "ann"),
        ]

    @pytest.mark.parametrize(
        ("act", "given"),
        [
            ("refund", {"amount": "10.01", "reason": "x"}),
            ("refund", {"amount": "1.005", "reason": "x"}),
            ("refund", {"amount": "0", "reason": "x"}),
            ("move", {"to": "delivered"}),
        ],
    )
    def test_refusals_are_shown_in_the_form(
        self, staff: Client, act: str, given: dict[str, str]
    ) -> None:
        placed = factories.order(total_amount=1000)
        answer = staff.post(page(placed, act), given)
        assert answer.status_code == 200
        assert not placed.events.exists()

    def test_what_cannot_be_done_is_not_offered(self, staff: Client) -> None:
        done = factories.order(status="cancelled", total_amount=0)
        text = staff.get(page(done)).content.decode()
        assert page(done, "note") in text
        assert page(done, "move") not in text
        assert page(done, "refund") not in text

    def test_readers_look_but_do_not_act(self) -> None:
        user = get_user_model().objects.create_user("bo", password="secret-bo", is_staff=True)
        Membership.objects.create(user=user, role="read_only")
        client = Client()
        client.force_login(user)
        placed = factories.order()
        assert client.get(page(placed)).status_code == 200
        assert client.post(page(placed, "note"), {"text": "x"}).status_code == 403
        assert not placed.events.exists()

    def test_the_list_is_searched_and_costs_few_statements(
        self, staff: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        rows = [factories.order(customer_code=f"C-{number}") for number in range(10)]
        address = reverse("admin:omniman_order_changelist")
        with django_assert_max_num_queries(9):
            assert staff.get(address).status_code == 200
        typed = f"{rows[3].ref[:5]} {rows[3].ref[5:]}".lower()
        for term in (typed, "C-3"):
            found = staff.get(address, {"q": term}).content.decode()
            assert rows[3].ref in found
            assert rows[4].ref not in found


class TestOthers:
    def test_channels_are_made_and_changed_through_the_service(self, staff: Client) -> None:
        made = {"name": "Till", "code": "till", "settings": "{}"}
        answer = staff.post(reverse("admin:omniman_channel_add"), made)
        assert answer.status_code == 302, answer.content
        row = Channel.objects.get(code="till")
        address = reverse("admin:omniman_channel_change", args=[row.pk])
        change = {"name": "Desk", "is_active": "on", "settings": "{}", "shown_version": "1"}
        assert staff.post(address, change).status_code == 302
        row.refresh_from_db()
        assert (row.name, row.version) == ("Desk", 2)
        actions = AuditEntry.objects.order_by("uuid").values_list("action", flat=True)
        assert list(actions) == ["channel.create", "channel.update"]

    def test_carts_are_looked_at(self, staff: Client) -> None:
        row = factories.CartFactory(skus={"TEA": 3})
        assert staff.get(reverse("admin:omniman_cart_changelist")).status_code == 200
        text = staff.get(reverse("admin:omniman_cart_change", args=[row.pk])).content.decode()
        assert "TEA" in text
        assert staff.post(reverse("admin:omniman_cart_add"), {}).status_code == 403
