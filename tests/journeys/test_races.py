"""What many do at the same moment, with all four apps in place. PostgreSQL only."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from pytest_django import Settings

from doorman.models import CustomerSession
from doorman.services import challenge, login
from doorman.services.challenge_row import Claim
from guestman.models import ContactPoint, Customer
from guestman.services import customer
from offerman.models import PriceList, Product
from offerman.services import price_list, product
from omniman.errors import CartAlreadyOrdered, CartNotFound
from omniman.models import Cart, CartLine, Order, OrderCommit, OrderLine
from omniman.services import cart, order
from shopman import tenancy
from shopman.canonical import digest
from shopman.models import OutboxEvent, Tenant
from tests.conftest import Outcome, Race
from tests.doorman.standins import Outbox
from tests.journeys.people import Shopper

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PHONE = "+5511987654321"
ADDRESS = "203.0.113.9"


@pytest.fixture(autouse=True)
def in_shop(opened: Tenant) -> Iterator[None]:
    with tenancy.use(opened):
        yield


def errors_of(outcomes: list[Outcome]) -> list[BaseException]:
    return [each.error for each in outcomes if each.error is not None]


def asked(phone: str) -> tuple[Claim, str]:
    """A challenge of a device of its own, and the code it was sent."""
    started = challenge.start(
        channel="sms", identifier=phone, address=ADDRESS, client="other", locale="en"
    )
    return Claim(secret=started.secret, flow=None), Outbox.sent[-1].code


def ann() -> Customer:
    return customer.create(first_name="Ann", phone=PHONE, group_code="club", code="ANN")


def is_whole(placed: Order) -> bool:
    """Whether an order has everything that belongs to it, and its parts agree."""
    lines = OrderLine.objects.filter(order=placed)
    return (
        placed.data_digest == digest(placed.data)
        and placed.total_amount == sum(line.total_amount for line in lines)
        and placed.total_amount == placed.data["totals"]["total_amount"]
        and OutboxEvent.objects.filter(
            name="omniman.order_committed", subject=f"order:{placed.pk}"
        ).count() == 1
        and OrderCommit.objects.filter(order=placed).count() == 1
    )  # fmt: skip


def test_64_first_logins_of_one_phone_make_one_customer_and_64_sessions(
    race: Race, settings: Settings
) -> None:
    settings.DOORMAN = {
        **settings.DOORMAN,
        "SESSIONS_PER_CUSTOMER": 100,
        "FAILURES_PER_IDENTIFIER_HOUR": 1000,
        "FAILURES_PER_IDENTIFIER_DAY": 1000,
        "FAILURES_PER_ADDRESS_5_MINUTES": 1000,
        "FAILURES_PER_ADDRESS_DAY": 1000,
        "BUDGET_LOCK_TIMEOUT_MS": 60_000,
    }
    devices = [asked(PHONE) for _ in range(64)]
    outcomes = race(
        *(
            partial(login.verify, claim=claim, code=code, address=ADDRESS, user_agent="")
            for claim, code in devices
        ),
        timeout_seconds=120,
    )
    assert errors_of(outcomes) == []
    owner = Customer.objects.get()
    assert {each.value.customer.uuid for each in outcomes} == {owner.pk}
    assert ContactPoint.objects.get().is_verified
    sessions = CustomerSession.objects.filter(customer_uuid=owner.pk, ended_at__isnull=True)
    assert sessions.count() == len({each.value.secret for each in outcomes}) == 64
    assert OutboxEvent.objects.filter(name="guestman.customer_created").count() == 1


def test_64_commits_with_one_key_make_one_order(race: Race) -> None:
    row = cart.open_for_customer(customer_uuid=ann().pk)
    cart.set_line(cart=row, sku="TEA", quantity=12)
    outcomes = race(*[partial(order.commit, cart=row, idempotency_key="once")] * 64)
    assert errors_of(outcomes) == []
    placed = Order.objects.get()
    assert {each.value.pk for each in outcomes} == {placed.pk}
    assert placed.total_amount == 12 * 350
    assert is_whole(placed)


def test_one_key_over_http_gets_everybody_the_same_answer(race: Race, shopper: Shopper) -> None:
    shopper.login(PHONE)
    shopper.put_in_cart("TEA", 2)

    def order_it() -> tuple[int, str]:
        tab = Shopper()
        tab.cookies = shopper.cookies
        answer = tab.order("once")
        return answer.status_code, answer.json().get("uuid")

    outcomes = race(*[order_it] * 32)
    assert errors_of(outcomes) == []
    assert {each.value for each in outcomes} == {(201, str(Order.objects.get().pk))}


def test_an_order_has_the_price_of_before_or_after_a_change(race: Race) -> None:
    members = [customer.create(group_code="club").pk for _ in range(8)]
    carts = [cart.open_for_customer(customer_uuid=uuid) for uuid in members]
    carts += [cart.open_for_guest().cart for _ in range(8)]
    for row in carts:
        cart.set_line(cart=row, sku="TEA", quantity=3)
    club, tea = PriceList.objects.get(code="club"), Product.objects.get(sku="TEA")
    item = club.items.get(product=tea, minimum_quantity=0)

    outcomes = race(
        *(partial(order.commit, cart=row, idempotency_key="k") for row in carts),
        partial(price_list.change_item, price_list=club.pk, item=item.pk, amount=333),
        partial(product.update, product=tea.pk, base_price_amount=555),
    )

    assert errors_of(outcomes) == []
    assert Order.objects.count() == len(carts)
    for placed in Order.objects.all():
        line = placed.lines.get()
        prices = {400, 333} if placed.customer_uuid else {500, 555}
        assert line.unit_price_amount in prices
        assert line.total_amount == placed.total_amount == 3 * line.unit_price_amount
        assert placed.data["lines"][0]["unit_price_amount"] == line.unit_price_amount
        assert is_whole(placed)


@pytest.mark.parametrize("turn", range(6))
def test_a_visitors_cart_is_claimed_or_ordered_and_its_goods_are_sold_once(
    race: Race, turn: int
) -> None:
    uuid = ann().pk
    visitor = cart.open_for_guest()
    cart.set_line(cart=visitor.cart, sku="TEA", quantity=2)
    own = cart.open_for_customer(customer_uuid=uuid)
    if turn % 2:
        cart.set_line(cart=own, sku="CUP", quantity=1)

    claimed, ordered = race(
        partial(cart.claim, key=visitor.key, customer_uuid=uuid),
        partial(order.commit, cart=visitor.cart, idempotency_key="guest"),
    )

    if ordered.error is None:
        # The guest's order came first, or the cart had become the customer's by then.
        assert isinstance(claimed.error, CartNotFound) or ordered.value.customer_uuid == uuid
        assert is_whole(Order.objects.get())
    else:
        assert isinstance(ordered.error, CartNotFound | CartAlreadyOrdered)
        assert claimed.error is None
        assert not Order.objects.exists()
    open_carts = Cart.objects.filter(committed_at__isnull=True)
    waiting = CartLine.objects.filter(cart__in=open_carts, sku="TEA")
    sold = OrderLine.objects.filter(sku="TEA")
    assert sum(each.quantity for each in [*waiting, *sold]) == 2


def test_a_claim_into_a_cart_that_is_being_ordered_loses_nothing(race: Race) -> None:
    uuid = ann().pk
    own = cart.open_for_customer(customer_uuid=uuid)
    cart.set_line(cart=own, sku="CUP", quantity=1)
    visitor = cart.open_for_guest()
    cart.set_line(cart=visitor.cart, sku="TEA", quantity=2)

    claimed, ordered = race(
        partial(cart.claim, key=visitor.key, customer_uuid=uuid),
        partial(order.commit, cart=own, idempotency_key="mine"),
    )

    assert (claimed.error, ordered.error) == (None, None)
    assert is_whole(Order.objects.get())
    in_carts = CartLine.objects.filter(cart__committed_at__isnull=True, sku="TEA")
    everywhere = [*in_carts, *OrderLine.objects.filter(sku="TEA")]
    assert sum(each.quantity for each in everywhere) == 2
    assert OrderLine.objects.filter(sku="CUP").count() == 1
