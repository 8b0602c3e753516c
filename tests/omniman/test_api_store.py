from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from omniman.models import Cart, CartLine, Order, OrderEvent
from omniman.services import order, tracking
from shopman import tenancy
from shopman.keys import uuid7
from shopman.models import IdempotencyRecord, Tenant
from tests.omniman import factories

pytestmark = pytest.mark.django_db
STORE = "/api/v1/store"


@pytest.fixture(autouse=True)
def addresses(settings: Settings, in_tenant: Tenant) -> None:
    settings.ROOT_URLCONF = "tests.omniman.urls"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.omniman.urls.CustomerFromHeader"]
    kernel = "shopman.api.authentication.CustomerAuthentication"
    settings.SHOPMAN = {**settings.SHOPMAN, "STORE_AUTHENTICATION": [kernel]}


class Shopper:
    """Talks to the store as one customer, or as a visitor."""

    def __init__(self, uuid: UUID | None = None) -> None:
        self.client = APIClient()
        self.headers: dict[str, str] = {"X-Customer": str(uuid)} if uuid else {}

    def __getattr__(self, verb: str) -> Any:
        def send(path: str, body: Any = None, **headers: str) -> Any:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            call = getattr(self.client, verb)
            return call(f"{STORE}/{path}", body, headers={**self.headers, **named})

        return send

    def order(self, key: str = "k-1", **body: Any) -> Any:
        return self.post("orders", body, Idempotency_Key=key)


@pytest.fixture
def ann() -> Shopper:
    return Shopper(uuid7())


@pytest.fixture
def visitor() -> Shopper:
    return Shopper()


class TestCart:
    def test_a_customer_fills_a_cart(self, ann: Shopper) -> None:
        assert ann.get("cart").json()["code"] == "cart_not_found"
        made = ann.post("cart/lines", {"sku": "TEA", "quantity": 2})
        assert (made.status_code, made.json()["total_amount"]) == (201, 1000)
        assert made.json()["key"] is None
        ann.post("cart/lines", {"sku": "CUP", "quantity": "1"})
        ann.put("cart/lines", {"sku": "TEA", "quantity": "0.5"})
        found = ann.get("cart").json()
        assert [(line["sku"], line["quantity"]) for line in found["lines"]] == [
            ("TEA", "0.5"),
            ("CUP", "1"),
        ]
        assert found["total_amount"] == 1500
        emptied = ann.put("cart/lines", {"sku": "TEA", "quantity": 0}).json()
        assert [line["sku"] for line in emptied["lines"]] == ["CUP"]
        assert Cart.objects.count() == 1

    def test_a_visitor_holds_the_key(self, visitor: Shopper) -> None:
        made = visitor.post("cart/lines", {"sku": "TEA", "quantity": 1}).json()
        assert visitor.get("cart").status_code == 404
        visitor.headers["X-Cart-Key"] = made["key"]
        found = visitor.get("cart").json()
        assert (found["uuid"], found["key"]) == (made["uuid"], None)
        visitor.headers["X-Cart-Key"] = made["key"][:-1] + "!"
        refused = visitor.post("cart/lines", {"sku": "TEA", "quantity": 1})
        assert (refused.status_code, refused.json()["code"]) == (404, "cart_not_found")

    def test_a_storefront_states_no_price(self, ann: Shopper) -> None:
        body = {"sku": "TEA", "quantity": 1, "unit_price_amount": 1}
        assert ann.post("cart/lines", body).status_code == 422

    def test_what_cannot_be_had_is_said_and_can_be_removed(
        self, ann: Shopper, settings: Settings
    ) -> None:
        ann.post("cart/lines", {"sku": "TEA", "quantity": 1})
        settings.OMNIMAN = {"PRICES": {}}
        found = ann.get("cart").json()
        assert (found["total_amount"], found["lines"][0]["unit_price_amount"]) == (None, None)
        assert (found["problem"]["code"], found["problem"]["skus"]) == ("unknown_sku", ["TEA"])
        assert ann.put("cart/lines", {"sku": "TEA", "quantity": 0}).json()["problem"] is None

    def test_one_bad_line_leaves_the_others_their_prices(
        self, ann: Shopper, settings: Settings
    ) -> None:
        for sku in ("CUP", "TEA"):
            ann.post("cart/lines", {"sku": sku, "quantity": 1})
        settings.OMNIMAN = {"PRICES": {"TEA": 500}}
        found = ann.get("cart").json()
        assert [
            (each["sku"], each["total_amount"], each["problem"]) for each in found["lines"]
        ] == [
            ("CUP", None, "unknown_sku"),
            ("TEA", 500, None),
        ]
        assert (found["total_amount"], found["problem"]["skus"]) == (None, ["CUP"])

    @pytest.mark.parametrize(
        ("sku", "quantity", "code"),
        [
            ("GONE", 1, "unknown_sku"),
            ("TEA", 10**9, ""),
            ("TEA", "\u0665", ""),
            ("TEA", "1_0", ""),
            ("TEA", "0.0001", ""),
        ],
    )
    def test_what_can_never_be_ordered_is_refused(
        self, visitor: Shopper, ann: Shopper, sku: str, quantity: object, code: str
    ) -> None:
        for who in (visitor, ann):
            refused = who.post("cart/lines", {"sku": sku, "quantity": quantity})
            assert refused.status_code == 422
            assert code in refused.json()["code"]
        assert not CartLine.objects.exists()
        assert not Cart.objects.filter(customer_uuid=None).exists()

    def test_a_line_sent_twice_with_one_key_counts_once(
        self, visitor: Shopper, ann: Shopper
    ) -> None:
        line = {"sku": "TEA", "quantity": 1}
        visitor.headers["X-Cart-Key"] = visitor.post("cart", {}).json()["key"]
        other = Shopper()
        other.headers["X-Cart-Key"] = other.post("cart", {}).json()["key"]
        for who in (ann, visitor, other):
            first = who.post("cart/lines", line, Idempotency_Key="k")
            again = who.post("cart/lines", line, Idempotency_Key="k")
            assert (first.status_code, again.status_code) == (201, 201)
            assert again.headers["Idempotency-Replayed"] == "true"
            assert again.json() == first.json()
            assert who.get("cart").json()["lines"][0]["quantity"] == "1"
        reused = ann.post("cart/lines", {"sku": "CUP", "quantity": 1}, Idempotency_Key="k")
        assert reused.json()["code"] == "idempotency_key_reused"
        assert set(IdempotencyRecord.objects.values_list("principal", flat=True)) == {
            f"customer:{ann.headers['X-Customer']}",
            *(f"cart:{row.uuid}" for row in Cart.objects.filter(customer_uuid=None)),
        }

    def test_the_secret_key_of_a_new_cart_is_never_stored(self, visitor: Shopper) -> None:
        line = {"sku": "TEA", "quantity": 1}
        first, again = (visitor.post("cart/lines", line, Idempotency_Key="k") for _ in "12")
        assert first.json()["key"] != again.json()["key"]
        assert not IdempotencyRecord.objects.exists()

    def test_details_for_the_checkout(self, visitor: Shopper) -> None:
        visitor.headers["X-Cart-Key"] = visitor.post("cart", {}).json()["key"]
        address = {"street": "Rua A", "city": "Recife", "country": "BR"}
        given = visitor.patch("cart", {"guest_email": "A@b.com", "delivery_address": address})
        assert (given.json()["guest_email"], given.json()["delivery_address"]) == (
            "a@b.com",
            address,
        )
        refused = visitor.patch("cart", {"guest_phone": "12", "guest_email": "x"})
        assert refused.status_code == 422
        assert {error["field"] for error in refused.json()["errors"]} == {
            "guest_phone",
            "guest_email",
        }

    def test_is_claimed_at_login(self, visitor: Shopper, ann: Shopper) -> None:
        key = visitor.post("cart/lines", {"sku": "TEA", "quantity": 1}).json()["key"]
        ann.post("cart/lines", {"sku": "TEA", "quantity": 2})
        claimed = ann.post("cart/claim", {"key": key})
        assert (claimed.status_code, claimed.json()["lines"][0]["quantity"]) == (200, "3")
        assert visitor.post("cart/claim", {"key": key}).status_code == 401
        assert ann.post("cart/claim", {"key": key}).status_code == 404

    def test_reading_costs_few_statements(
        self, ann: Shopper, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for sku in ("TEA", "CUP", "BEAN"):
            ann.post("cart/lines", {"sku": sku, "quantity": 1})
        with django_assert_max_num_queries(3):
            ann.get("cart")


class TestOrders:
    def test_a_customer_orders_and_sees_it(self, ann: Shopper) -> None:
        ann.post("cart/lines", {"sku": "TEA", "quantity": 2})
        placed = ann.order()
        assert placed.status_code == 201, placed.json()
        found = placed.json()
        row = Order.objects.get()
        assert (found["uuid"], found["total_amount"]) == (str(row.uuid), 1000)
        assert str(row.customer_uuid) == ann.headers["X-Customer"]
        assert [each["ref"] for each in ann.get("orders").json()["results"]] == [row.ref]
        assert ann.get(f"orders/{row.uuid}").json() == found
        assert ann.get("cart").status_code == 404
        event = OrderEvent.objects.get()
        assert (event.actor_kind, event.actor_id) == ("customer", ann.headers["X-Customer"])

    def test_sent_twice_is_placed_once(self, ann: Shopper) -> None:
        ann.post("cart/lines", {"sku": "TEA", "quantity": 2})
        first = ann.order()
        assert ann.order().json() == first.json()
        ann.post("cart/lines", {"sku": "CUP", "quantity": 1})
        assert ann.order().json() == first.json()
        other = Cart.objects.get(committed_at__isnull=True)
        reused = ann.order(cart=str(other.uuid))
        assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
        assert ann.order("k-2").status_code == 201
        assert Order.objects.count() == 2

    def test_needs_a_key_and_something_to_order(self, ann: Shopper) -> None:
        missing = ann.post("orders", {})
        assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_required")
        assert ann.order().json()["code"] == "cart_not_found"
        ann.post("cart", {})
        spaced = ann.order("a b")
        assert (spaced.status_code, spaced.json()["code"]) == (400, "invalid_idempotency_key")
        ann.post("cart", {})
        empty = ann.order()
        assert (empty.status_code, empty.json()["code"]) == (422, "cart_empty")

    def test_a_visitor_orders_and_follows_by_token(self, visitor: Shopper) -> None:
        made = visitor.post("cart/lines", {"sku": "TEA", "quantity": 1}).json()
        visitor.headers["X-Cart-Key"] = made["key"]
        visitor.patch("cart", {"guest_name": "Bo", "guest_email": "bo@example.com"})
        first = visitor.order()
        assert first.status_code == 201
        assert visitor.order().json() == first.json()
        assert visitor.get("orders").status_code == 401
        row = Order.objects.get()
        order.transition(order=row, to="confirmed")
        followed = Shopper().get(f"orders/track/{first.json()['token']}")
        assert followed.status_code == 200
        assert [step["status"] for step in followed.json()["steps"]] == ["placed", "confirmed"]
        assert "bo@example.com" not in followed.content.decode()
        assert Shopper().get(f"orders/track/{'A' * 43}").status_code == 404

    def test_other_peoples_carts_and_orders_are_not_there(self, ann: Shopper) -> None:
        bo = Shopper(uuid7())
        theirs = bo.post("cart/lines", {"sku": "TEA", "quantity": 1}).json()["uuid"]
        guests = factories.guest_cart().cart
        for uuid in (theirs, guests.uuid):
            refused = ann.order(cart=str(uuid))
            assert (refused.status_code, refused.json()["code"]) == (404, "cart_not_found")
            assert Shopper().order(cart=str(uuid)).status_code == 404
        placed = bo.order().json()
        assert ann.get(f"orders/{placed['uuid']}").status_code == 404
        assert ann.get("orders").json()["results"] == []

    def test_another_tenants_token_leads_nowhere(self, ann: Shopper, other_tenant: Tenant) -> None:
        with tenancy.use(other_tenant):
            placed = order.commit(cart=factories.CartFactory(), idempotency_key="k")
            token = tracking.token(placed.uuid)
        assert ann.get(f"orders/track/{token}").status_code == 404

    def test_ordering_costs_few_statements(
        self, ann: Shopper, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        ann.post("cart/lines", {"sku": "TEA", "quantity": 1})
        # The earlier key, the open cart, and what the service takes.
        with django_assert_max_num_queries(14):
            ann.order()
        with django_assert_max_num_queries(3):
            ann.get("orders")
