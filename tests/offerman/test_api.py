from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from offerman.models import PriceList, PriceListItem, Product
from shopman import tenancy
from shopman.models import AuditEntry, Tenant
from tests.offerman.factories import PriceListFactory, PriceListItemFactory, ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def addresses(settings: Settings, in_tenant: Tenant) -> None:
    settings.ROOT_URLCONF = "tests.offerman.urls"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.offerman.urls.CustomerFromHeader"]


@pytest.fixture
def staff() -> APIClient:
    client = APIClient()
    client.force_login(get_user_model().objects.create_superuser("ann", password="secret-ann"))
    return client


@pytest.fixture
def visitor() -> APIClient:
    return APIClient()


TEA = {"sku": "TEA", "name": "Tea", "base_price_amount": 500, "currency": "BRL"}


class TestStaff:
    def test_creates_lists_and_changes_products(self, staff: APIClient) -> None:
        made = staff.post("/api/v1/products", TEA)
        assert made.status_code == 201, made.data
        row = Product.objects.get()
        assert made.json()["uuid"] == str(row.uuid)
        address = f"/api/v1/products/{row.uuid}"
        assert staff.get("/api/v1/products?sku=TEA").json()["results"][0]["unit"] == "each"
        assert staff.patch(address, {"name": "Green"}).status_code == 428
        changed = staff.patch(address, {"name": "Green"}, headers={"If-Match": '"1"'})
        assert (changed.status_code, changed["ETag"]) == (200, '"2"')
        stale = staff.patch(address, {"name": "Black"}, headers={"If-Match": '"1"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
        assert [each["field"] for each in stale.json()["errors"]] == ["name"]
        entry = AuditEntry.objects.get(action="product.update")
        assert (entry.actor_kind, entry.actor_label) == ("user", "ann")

    def test_the_same_key_creates_once(self, staff: APIClient) -> None:
        headers = {"Idempotency-Key": str(uuid4())}
        first = staff.post("/api/v1/products", TEA, headers=headers)
        again = staff.post("/api/v1/products", TEA, headers=headers)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert Product.objects.count() == 1
        assert staff.post("/api/v1/products", TEA).status_code == 409

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"colour": "green"}, "colour"),
            ({"base_price_amount": -1}, "base_price_amount"),
            ({"sku": " "}, "sku"),
            ({"currency": "real"}, "currency"),
        ],
    )
    def test_names_the_field_that_is_wrong(
        self, staff: APIClient, change: dict[str, Any], field: str
    ) -> None:
        refused = staff.post("/api/v1/products", TEA | change)
        assert refused.status_code == 422
        assert [each["field"] for each in refused.json()["errors"]] == [field]
        assert not Product.objects.exists()

    def test_keeps_prices_in_a_list(self, staff: APIClient) -> None:
        made = staff.post("/api/v1/price-lists", {"code": "vip", "name": "V", "currency": "BRL"})
        assert made.status_code == 201
        items = f"/api/v1/price-lists/{made.json()['uuid']}/items"
        tea = ProductFactory(sku="TEA")
        first = staff.post(items, {"product": str(tea.uuid), "amount": 450})
        assert (first.status_code, first.json()["sku"]) == (201, "TEA")
        clash = staff.post(items, {"product": str(tea.uuid), "amount": 440})
        assert (clash.status_code, clash.json()["code"]) == (409, "overlapping_item")
        one = f"{items}/{first.json()['uuid']}"
        assert staff.get(one)["ETag"] == '"1"'
        changed = staff.patch(one, {"minimum_quantity": "5"}, headers={"If-Match": '"1"'})
        assert changed.json()["minimum_quantity"] == "5.000"
        assert staff.delete(one).status_code == 428
        assert staff.delete(one, headers={"If-Match": '"2"'}).status_code == 204
        assert not PriceListItem.objects.exists()
        assert staff.get(f"/api/v1/price-lists/{uuid4()}/items").status_code == 404

    def test_imports_a_list_as_previewed(self, staff: APIClient) -> None:
        row = PriceListFactory()
        ProductFactory(sku="TEA")
        address = f"/api/v1/price-lists/{row.uuid}/import"
        file = {"content": "sku,amount\nTEA,4.50\n"}
        seen = staff.post(f"{address}-preview", file)
        assert seen.status_code == 200
        assert seen.json()["counts"] == {"added": 1, "changed": 0, "removed": 0, "unchanged": 0}
        assert not PriceListItem.objects.exists()
        done = staff.post(address, file | {"digest": seen.json()["digest"]})
        assert done.json()["changes"] == seen.json()["changes"]
        assert PriceListItem.objects.get().amount == 450
        again = staff.post(address, file | {"digest": seen.json()["digest"]})
        assert (again.status_code, again.json()["code"]) == (409, "preview_outdated")
        bad = staff.post(f"{address}", {"content": "sku,amount\nX,1\n", "digest": "x"})
        assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "lines.2")

    def test_of_another_tenant_is_not_there(self, staff: APIClient, other_tenant: Tenant) -> None:
        with tenancy.use(other_tenant):
            item = PriceListItemFactory()
        for address in (
            f"products/{item.product_id}",
            f"price-lists/{item.price_list_id}",
            f"price-lists/{item.price_list_id}/items",
            f"price-lists/{item.price_list_id}/items/{item.uuid}",
        ):
            assert staff.get(f"/api/v1/{address}").status_code == 404
        assert staff.get("/api/v1/products").json()["results"] == []

    @pytest.mark.parametrize("address", ["products", "price-lists"])
    def test_is_closed_to_visitors(self, visitor: APIClient, address: str) -> None:
        assert visitor.get(f"/api/v1/{address}").status_code == 401
        assert visitor.post(f"/api/v1/{address}", TEA).status_code == 401

    @pytest.mark.parametrize("address", ["products", "price-lists", "price-lists/{}/items"])
    def test_a_page_costs_a_constant_number_of_queries(
        self,
        staff: APIClient,
        address: str,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        row = PriceListFactory()
        for _ in range(30):
            PriceListItemFactory(price_list=row)
            PriceListFactory()
        # Session, user, membership, tenant, page; and for items, whether their list is there.
        with django_assert_max_num_queries(6 if "items" in address else 5):
            found = staff.get(f"/api/v1/{address.format(row.uuid)}")
        assert len(found.json()["results"]) >= 30


class TestStore:
    @pytest.fixture(autouse=True)
    def lists(self, settings: Settings) -> None:
        """TEA costs 10.00; 9.00 on the web (public), 7.00 for VIP-1."""
        settings.OFFERMAN = settings.OFFERMAN | {"STORE_CHANNEL": "web"}
        tea = ProductFactory(sku="TEA", name="Tea")
        ProductFactory(sku="OLD", is_active=False)
        web = PriceListFactory(code="web", channel="web", is_public=True)
        PriceListItemFactory(price_list=web, product=tea, amount=900)
        vip = PriceListFactory(code="vip")
        PriceListItemFactory(price_list=vip, product=tea, amount=700)

    def quote(self, client: APIClient, **headers: str) -> Any:
        lines = [{"sku": "TEA", "quantity": "2.5"}]
        return client.post("/api/v1/store/quote", {"lines": lines}, headers=headers)

    def test_a_visitor_is_quoted_the_public_list(self, visitor: APIClient) -> None:
        found = self.quote(visitor)
        assert found.status_code == 200
        assert found.json() == {
            "currency": "BRL",
            "total_amount": 2250,
            "lines": [
                {
                    "sku": "TEA",
                    "name": "Tea",
                    "quantity": "2.500",
                    "unit_price_amount": 900,
                    "total_amount": 2250,
                    "price_list_code": "web",
                    "rule": "channel_price_list",
                }
            ],
        }

    def test_a_visitor_never_sees_a_list_that_is_not_public(self, visitor: APIClient) -> None:
        PriceList.objects.filter(code="web").update(is_public=False)
        assert self.quote(visitor).json()["lines"][0]["unit_price_amount"] == 1000
        (product,) = visitor.get("/api/v1/store/products").json()["results"]
        assert product["price"] == {
            "unit_price_amount": 1000,
            "currency": "BRL",
            "price_list_code": None,
        }

    def test_a_customer_is_quoted_their_own_list(self, visitor: APIClient) -> None:
        assert self.quote(visitor, **{"X-Customer": "VIP-1"}).json()["total_amount"] == 1750
        found = visitor.get("/api/v1/store/products", headers={"X-Customer": "VIP-1"})
        (product,) = found.json()["results"]
        assert product["price"]["unit_price_amount"] == 700
        assert product.keys() == {"uuid", "sku", "name", "unit", "price"}

    @pytest.mark.parametrize(
        ("body", "status", "field"),
        [
            ({"lines": [{"sku": "NONE", "quantity": 1}]}, 422, "lines.0.sku"),
            ({"lines": [{"sku": "OLD", "quantity": 1}]}, 422, "lines.0.sku"),
            ({"lines": [{"sku": "TEA", "quantity": 0}]}, 422, "lines.0.quantity"),
            ({"lines": [{"sku": "TEA", "quantity": "NaN"}]}, 422, "lines.0.quantity"),
            ({"lines": [{"sku": "TEA", "quantity": 1, "price": 1}]}, 422, "lines.0.price"),
            ({"lines": []}, 422, "lines"),
            ({"lines": [{"sku": "TEA", "quantity": 1}], "channel": "web"}, 422, "channel"),
        ],
    )
    def test_says_what_cannot_be_quoted(
        self, visitor: APIClient, body: dict[str, Any], status: int, field: str
    ) -> None:
        found = visitor.post("/api/v1/store/quote", body)
        assert found.status_code == status, found.json()
        assert [each["field"] for each in found.json()["errors"]] == [field]

    def test_twenty_lines_cost_as_many_queries_as_one(
        self, visitor: APIClient, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        lines = [{"sku": each.sku, "quantity": 1} for each in ProductFactory.create_batch(20)]
        # The tenant, and the three of the quote.
        with django_assert_num_queries(4):
            visitor.post("/api/v1/store/quote", {"lines": lines}, headers={"X-Customer": "VIP-1"})
        with django_assert_num_queries(5):
            visitor.get("/api/v1/store/products", headers={"X-Customer": "VIP-1"})
