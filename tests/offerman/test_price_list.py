from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from offerman.errors import (
    BlankText,
    ChannelTaken,
    InvalidCurrency,
    InvalidPeriod,
    MixedCurrency,
    OverlappingItem,
    PriceListCodeTaken,
    PriceListItemNotFound,
    PriceListNotFound,
    ProductNotFound,
    SkuTaken,
    StaleVersion,
    TextTooLong,
)
from offerman.models import PriceList, PriceListItem, Product
from offerman.services import price_list, product
from shopman import tenancy
from shopman.models import AuditEntry, Tenant
from tests.conftest import Race
from tests.offerman.factories import PriceListFactory, PriceListItemFactory, ProductFactory

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def new_product(**facts: Any) -> Product:
    return product.create(**{
        "sku": "TEA", "name": "Tea", "base_price_amount": 500, "currency": "BRL", **facts
    })  # fmt: skip


def new_list(**facts: Any) -> PriceList:
    return price_list.create(**{"code": "vip", "name": "Friends", "currency": "BRL", **facts})


@pytest.mark.django_db
@pytest.mark.usefixtures("in_tenant")
class TestProduct:
    def test_is_created_with_its_trail(self) -> None:
        made = new_product(unit="box")
        row = Product.objects.get()
        assert (row.uuid, row.sku, row.unit, row.version) == (made.uuid, "TEA", "box", 1)
        entry = AuditEntry.objects.get()
        assert (entry.subject, entry.action) == (f"product:{made.uuid}", "product.create")
        assert entry.after["base_price_amount"] == 500

    def test_keeps_the_currency_of_the_lists_that_name_it(self) -> None:
        tea = PriceListItemFactory(price_list=PriceListFactory(code="vip")).product
        with pytest.raises(MixedCurrency, match="vip"):
            product.update(product=tea.uuid, currency="USD")
        tea.refresh_from_db()
        assert tea.currency == "BRL"
        PriceListItem.objects.all().delete()
        assert product.update(product=tea.uuid, currency="USD").currency == "USD"

    def test_has_no_price_in_a_list_of_another_currency(self) -> None:
        jam, vip = ProductFactory(sku="JAM", currency="USD"), PriceListFactory(currency="BRL")
        with pytest.raises(MixedCurrency, match="JAM is sold in USD"):
            price_list.add_item(price_list=vip.uuid, product=jam.uuid, amount=1)
        assert not PriceListItem.objects.exists()

    def test_has_a_sku_of_its_own(self, other_tenant: Tenant) -> None:
        new_product()
        with pytest.raises(SkuTaken):
            new_product(name="Other")
        with tenancy.use(other_tenant):
            new_product(currency="GBP")
        assert Product.all_tenants.count() == 2
        assert AuditEntry.objects.count() == 1

    def test_changes_only_what_is_given_and_remembers_it(self) -> None:
        made = new_product()
        product.update(
            product=made.uuid, name="Green tea", base_price_amount=500, expected_version=1
        )
        row = Product.objects.get()
        assert (row.name, row.base_price_amount, row.version) == ("Green tea", 500, 2)
        entry = AuditEntry.objects.get(action="product.update")
        assert (entry.before, entry.after) == ({"name": "Tea"}, {"name": "Green tea"})

    def test_a_change_that_changes_nothing_leaves_no_trace(self) -> None:
        made = new_product()
        product.update(product=made.uuid, name="Tea", is_active=True)
        assert Product.objects.get().version == 1
        assert AuditEntry.objects.count() == 1

    def test_a_stale_change_is_refused_with_the_fields_that_differ(self) -> None:
        made = new_product()
        product.update(product=made.uuid, name="Green tea")
        with pytest.raises(StaleVersion) as stale:
            product.update(product=made.uuid, name="Black tea", unit="each", expected_version=1)
        assert [(each.field, each.code) for each in stale.value.errors] == [("name", "stale")]
        assert Product.objects.get().name == "Green tea"

    @pytest.mark.parametrize(
        ("facts", "error"),
        [
            ({"sku": "  "}, BlankText),
            ({"name": "x" * 201}, TextTooLong),
            ({"currency": "brl"}, InvalidCurrency),
        ],
    )
    def test_refuses_what_cannot_be_stored(
        self, facts: dict[str, Any], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            new_product(**facts)
        assert not Product.objects.exists()

    def test_of_another_tenant_is_not_found(self, other_tenant: Tenant) -> None:
        made = new_product()
        with tenancy.use(other_tenant), pytest.raises(ProductNotFound):
            product.update(product=made.uuid, name="Mine")


@pytest.mark.django_db
@pytest.mark.usefixtures("in_tenant")
class TestPriceList:
    def test_code_and_channel_are_its_own(self) -> None:
        new_list(channel="web")
        with pytest.raises(PriceListCodeTaken):
            new_list()
        with pytest.raises(ChannelTaken):
            new_list(code="other", channel="web")
        other = new_list(code="other")
        with pytest.raises(ChannelTaken):
            price_list.update(price_list=other.uuid, channel="web")
        assert PriceList.objects.count() == 2

    def test_a_date_can_be_emptied_and_left(self) -> None:
        made = new_list(valid_from=NOON, valid_until=NOON + DAY)
        price_list.update(price_list=made.uuid, valid_until=None)
        row = PriceList.objects.get()
        assert (row.valid_from, row.valid_until, row.version) == (NOON, None, 2)

    def test_cannot_end_before_it_begins(self) -> None:
        made = new_list(valid_from=NOON)
        with pytest.raises(InvalidPeriod):
            price_list.update(price_list=made.uuid, valid_until=NOON)
        with pytest.raises(PriceListNotFound):
            price_list.update(price_list=uuid4(), name="None")


@pytest.mark.django_db
@pytest.mark.usefixtures("in_tenant")
class TestItem:
    def add(self, **facts: Any) -> PriceListItem:
        row = PriceList.objects.first() or PriceListFactory()
        tea = Product.objects.first() or ProductFactory()
        return price_list.add_item(
            **{"price_list": row.uuid, "product": tea.uuid, "amount": 450, **facts}
        )

    def test_is_added_and_changed_with_its_trail(self) -> None:
        item = self.add(minimum_quantity=Decimal("2.5"))
        price_list.change_item(
            price_list=item.price_list_id, item=item.uuid, amount=440, expected_version=1
        )
        row = PriceListItem.objects.get()
        assert (row.amount, row.minimum_quantity, row.version) == (440, Decimal("2.5"), 2)
        assert list(AuditEntry.objects.order_by("uuid").values_list("action", "before", "after"))[
            1
        ] == ("price_list.change_item", {"amount": 450}, {"amount": 440})

    def test_periods_may_touch_but_not_overlap(self) -> None:
        self.add(valid_until=NOON)
        second = self.add(valid_from=NOON, valid_until=NOON + DAY)
        with pytest.raises(OverlappingItem):
            self.add(valid_from=NOON + DAY / 2)
        with pytest.raises(OverlappingItem):
            price_list.change_item(
                price_list=second.price_list_id, item=second.uuid, valid_from=NOON - DAY
            )
        self.add(minimum_quantity=10)
        self.add(product=ProductFactory().uuid)
        assert PriceListItem.objects.count() == 4

    def test_is_removed_and_the_trail_keeps_it(self) -> None:
        item = self.add()
        with pytest.raises(StaleVersion):
            price_list.remove_item(
                price_list=item.price_list_id, item=item.uuid, expected_version=7
            )
        price_list.remove_item(price_list=item.price_list_id, item=item.uuid, expected_version=1)
        assert not PriceListItem.objects.exists()
        assert AuditEntry.objects.get(action="price_list.remove_item").before["amount"] == 450
        with pytest.raises(PriceListItemNotFound):
            price_list.remove_item(price_list=item.price_list_id, item=item.uuid)

    def test_is_found_in_its_own_list_only(self) -> None:
        item = self.add()
        with pytest.raises(PriceListItemNotFound):
            price_list.change_item(price_list=PriceListFactory().uuid, item=item.uuid, amount=1)

    def test_adding_costs_a_constant_number_of_queries(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        row, tea = PriceListFactory(), ProductFactory()
        for number in range(20):
            PriceListItemFactory(price_list=row, product=tea, minimum_quantity=number)
        # Savepoint and release, list, product, periods, insert, audit.
        with django_assert_num_queries(7):
            price_list.add_item(
                price_list=row.uuid, product=tea.uuid, amount=1, minimum_quantity=Decimal(50)
            )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_overlapping_prices_at_once_leave_one(self, in_tenant: Tenant, race: Race) -> None:
        row, tea = PriceListFactory(), ProductFactory()

        def add() -> PriceListItem:
            return price_list.add_item(price_list=row.uuid, product=tea.uuid, amount=1)

        outcomes = race(*[add] * 8)
        assert PriceListItem.objects.count() == 1
        errors = [each.error for each in outcomes if each.error]
        assert len(errors) == 7
        assert all(isinstance(error, OverlappingItem) for error in errors)

    def test_two_products_with_one_sku_at_once_leave_one(
        self, in_tenant: Tenant, race: Race
    ) -> None:
        outcomes = race(*[new_product] * 8)
        assert Product.objects.count() == 1
        errors = [each.error for each in outcomes if each.error]
        assert len(errors) == 7
        assert all(isinstance(error, SkuTaken) for error in errors)

    def test_two_changes_of_one_version_at_once_leave_one(
        self, in_tenant: Tenant, race: Race
    ) -> None:
        made = new_product()

        def rename(name: str) -> Product:
            return product.update(product=made.uuid, name=name, expected_version=1)

        outcomes = race(lambda: rename("Green"), lambda: rename("Black"))
        assert sum(isinstance(each.error, StaleVersion) for each in outcomes) == 1
        assert Product.objects.get().version == 2


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_database_itself_refuses_an_overlap(in_tenant: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'")
        if not cursor.fetchone()[0]:
            pytest.skip("btree_gist is not installed")
    first = PriceListItemFactory(valid_until=NOON)
    again = {"price_list": first.price_list, "product": first.product}
    PriceListItemFactory(**again, valid_from=NOON)
    with pytest.raises(IntegrityError, match="item_periods_exclude"), transaction.atomic():
        PriceListItemFactory(**again, valid_from=NOON - DAY, valid_until=NOON)
