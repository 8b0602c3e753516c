from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from omniman.models import Channel, Order, OrderEvent
from omniman.services import order
from shopman import tenancy
from shopman.keys import uuid7
from shopman.models import Membership, Tenant
from tests.omniman import factories

pytestmark = pytest.mark.django_db
ORDERS = "/api/v1/orders"


@pytest.fixture(autouse=True)
def addresses(settings: Settings, in_tenant: Tenant) -> None:
    settings.ROOT_URLCONF = "tests.omniman.urls"


@pytest.fixture
def staff() -> APIClient:
    client = APIClient()
    client.force_login(get_user_model().objects.create_superuser("ann", password="secret-ann"))
    return client


class TestOrders:
    def test_a_list_newest_first_in_pages(
        self, staff: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        made = [factories.order(placed_at=start + dt.timedelta(n)) for n in range(5)]
        # Tenant, session, user, memberships, and the page.
        with django_assert_max_num_queries(5):
            page = staff.get(f"{ORDERS}?page_size=3").json()
        rest = staff.get(page["next"]).json()
        refs = [row["ref"] for row in page["results"] + rest["results"]]
        assert refs == [row.ref for row in reversed(made)]
        assert page["results"][0]["channel"] == "web"
        assert "data" not in page["results"][0]

    def test_every_filter_narrows(self, staff: APIClient) -> None:
        uuid = uuid7()
        wanted = factories.order(
            customer_uuid=uuid,
            customer_code="C-9",
            status="ready",
            kind="sale",
            channel=factories.ChannelFactory(code="till"),
            source="old",
            external_ref="77",
            placed_at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
        )
        factories.order(kind="return", total_amount=-1)
        typed = f"{wanted.ref[:5]}-{wanted.ref[5:]}".lower()
        for query in (
            "status=ready",
            "kind=sale&source=old",
            "channel=till",
            f"customer={uuid}",
            "customer_code=C-9",
            f"ref={typed}",
            "source=old&external_ref=77",
            "placed_after=2026-01-02T00:00:00Z&placed_before=2026-01-02T00:00:01Z",
        ):
            found = staff.get(f"{ORDERS}?{query}").json()
            assert [row["uuid"] for row in found["results"]] == [str(wanted.uuid)], query
        assert staff.get(f"{ORDERS}?status=lost").status_code == 400
        assert staff.get(f"{ORDERS}?colour=red").status_code == 400

    def test_one_order_with_everything(
        self, staff: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        placed = order.commit(
            cart=factories.CartFactory(skus={"TEA": 2, "CUP": 1}), idempotency_key="k"
        )
        with django_assert_max_num_queries(7):
            found = staff.get(f"{ORDERS}/{placed.uuid}").json()
        assert found["data"] == placed.data
        assert [line["sku"] for line in found["lines"]] == ["TEA", "CUP"]
        assert [event["kind"] for event in found["events"]] == ["committed"]

    def test_acts(self, staff: APIClient) -> None:
        row = factories.order(total_amount=1000)
        address = f"{ORDERS}/{row.uuid}"
        moved = staff.post(f"{address}/transitions", {"to": "confirmed", "reason": "paid"})
        assert (moved.status_code, moved.json()["status"]) == (200, "confirmed")
        headers = {"Idempotency-Key": str(uuid4())}
        for _ in range(2):
            refunded = staff.post(
                f"{address}/refunds", {"amount": 300, "reason": "chipped"}, headers=headers
            )
            assert (refunded.status_code, refunded.json()["refunded_amount"]) == (201, 300)
        noted = staff.post(f"{address}/notes", {"text": "called"})
        assert (noted.status_code, noted.json()["reason"]) == (201, "called")
        assert set(OrderEvent.objects.values_list("actor_label", flat=True)) == {"ann"}
        assert Order.objects.get().refunded_amount == 300

    def test_refusals_are_named(self, staff: APIClient) -> None:
        row = factories.order(total_amount=100)
        address = f"{ORDERS}/{row.uuid}"
        for path, body, status, code in (
            ("transitions", {"to": "delivered"}, 409, "transition_refused"),
            ("transitions", {"to": "lost"}, 422, "invalid"),
            ("refunds", {"amount": 101, "reason": "x"}, 409, "refund_refused"),
            ("refunds", {"amount": 1, "reason": "x", "colour": 1}, 422, "invalid"),
        ):
            refused = staff.post(f"{address}/{path}", body)
            assert (refused.status_code, refused.json()["code"]) == (status, code)
        missing = staff.post(f"{ORDERS}/{uuid7()}/notes", {"text": "x"})
        assert (missing.status_code, missing.json()["code"]) == (404, "order_not_found")

    def test_are_the_tenants_own(self, staff: APIClient, other_tenant: Tenant) -> None:
        with tenancy.use(other_tenant):
            row = factories.order()
        assert staff.get(ORDERS).json()["results"] == []
        assert staff.get(f"{ORDERS}/{row.uuid}").status_code == 404
        refused = staff.post(f"{ORDERS}/{row.uuid}/transitions", {"to": "confirmed"})
        assert refused.status_code == 404

    def test_are_for_staff(self, in_tenant: Tenant) -> None:
        assert APIClient().get(ORDERS).status_code == 401
        user = get_user_model().objects.create_user("bo", password="secret-bo", is_staff=True)
        client = APIClient()
        client.force_login(user)
        assert client.get(ORDERS).status_code == 403
        Membership.objects.create(user=user, role="read_only")
        assert client.get(ORDERS).status_code == 200
        row = factories.order()
        assert client.post(f"{ORDERS}/{row.uuid}/notes", {"text": "x"}).status_code == 403


class TestChannels:
    def test_are_made_and_changed_by_version(self, staff: APIClient) -> None:
        made = staff.post("/api/v1/channels", {"code": "till", "name": "Till"})
        assert made.status_code == 201
        address = f"/api/v1/channels/{made.json()['uuid']}"
        assert staff.get(address)["ETag"] == '"1"'
        assert staff.patch(address, {"name": "A"}).status_code == 428
        changed = staff.patch(address, {"is_trusted": True}, headers={"If-Match": '"1"'})
        assert (changed.status_code, changed.json()["is_trusted"]) == (200, True)
        stale = staff.patch(address, {"name": "B"}, headers={"If-Match": '"1"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
        taken = staff.post("/api/v1/channels", {"code": "till", "name": "Till"})
        assert (taken.status_code, taken.json()["code"]) == (409, "channel_code_taken")
        odd = staff.post("/api/v1/channels", {"code": "No Good", "name": "x"})
        assert (odd.status_code, odd.json()["code"]) == (422, "invalid_channel")
        assert staff.get("/api/v1/channels?code=till").json()["results"][0]["version"] == 2
        assert Channel.objects.count() == 1
