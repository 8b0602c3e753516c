"""Whole files that nobody here wrote, against a calculation that knows nothing of the importer."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Sum

from guestman.models import Customer
from omniman.models import Order, OrderLine
from shopman import tenancy
from shopman.models import Tenant

pytestmark = pytest.mark.django_db

#: Rows of Online Retail on PostgreSQL; the whole file runs on SQLite, where it is always run.
SLICE = 40_000


@dataclass
class Invoice:
    """An invoice as read here, with nothing of the importer in it. Amounts in pence."""

    lines: int = 0
    total: int = 0
    customer: str | None = None
    times: list[str] = field(default_factory=list)


def rows(path: Path, limit: int | None) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from itertools.islice(csv.DictReader(file), limit)


def reckoned(path: Path, limit: int | None) -> dict[str, Invoice]:
    found: dict[str, Invoice] = defaultdict(Invoice)
    for row in rows(path, limit):
        quantity, price = Decimal(row["Quantity"]), Decimal(row["UnitPrice"])
        if not row["InvoiceNo"].startswith("C") and not (quantity > 0 and price >= 0):
            continue
        invoice = found[row["InvoiceNo"]]
        invoice.lines += 1
        invoice.total += int((quantity * price * 100).quantize(Decimal(1), ROUND_HALF_EVEN))
        invoice.customer = row["CustomerID"] or None
        invoice.times.append(row["InvoiceDate"])
    return found


def test_online_retail(
    shared_data: Callable[[str], Path], other_tenant: Tenant, tmp_path: Path
) -> None:
    path = shared_data("online_retail/online_retail.csv.gz")
    limit = SLICE if connection.vendor == "postgresql" else None
    file = path
    if limit is not None:
        file = tmp_path / "slice.csv"
        with gzip.open(path, "rt", encoding="utf-8", newline="") as whole:
            file.write_text("".join(itertools.islice(whole, limit + 1)), encoding="utf-8")
    expected = reckoned(path, limit)
    options = ("--mapping", "online-retail", "--tenant", "other")
    rejects = tmp_path / "rejects.csv"
    out = io.StringIO()
    call_command("omniman_import_orders", str(file), *options, rejects=rejects, stdout=out)

    london = ZoneInfo("Europe/London")
    with tenancy.use(other_tenant):
        found = {
            ref: (lines, total, customer, placed)
            for ref, lines, total, customer, placed in Order.objects.annotate(
                line_count=Count("lines")
            ).values_list(
                "external_ref", "line_count", "total_amount", "customer_code", "placed_at"
            )
        }
        assert found == {
            number: (
                invoice.lines,
                invoice.total,
                invoice.customer,
                datetime.fromisoformat(min(invoice.times)).replace(tzinfo=london).astimezone(UTC),
            )
            for number, invoice in expected.items()
        }
        assert Order.objects.filter(kind="return").count() == sum(
            number.startswith("C") for number in expected
        )
        net: dict[str | None, int] = defaultdict(int)
        for invoice in expected.values():
            net[invoice.customer] += invoice.total
        assert dict(
            Order.objects.values_list("customer_code").annotate(net=Sum("total_amount"))
        ) == dict(net)
        _every_customer_is_in_guestman({code for code in net if code})
        line_count = OrderLine.objects.count()
        assert OrderLine.objects.aggregate(total=Sum("total_amount"))["total"] == sum(net.values())
    assert line_count == sum(invoice.lines for invoice in expected.values())
    assert f"lines              {line_count}\n" in out.getvalue()
    row_count = sum(1 for _ in rows(path, limit))
    assert row_count - line_count == len(rejects.read_text().splitlines()) - 1


@pytest.mark.parametrize("name", ["cdnow_sample.csv", "CDNOW_sample.txt"])
def test_cdnow(
    name: str, shared_data: Callable[[str], Path], other_tenant: Tenant, tmp_path: Path
) -> None:
    net: dict[str, int] = defaultdict(int)
    with shared_data("cdnow/cdnow_sample.csv").open(newline="") as file:
        purchases = list(csv.DictReader(file))
    for row in purchases:
        net[row["customer_id"]] += int(Decimal(row["amount"]) * 100)
    call_command(
        "omniman_import_orders",
        str(shared_data(f"cdnow/{name}")),
        "--mapping=cdnow",
        "--tenant=other",
        "--allow-foreign-currency",
        rejects=tmp_path / "rejects.csv",
        stdout=io.StringIO(),
    )
    with tenancy.use(other_tenant):
        _every_customer_is_in_guestman(set(net))
        assert Order.objects.count() == len(purchases) == 6919
        assert (
            dict(Order.objects.values_list("customer_code").annotate(net=Sum("total_amount")))
            == net
        )


def _every_customer_is_in_guestman(codes: set[str]) -> None:
    """One customer for each code, and each order names the one of its code."""
    keys = dict(Customer.objects.values_list("code", "uuid"))
    assert keys.keys() == codes
    named = Order.objects.exclude(customer_code=None).values_list("customer_code", "customer_uuid")
    assert dict(named.distinct()) == keys
