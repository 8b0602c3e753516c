from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.backends.utils import CursorWrapper
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from omniman.errors import (
    CartAlreadyOrdered,
    CartEmpty,
    CartExpired,
    CustomerUnavailable,
    IdempotencyKeyReused,
    InvalidIdempotencyKey,
    InvalidStatedPrice,
    OrderTooLarge,
    PriceNotYours,
    PricingMismatch,
    UnknownSku,
)
from omniman.models import Cart, Channel, Order, OrderCommit, OrderEvent, OrderLine
from omniman.rules import refs
from omniman.services import cart, checkout, order
from omniman.services import commit as commits
from omniman.signals import order_committed
from shopman import actor, clock
from shopman.canonical import digest
from shopman.keys import uuid7
from shopman.models import OutboxEvent, Tenant
from tests.conftest import Race
from tests.omniman.factories import CartFactory, guest_cart
from tests.omniman.neighbours import SURVIVOR, AskedPrices, KnownCustomers, ann

pytestmark = pytest.mark.django_db
NEIGHBOURS = "tests.omniman.neighbours"


@pytest.fixture(autouse=True)
def shop(in_tenant: Tenant) -> Tenant:
    return in_tenant


@pytest.fixture
def directory(settings: Settings) -> type[KnownCustomers]:
    path = f"{NEIGHBOURS}.KnownCustomers"
    settings.OMNIMAN = settings.OMNIMAN | {"CUSTOMER_DIRECTORY": path}
    KnownCustomers.people = {}
    return KnownCustomers


class TestWhatIsWritten:
    def test_freezes_the_customer_as_known_now(self, directory: type[KnownCustomers]) -> None:
        uuid = uuid7()
        directory.people[uuid] = ann(uuid)
        row = CartFactory(customer_uuid=uuid, skus={"TEA": 2, "CUP": 1})
        placed = order.commit(cart=row, idempotency_key="k")
        directory.people[uuid] = ann(uuid, name="Somebody Else", phone="")

        stored = Order.objects.get()
        assert stored == placed
        assert (stored.customer_uuid, stored.customer_code) == (uuid, "C-1")
        assert stored.data["customer"]["name"] == "Ann Souza"
        assert stored.data["customer"]["contact_points"][0]["value"] == "+5511999990001"
        assert (stored.total_amount, stored.currency) == (2250, "BRL")
        assert stored.data["totals"]["total_amount"] == 2250
        assert (stored.status, stored.kind, stored.source) == ("placed", "sale", "")
        assert refs.is_valid(stored.ref)
        assert dt.datetime.fromisoformat(stored.data["placed_at"]) == stored.placed_at

    def test_the_digest_is_that_of_what_is_stored(self) -> None:
        order.commit(cart=CartFactory(skus={"TEA": "1.250"}), idempotency_key="k")
        stored = Order.objects.get()
        assert stored.data_digest == digest(stored.data)

    def test_writes_lines_event_outbox_and_key(self) -> None:
        row = CartFactory(skus={"CUP": 3, "TEA": 1})
        who = actor.Actor(kind="user", id="7", label="ann")
        placed = order.commit(cart=row, idempotency_key="k", actor=who)
        lines = OrderLine.objects.order_by("position").values_list("sku", "total_amount")
        assert list(lines) == [("CUP", 3750), ("TEA", 500)]
        event = OrderEvent.objects.get()
        assert (event.kind, event.actor_label, event.to_status) == ("committed", "ann", "placed")
        fact = OutboxEvent.objects.get()
        assert (fact.name, fact.subject) == ("omniman.order_committed", f"order:{placed.uuid}")
        assert fact.payload["customer_uuid"] == str(row.customer_uuid)
        assert OrderCommit.objects.get().order == placed
        row.refresh_from_db()
        assert row.committed_at is not None

    def test_a_guest_order_holds_what_the_guest_gave_and_the_cart_forgets_it(self) -> None:
        row = guest_cart(TEA=1).cart
        address = {"street": "Rua A", "city": "Recife", "country": "BR"}
        checkout.describe(
            cart=row,
            guest_name="Bo",
            guest_email="Bo@Example.com",
            guest_phone="(11) 99999-0001",
            delivery_address=address,
        )
        placed = order.commit(cart=row, idempotency_key="k")
        assert (placed.customer_uuid, placed.customer_code) == (None, None)
        customer = placed.data["customer"]
        assert (customer["uuid"], customer["code"], customer["name"]) == (None, None, "Bo")
        assert (customer["email"], customer["phone"]) == ("bo@example.com", "+5511999990001")
        assert placed.data["delivery_address"] == address
        left = Cart.objects.values("guest_name", "guest_email", "guest_phone", "delivery_address")
        assert list(left.get().values()) == ["", "", "", None]

    def test_a_merged_customer_orders_as_the_survivor(
        self, directory: type[KnownCustomers]
    ) -> None:
        uuid = uuid7()
        directory.people[uuid] = ann(SURVIVOR)
        placed = order.commit(cart=CartFactory(customer_uuid=uuid), idempotency_key="k")
        assert placed.customer_uuid == SURVIVOR

    def test_the_price_book_is_asked_for_this_customer_and_channel(
        self, settings: Settings, directory: type[KnownCustomers]
    ) -> None:
        settings.OMNIMAN = settings.OMNIMAN | {"PRICE_BOOK": f"{NEIGHBOURS}.AskedPrices"}
        AskedPrices.asked.clear()
        uuid = uuid7()
        directory.people[uuid] = ann(uuid)
        placed = order.commit(cart=CartFactory(customer_uuid=uuid), idempotency_key="k")
        assert AskedPrices.asked == [{"customer_code": "C-1", "channel": "web"}]
        line = OrderLine.objects.get()
        assert (line.discount_amount, line.price_list_code, line.name) == (10, "VIP", "Name of TEA")
        assert placed.data["lines"][0]["explain"] == {"won": "VIP", "tier": "1.000"}

    def test_only_a_trusted_channel_states_prices(self) -> None:
        row = CartFactory(skus={})
        with pytest.raises(PriceNotYours):
            cart.set_line(cart=row, sku="TEA", quantity=1, stated_unit_price_amount=1)
        Channel.objects.update(is_trusted=True)
        cart.set_line(cart=row, sku="TEA", quantity=3, stated_unit_price_amount=450)
        placed = order.commit(cart=row, idempotency_key="k")
        line = placed.data["lines"][0]
        assert (placed.total_amount, line["rule"]) == (1350, "stated")
        assert line["explain"]["book_unit_price_amount"] == 500

    def test_says_so_after_commit(
        self, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        heard: list[dict[str, Any]] = []

        def listen(**facts: Any) -> None:
            heard.append(facts)

        order_committed.connect(listen)
        row = CartFactory()
        with django_capture_on_commit_callbacks(execute=True):
            placed = order.commit(cart=row, idempotency_key="k")
            assert heard == []
        order_committed.disconnect(listen)
        assert heard[0]["order_uuid"] == placed.uuid
        assert heard[0]["customer_uuid"] == row.customer_uuid

    def test_costs_few_statements(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        row = CartFactory(skus={"TEA": 1, "CUP": 2, "BEAN": 3})
        # Savepoint and release; cart, key, lines; order, lines, key, event, outbox, cart.
        with django_assert_num_queries(11):
            order.commit(cart=row, idempotency_key="k")


class TestRefusals:
    def test_an_unknown_or_inactive_customer(self, directory: type[KnownCustomers]) -> None:
        with pytest.raises(CustomerUnavailable):
            order.commit(cart=CartFactory(), idempotency_key="k")
        assert not Order.objects.exists()

    def test_an_empty_cart(self) -> None:
        with pytest.raises(CartEmpty):
            order.commit(cart=CartFactory(skus={}), idempotency_key="k")

    def test_an_expired_cart(self) -> None:
        row = CartFactory()
        with time_machine.travel(clock.now() + dt.timedelta(days=2)), pytest.raises(CartExpired):
            order.commit(cart=row, idempotency_key="k")

    def test_a_product_without_a_price(self) -> None:
        with pytest.raises(UnknownSku) as caught:
            order.commit(cart=CartFactory(skus={"GONE": 1}), idempotency_key="k")
        assert [error.message for error in caught.value.errors] == ["GONE"]

    @pytest.mark.parametrize("book", ["ForeignPrices", "ShortPrices"])
    def test_a_price_book_that_answers_something_else(self, settings: Settings, book: str) -> None:
        settings.OMNIMAN = settings.OMNIMAN | {"PRICE_BOOK": f"{NEIGHBOURS}.{book}"}
        with pytest.raises(PricingMismatch):
            order.commit(cart=CartFactory(), idempotency_key="k")
        assert not Order.objects.exists()

    def test_an_order_beyond_what_can_be_written(self) -> None:
        with pytest.raises(OrderTooLarge):
            order.commit(cart=CartFactory(skus={"BEAN": "999999999999"}), idempotency_key="k")

    def test_an_absurd_stated_price(self) -> None:
        row = CartFactory(skus={})
        Channel.objects.update(is_trusted=True)
        for price in (-1, 10**13):
            with pytest.raises(InvalidStatedPrice):
                cart.set_line(cart=row, sku="TEA", quantity=1, stated_unit_price_amount=price)

    @pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "a\nb", " k", "a b"])
    def test_a_key_that_is_none(self, key: str) -> None:
        with pytest.raises(InvalidIdempotencyKey):
            order.commit(cart=CartFactory(), idempotency_key=key)
        placed = order.commit(cart=CartFactory(), idempotency_key="k")
        with pytest.raises(InvalidIdempotencyKey):
            order.refund(order=placed, amount=1, reason="x", idempotency_key=key)
        placed.refresh_from_db()
        assert placed.refunded_amount == 0


class TestOnce:
    def test_the_same_key_gives_the_same_order(self) -> None:
        row = CartFactory()
        first = order.commit(cart=row, idempotency_key="k")
        assert order.commit(cart=row, idempotency_key="k") == first
        assert (Order.objects.count(), OutboxEvent.objects.count()) == (1, 1)

    def test_another_key_finds_the_cart_ordered(self) -> None:
        row = CartFactory()
        order.commit(cart=row, idempotency_key="k")
        with pytest.raises(CartAlreadyOrdered):
            order.commit(cart=row, idempotency_key="other")

    def test_a_key_is_for_one_cart_of_its_owner(self) -> None:
        first = CartFactory()
        order.commit(cart=first, idempotency_key="k")
        with pytest.raises(IdempotencyKeyReused):
            order.commit(cart=CartFactory(customer_uuid=first.customer_uuid), idempotency_key="k")
        assert Order.objects.count() == 1

    def test_owners_do_not_share_keys(self) -> None:
        carts = [CartFactory(), CartFactory(), guest_cart().cart, guest_cart().cart]
        placed = {order.commit(cart=row, idempotency_key="k").pk for row in carts}
        assert len(placed) == 4

    def test_a_taken_reference_is_drawn_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        drawn = iter([1, 1, 2])
        monkeypatch.setattr(commits.secrets, "randbelow", lambda _: next(drawn))
        first = order.commit(cart=CartFactory(), idempotency_key="k")
        second = order.commit(cart=CartFactory(), idempotency_key="k")
        assert (first.ref, second.ref) == (refs.make(1), refs.make(2))

    @pytest.mark.parametrize("statement", range(1, 10))
    def test_a_failure_anywhere_leaves_nothing(self, statement: int) -> None:
        row = CartFactory()
        with connection.execute_wrapper(FailAt(statement)), pytest.raises(ConnectionResetError):
            order.commit(cart=row, idempotency_key="k")
        for model in (Order, OrderLine, OrderEvent, OrderCommit, OutboxEvent):
            assert model.objects.count() == 0
        assert Cart.objects.get().committed_at is None
        order.commit(cart=row, idempotency_key="k")
        assert Order.objects.count() == 1


class FailAt:
    """Lets so many statements pass (savepoints aside), then fails as a lost connection does."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> CursorWrapper:
        if "SAVEPOINT" not in sql:
            self.left -= 1
            if self.left == 0:
                raise ConnectionResetError
        found: CursorWrapper = execute(sql, params, many, context)
        return found


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_64_commits_with_one_key_make_one_order(self, race: Race) -> None:
        row = CartFactory(skus={"TEA": 1, "CUP": 2})
        outcomes = race(*[lambda: order.commit(cart=row, idempotency_key="k")] * 64)
        assert [each.error for each in outcomes] == [None] * 64
        assert len({each.value.pk for each in outcomes}) == 1
        assert Order.objects.count() == OutboxEvent.objects.count() == 1
        assert OrderLine.objects.count() == 2

    def test_different_keys_on_one_cart_make_one_order(self, race: Race) -> None:
        row = CartFactory()
        calls = [
            lambda key=f"k{number}": order.commit(cart=row, idempotency_key=key)
            for number in range(8)
        ]
        outcomes = race(*calls)
        refused = [each.error for each in outcomes if each.error]
        assert len(refused) == 7
        assert all(isinstance(each, CartAlreadyOrdered) for each in refused)
        assert Order.objects.count() == 1

    def test_one_key_on_two_carts_of_a_customer_orders_one(self, race: Race) -> None:
        first = CartFactory()
        other = CartFactory(
            customer_uuid=first.customer_uuid, channel=Channel.objects.create(code="app", name="A")
        )
        outcomes = race(
            lambda: order.commit(cart=first, idempotency_key="k"),
            lambda: order.commit(cart=other, idempotency_key="k"),
        )
        errors = [each.error for each in outcomes if each.error]
        assert [type(each) for each in errors] == [IdempotencyKeyReused]
        assert Order.objects.count() == 1
