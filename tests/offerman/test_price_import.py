from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from offerman.errors import InvalidImport, PreviewOutdated, UnreadableFile
from offerman.models import PriceList, PriceListItem
from offerman.services import price_import, price_list
from shopman import tenancy
from shopman.models import AuditEntry
from tests.offerman.factories import PriceListFactory, PriceListItemFactory, ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]


@pytest.fixture
def vip() -> PriceList:
    """A list with TEA 9.00 from any quantity and 8.00 from ten, and MUG 5.00; JAM is not in it."""
    row = PriceListFactory(code="vip")
    tea, mug = ProductFactory(sku="TEA"), ProductFactory(sku="MUG")
    ProductFactory(sku="JAM")
    PriceListItemFactory(price_list=row, product=tea, amount=900)
    PriceListItemFactory(price_list=row, product=tea, amount=800, minimum_quantity=10)
    PriceListItemFactory(price_list=row, product=mug, amount=500)
    return row


def prices() -> set[tuple[str, Decimal, int]]:
    return set(PriceListItem.objects.values_list("product__sku", "minimum_quantity", "amount"))


FILE = "sku,minimum_quantity,amount\nTEA,0,9.00\nTEA,10,7.5\nJAM,,12.34\n"


def test_a_preview_says_what_would_change_and_changes_nothing(vip: PriceList) -> None:
    before = prices()
    found = price_import.preview(price_list=vip.uuid, content=FILE)
    assert found.counts == {"added": 1, "changed": 1, "removed": 0, "unchanged": 1}
    assert [
        (each.action, each.line, each.sku, each.amount_before, each.amount)
        for each in found.changes
    ] == [("change", 3, "TEA", 800, 750), ("add", 4, "JAM", None, 1234)]
    assert prices() == before
    assert not AuditEntry.objects.exists()


def test_applying_does_what_the_preview_said(vip: PriceList) -> None:
    found = price_import.preview(price_list=vip.uuid, content=FILE)
    done = price_import.apply(price_list=vip.uuid, content=FILE, digest=found.digest)
    assert done == found
    assert prices() == {
        ("TEA", Decimal(0), 900),
        ("TEA", Decimal(10), 750),
        ("JAM", Decimal(0), 1234),
        ("MUG", Decimal(0), 500),
    }
    changed = PriceListItem.objects.get(product__sku="TEA", minimum_quantity=10)
    assert changed.version == 2
    entry = AuditEntry.objects.get(subject=f"price_list_item:{changed.uuid}")
    assert (entry.action, entry.before["amount"], entry.after["amount"]) == (
        "price_import.change",
        800,
        750,
    )
    assert AuditEntry.objects.count() == 2


def test_replacing_removes_what_the_file_does_not_name(vip: PriceList) -> None:
    found = price_import.preview(price_list=vip.uuid, content=FILE, mode="replace")
    assert found.counts == {"added": 1, "changed": 1, "removed": 1, "unchanged": 1}
    price_import.apply(price_list=vip.uuid, content=FILE, digest=found.digest, mode="replace")
    assert {sku for sku, *_ in prices()} == {"TEA", "JAM"}


def test_a_second_import_of_the_same_file_changes_nothing(vip: PriceList) -> None:
    first = price_import.preview(price_list=vip.uuid, content=FILE)
    price_import.apply(price_list=vip.uuid, content=FILE, digest=first.digest)
    second = price_import.preview(price_list=vip.uuid, content=FILE)
    assert second.counts == {"added": 0, "changed": 0, "removed": 0, "unchanged": 3}
    price_import.apply(price_list=vip.uuid, content=FILE, digest=second.digest)
    assert AuditEntry.objects.count() == 2


@pytest.mark.parametrize("what", ["list", "file", "mode"])
def test_what_changed_since_the_preview_is_not_applied(vip: PriceList, what: str) -> None:
    digest = price_import.preview(price_list=vip.uuid, content=FILE).digest
    content, mode = FILE, "merge"
    if what == "list":
        item = PriceListItem.objects.get(minimum_quantity=10)
        price_list.change_item(price_list=vip.uuid, item=item.uuid, amount=799)
    elif what == "file":
        content = FILE.replace("12.34", "12.35")
    else:
        mode = "replace"
    before = prices()
    with pytest.raises(PreviewOutdated):
        price_import.apply(price_list=vip.uuid, content=content, digest=digest, mode=mode)  # type: ignore[arg-type]
    assert prices() == before


BAD = """\
sku,minimum_quantity,amount,valid_from,valid_until
NONE,0,1.00,,
TEA,0,1.005,,
TEA,0,-1,,
TEA,0,NaN,,
TEA,0,x,,
TEA,0.0001,1.00,,
TEA,0,1.00,2026-02-30,
TEA,0,1.00,2026-02-02,2026-02-01
TEA,0,1.00
,0,1.00,,
JAM,0,1.00,,
JAM,0,2.00,,
JAM,5,1.00,,2026-02-01
JAM,5,1.00,2026-01-31,
TEA,10,1.00,2026-01-31,
"""


def test_every_line_that_cannot_be_imported_is_named(vip: PriceList) -> None:
    found = price_import.preview(price_list=vip.uuid, content=BAD)
    assert [(each.line, each.code) for each in found.problems] == [
        (2, "unknown_sku"),
        (3, "invalid_price"),
        (4, "invalid_price"),
        (5, "invalid_price"),
        (6, "invalid_price"),
        (7, "invalid_quantity"),
        (8, "invalid_period"),
        (9, "invalid_period"),
        (10, "column_count"),
        (11, "blank"),
        (13, "duplicate_line"),
        (14, "overlapping_item"),
        (15, "overlapping_item"),
        (16, "overlapping_item"),
    ]
    before = prices()
    with pytest.raises(InvalidImport) as refused:
        price_import.apply(price_list=vip.uuid, content=BAD, digest=found.digest)
    assert len(refused.value.errors) == len(found.problems)
    assert prices() == before


def test_an_old_price_ends_where_a_new_one_begins(vip: PriceList) -> None:
    content = (
        "sku;amount;valid_from;valid_until\nMUG;5.00;;2026-03-01\nMUG;6.00;2026-03-01T00:00:00Z;\n"
    )
    zone = tenancy.current().zone
    content = content.replace("2026-03-01T00:00:00Z", "2026-03-01")
    found = price_import.preview(price_list=vip.uuid, content=content)
    assert found.problems == []
    price_import.apply(price_list=vip.uuid, content=content, digest=found.digest)
    first = dt.datetime(2026, 3, 1, tzinfo=zone)
    assert set(
        PriceListItem.objects.filter(product__sku="MUG").values_list(
            "amount", "valid_from", "valid_until"
        )
    ) == {(500, None, first), (600, first, None)}


@pytest.mark.parametrize(
    "content",
    ["", "sku\nTEA\n", "sku,amount,colour\n", "sku,sku,amount\n", 'sku,amount\n"TEA,1.00\n'],
)
def test_what_is_not_a_price_file_is_refused(vip: PriceList, content: str) -> None:
    with pytest.raises(UnreadableFile):
        price_import.preview(price_list=vip.uuid, content=content)


def test_a_thousand_lines_cost_a_constant_number_of_queries(
    vip: PriceList,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    products = ProductFactory.create_batch(400)
    content = "sku,amount\n" + "".join(f"{each.sku},1.00\n" for each in products)
    with django_assert_num_queries(3):
        found = price_import.preview(price_list=vip.uuid, content=content)
    # 9, and more where SQLite splits the inserts by its number of parameters.
    with django_assert_max_num_queries(9 if connection.vendor == "postgresql" else 17):
        price_import.apply(price_list=vip.uuid, content=content, digest=found.digest)
    assert PriceListItem.objects.count() == 403


@pytest.mark.parametrize(
    ("amount", "since"),
    [
        ("5", "0001-01-01T00:00:00+14:00"),
        ("5", "9999-12-31T23:59:59-12:00"),
        ("\u0665", ""),
        ("1_0", ""),
    ],
)
def test_what_no_calendar_and_no_till_can_show_is_a_problem_of_its_line(
    vip: PriceList, amount: str, since: str
) -> None:
    content = (
        f"sku,amount,minimum_quantity,valid_from\nTEA,{amount},5,{since}\nTEA,6,7,9999-12-31\n"
    )
    found = price_import.preview(price_list=vip.uuid, content=content)
    code = "invalid_period" if since else "invalid_price"
    assert [(each.line, each.code) for each in found.problems] == [(2, code)]


def test_a_product_of_another_currency_is_a_problem_of_its_line(vip: PriceList) -> None:
    ProductFactory(sku="IMPORTED", currency="USD")
    content = "sku,amount\nIMPORTED,5.00\nTEA,6.00\n"
    found = price_import.preview(price_list=vip.uuid, content=content)
    assert [(each.line, each.code) for each in found.problems] == [(2, "mixed_currency")]
    assert "IMPORTED is sold in USD" in found.problems[0].message
    with pytest.raises(InvalidImport):
        price_import.apply(price_list=vip.uuid, content=content, digest=found.digest)
    assert not PriceListItem.objects.filter(product__sku="IMPORTED").exists()
