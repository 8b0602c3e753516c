from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries, Settings

from omniman.errors import (
    CartAlreadyOrdered,
    CartExpired,
    CartFull,
    CartNotFound,
    ChannelNotFound,
    InvalidCheckout,
    InvalidQuantity,
    UnknownSku,
)
from omniman.models import Cart, CartLine, Channel
from omniman.services import cart, cart_quote, channel, checkout, order
from omniman.tasks import purge_carts
from shopman import clock, tenancy
from shopman.keys import uuid7
from shopman.models import Tenant
from tests.conftest import Race
from tests.omniman.factories import CartFactory, ChannelFactory, guest_cart

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(in_tenant: Tenant) -> Tenant:
    return in_tenant


def contents(row: Cart) -> dict[str, Decimal]:
    return dict(CartLine.objects.filter(cart=row).values_list("sku", "quantity"))


class TestOpening:
    def test_a_visitors_key_is_long_and_stored_only_hashed(self) -> None:
        opened = cart.open_for_guest()
        assert len(opened.key) == 43
        stored = Cart.objects.get()
        assert stored.key_hash == cart.hashed(opened.key)
        assert opened.key not in str(Cart.objects.values().get())
        assert stored.customer_uuid is None

    def test_a_customer_has_one_open_cart_in_a_channel(self) -> None:
        uuid = uuid7()
        first = cart.open_for_customer(customer_uuid=uuid)
        assert cart.open_for_customer(customer_uuid=uuid) == first
        order_placed = CartFactory(skus={})
        assert order_placed != first
        assert Cart.objects.filter(customer_uuid=uuid).count() == 1

    def test_an_ordered_cart_makes_room_for_a_new_one(self) -> None:
        first = CartFactory()
        order.commit(cart=first, idempotency_key="k")
        assert first.customer_uuid is not None
        assert cart.open_for_customer(customer_uuid=first.customer_uuid) != first

    def test_an_expired_cart_of_a_customer_starts_empty(self) -> None:
        row = CartFactory(guest_name="Old")
        assert row.customer_uuid is not None
        with time_machine.travel(clock.now() + dt.timedelta(days=2)):
            again = cart.open_for_customer(customer_uuid=row.customer_uuid)
            assert again == row
            assert again.expires_at > clock.now()
        assert contents(row) == {}
        assert Cart.objects.get().guest_name == ""

    def test_a_closed_channel_takes_no_carts(self) -> None:
        closed = ChannelFactory(code="old", is_active=False)
        with pytest.raises(ChannelNotFound):
            cart.open_for_guest(channel=closed)

    def test_carts_lead_to_one_store_channel(self, settings: Settings) -> None:
        settings.OMNIMAN = settings.OMNIMAN | {"STORE_CHANNEL": "site"}
        cart.open_for_guest()
        cart.open_for_guest()
        assert list(Channel.objects.values_list("code", "is_trusted")) == [("site", False)]


class TestLines:
    def test_set_add_and_remove(self) -> None:
        row = CartFactory(skus={})
        cart.set_line(cart=row, sku=" TEA ", quantity="2.5")
        cart.add_line(cart=row, sku="TEA", quantity=1)
        cart.add_line(cart=row, sku="CUP", quantity=1)
        assert contents(row) == {"TEA": Decimal("3.5"), "CUP": Decimal(1)}
        cart.remove_line(cart=row, sku="TEA")
        cart.remove_line(cart=row, sku="TEA")
        assert contents(row) == {"CUP": Decimal(1)}

    @pytest.mark.parametrize("quantity", [0, -1, "0.0001", "x", 10**9, "\u0665", "1_0", "NaN"])
    def test_impossible_quantities_are_refused(self, quantity: str) -> None:
        with pytest.raises(InvalidQuantity):
            cart.set_line(cart=CartFactory(skus={}), sku="TEA", quantity=quantity)

    @pytest.mark.parametrize("sku", ["", " ", "x" * 101, "a\x00b"])
    def test_impossible_skus_are_refused(self, sku: str) -> None:
        with pytest.raises(UnknownSku):
            cart.set_line(cart=CartFactory(skus={}), sku=sku, quantity=1)

    def test_what_the_price_book_does_not_know_is_refused(self) -> None:
        row = CartFactory(skus={})
        for put in (cart.set_line, cart.add_line):
            with pytest.raises(UnknownSku) as caught:
                put(cart=row, sku="GONE", quantity=1)
            assert [error.field for error in caught.value.errors] == ["sku"]
        assert contents(row) == {}

    def test_a_visitors_first_line_opens_a_cart_or_nothing(self) -> None:
        with pytest.raises(UnknownSku):
            cart.open_with_line(sku="GONE", quantity=1)
        assert not Cart.objects.exists()
        assert contents(cart.open_with_line(sku="TEA", quantity=1).cart) == {"TEA": Decimal(1)}

    def test_a_cart_holds_so_many_products(self, settings: Settings) -> None:
        settings.OMNIMAN = settings.OMNIMAN | {"MAX_CART_LINES": 1}
        row = CartFactory()
        cart.set_line(cart=row, sku="TEA", quantity=9)
        with pytest.raises(CartFull):
            cart.set_line(cart=row, sku="CUP", quantity=1)

    def test_an_ordered_or_expired_cart_takes_nothing(self) -> None:
        row = CartFactory()
        later = time_machine.travel(clock.now() + dt.timedelta(days=2))
        with later, pytest.raises(CartExpired):
            cart.set_line(cart=row, sku="TEA", quantity=1)
        order.commit(cart=row, idempotency_key="k")
        with pytest.raises(CartAlreadyOrdered):
            cart.set_line(cart=row, sku="TEA", quantity=1)

    def test_every_change_prolongs_the_cart(self) -> None:
        row = CartFactory()
        with time_machine.travel(clock.now() + dt.timedelta(hours=20)):
            cart.set_line(cart=row, sku="TEA", quantity=1)
            assert Cart.objects.get().expires_at > clock.now() + dt.timedelta(days=80)

    def test_costs_five_statements_and_a_savepoint(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        row = CartFactory()
        with django_assert_num_queries(6):
            cart.set_line(cart=row, sku="TEA", quantity=3)


class TestClaim:
    def test_the_anonymous_cart_becomes_the_customers(self) -> None:
        opened, uuid = guest_cart(TEA=2), uuid7()
        claimed = cart.claim(key=opened.key, customer_uuid=uuid)
        assert claimed == opened.cart
        stored = Cart.objects.get()
        assert (stored.customer_uuid, stored.key_hash) == (uuid, None)

    def test_lines_join_the_customers_own_cart(self) -> None:
        own = CartFactory(skus={"TEA": 1, "BEAN": 1}, guest_phone="+5511999990001")
        opened = guest_cart(TEA=2, CUP=1)
        checkout.describe(cart=opened.cart, guest_email="a@example.com", guest_phone="11999990002")
        assert own.customer_uuid is not None
        claimed = cart.claim(key=opened.key, customer_uuid=own.customer_uuid)
        assert claimed == own
        assert contents(own) == {"TEA": Decimal(3), "BEAN": Decimal(1), "CUP": Decimal(1)}
        assert not Cart.objects.filter(pk=opened.cart.pk).exists()
        own.refresh_from_db()
        assert (own.guest_email, own.guest_phone) == ("a@example.com", "+5511999990001")

    def test_a_key_is_good_once(self) -> None:
        opened = guest_cart()
        cart.claim(key=opened.key, customer_uuid=uuid7())
        with pytest.raises(CartNotFound):
            cart.claim(key=opened.key, customer_uuid=uuid7())

    @pytest.mark.parametrize("key", ["", "guess", "\ud800"])
    def test_other_keys_open_nothing(self, key: str) -> None:
        guest_cart()
        with pytest.raises(CartNotFound):
            cart.claim(key=key, customer_uuid=uuid7())

    def test_an_expired_cart_is_gone(self) -> None:
        opened = guest_cart()
        later = time_machine.travel(clock.now() + dt.timedelta(days=30))
        with later, pytest.raises(CartExpired):
            cart.claim(key=opened.key, customer_uuid=uuid7())


class TestCheckout:
    def test_contacts_are_kept_canonically(self) -> None:
        row = CartFactory()
        checkout.describe(cart=row, guest_email=" Ana@EXAMPLE.com ", guest_phone="11 99999-0001")
        stored = Cart.objects.get()
        assert (stored.guest_email, stored.guest_phone) == ("ana@example.com", "+5511999990001")
        checkout.describe(cart=row, guest_email="")
        assert Cart.objects.get().guest_email == ""

    def test_every_wrong_field_is_named(self) -> None:
        with pytest.raises(InvalidCheckout) as caught:
            checkout.describe(
                cart=CartFactory(),
                guest_name="x" * 201,
                guest_email="nobody",
                guest_phone="12",
                delivery_address={"street": "a\x00", "planet": "Mars"},
            )
        fields = {error.field for error in caught.value.errors}
        assert fields == {
            "guest_name",
            "guest_email",
            "guest_phone",
            "delivery_address.street",
            "delivery_address.planet",
        }
        assert Cart.objects.get().guest_name == ""

    def test_an_address_is_given_and_taken_away(self) -> None:
        row = CartFactory()
        address = {"street": "Rua A", "city": "Recife", "country": "BR", "region": ""}
        checkout.describe(cart=row, delivery_address=address, billing_address=address)
        checkout.describe(cart=row, billing_address=None)
        stored = Cart.objects.get()
        assert stored.delivery_address == {"street": "Rua A", "city": "Recife", "country": "BR"}
        assert stored.billing_address is None


class TestQuote:
    def test_prices_the_cart(self) -> None:
        found = cart_quote.of_cart(cart=CartFactory(skus={"TEA": 2}), customer_code=None)
        assert (found.total_amount, found.problem) == (1000, None)

    def test_says_what_cannot_be_had_any_more(self) -> None:
        found = cart_quote.of_cart(cart=CartFactory(skus={"GONE": 1}), customer_code=None)
        assert (found.total_amount, found.priced) == (None, [None])
        assert found.problem is not None
        assert found.problem.code == "unknown_sku"

    def test_the_other_lines_keep_their_prices(self) -> None:
        row = CartFactory(skus={"GONE": 1, "TEA": 2, "LOST": 1})
        found = cart_quote.of_cart(cart=row, customer_code=None)
        assert [each and each.total_amount for each in found.priced] == [None, 1000, None]
        assert (found.total_amount, set(found.blamed)) == (None, {"GONE", "LOST"})

    def test_a_problem_of_no_line_in_particular_leaves_no_prices(self, settings: Settings) -> None:
        settings.OMNIMAN = settings.OMNIMAN | {"PRICES": {"TEA": 10**15}}
        found = cart_quote.of_cart(cart=CartFactory(skus={"TEA": 2}), customer_code=None)
        assert (found.priced, found.blamed) == ([None], {})
        assert found.problem is not None
        assert found.problem.code == "order_too_large"


class TestPurge:
    def test_only_expired_carts_that_became_no_order_go(
        self, tenant: Tenant, other_tenant: Tenant
    ) -> None:
        ordered = CartFactory()
        order.commit(cart=ordered, idempotency_key="k")
        yesterday = clock.now() - dt.timedelta(days=1)
        Cart.objects.update(expires_at=yesterday)
        CartFactory(expires_at=yesterday)
        CartFactory(expires_at=yesterday, skus={})
        fresh = CartFactory()
        with tenancy.use(other_tenant):
            CartFactory(expires_at=yesterday)
        assert cart.purge_expired(batch_size=1) == 3
        assert purge_carts() == 0
        assert set(Cart.objects.all()) == {ordered, fresh}

    def test_a_cron_does_the_same(self) -> None:
        CartFactory(expires_at=clock.now() - dt.timedelta(days=1))
        fresh = CartFactory()
        call_command("omniman_purge")
        assert list(Cart.objects.all()) == [fresh]


class TestChannels:
    def test_are_made_once_and_changed(self) -> None:
        made = channel.create(code="pos", name="Counter", is_trusted=True)
        changed = channel.update(channel=made, name="Till", is_active=False)
        assert (changed.name, changed.is_active, changed.version) == ("Till", False, 2)
        assert channel.ensure(code="pos") == made
        assert channel.update(channel=made, name="Till").version == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_a_customer_gets_one_cart(self, race: Race) -> None:
        uuid = uuid7()
        outcomes = race(*[lambda: cart.open_for_customer(customer_uuid=uuid)] * 16)
        assert [each.error for each in outcomes] == [None] * 16
        assert Cart.objects.count() == 1

    def test_lines_added_at_once_all_count(self, race: Race) -> None:
        row = CartFactory(skus={})
        outcomes = race(*[lambda: cart.add_line(cart=row, sku="TEA", quantity=1)] * 16)
        assert [each.error for each in outcomes] == [None] * 16
        assert contents(row) == {"TEA": Decimal(16)}

    def test_one_of_two_claims_wins(self, race: Race) -> None:
        opened = guest_cart(TEA=2)
        outcomes = race(*[lambda: cart.claim(key=opened.key, customer_uuid=uuid7())] * 8)
        assert sum(each.error is None for each in outcomes) == 1
        assert Cart.objects.count() == 1

    def test_a_claim_and_a_commit_do_not_double_the_goods(self, race: Race) -> None:
        opened = guest_cart(TEA=2)
        own = CartFactory(skus={"CUP": 1})
        assert own.customer_uuid is not None
        customer = own.customer_uuid
        outcomes = race(
            lambda: cart.claim(key=opened.key, customer_uuid=customer),
            lambda: order.commit(cart=opened.cart, idempotency_key="k"),
        )
        assert sum(each.error is None for each in outcomes) == 1
