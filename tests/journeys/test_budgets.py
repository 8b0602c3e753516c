"""How many statements a storefront's requests cost with all four apps in place.

A signed-in request asks who is there in two: the session, and the customer at guestman. The host's
tenant is known to a process that runs.
"""

from __future__ import annotations

from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from guestman.services import customer
from omniman.models import Cart
from omniman.services import cart
from shopman import tenancy
from shopman.models import Tenant
from tests.journeys.people import AUTH, STORE, Shopper

pytestmark = pytest.mark.django_db
PHONE = "11 98765-4321"
WHO = 2


@pytest.fixture
def ana(opened: Tenant, settings: Settings) -> Shopper:
    """In the club, with a cart of three products, at a process that is warm."""
    settings.SHOPMAN = {**settings.SHOPMAN, "TENANT_CACHE_SECONDS": 60}
    shopper = Shopper()
    uuid = UUID(shopper.login(PHONE)["customer"]["uuid"])
    with tenancy.use(opened):
        customer.update(uuid, group_code="club")
        row = cart.open_for_customer(customer_uuid=uuid)
        for sku in ("TEA", "CUP", "BEAN"):
            cart.set_line(cart=row, sku=sku, quantity=2)
    shopper.get(f"{STORE}/cart")
    return shopper


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (f"{AUTH}/session", WHO),
        # The cart, its lines; the customer's list; the prices.
        (f"{STORE}/cart", WHO + 5),
        (f"{STORE}/orders", WHO + 1),
        # The page of products; the customer's list; the prices.
        (f"{STORE}/products", WHO + 4),
    ],
)
def test_reading(
    ana: Shopper, path: str, most: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(most):
        assert ana.get(path).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_a_quote_costs_the_same_however_many_lines(
    ana: Shopper, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lines = [{"sku": sku, "quantity": 12} for sku in ("TEA", "CUP", "BEAN")[:count]]
    with django_assert_max_num_queries(WHO + 3):
        assert ana.send(f"{STORE}/quote", {"lines": lines}).status_code == 200


def test_putting_into_the_cart(
    ana: Shopper, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # The price book asked whether there is such a thing (2); savepoints, the cart locked, its
    # lines, the line, the cart; then the cart as it is shown.
    with django_assert_max_num_queries(WHO + 16):
        ana.put_in_cart("TEA", 1)


def test_ordering(ana: Shopper, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    # The cart found and locked, the key, the customer and contacts, prices, the seven writes.
    with django_assert_max_num_queries(WHO + 19):
        assert ana.order().status_code == 201
    assert Cart.all_tenants.filter(committed_at__isnull=False).count() == 1
