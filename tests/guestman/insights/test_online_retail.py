"""Every customer of Online Retail, against a calculation from the file without project code."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from guestman.contrib.insights.models import CustomerInsight
from guestman.contrib.insights.service import InsightService
from shopman import tenancy
from shopman.models import Tenant
from tests.guestman.insights.memory import PlacedOrder
from tests.guestman.insights.oracle import expected

LONDON = zoneinfo.ZoneInfo("Europe/London")
AS_OF = dt.date(2011, 12, 10)
#: Any key: the oracle looks at one customer at a time.
NOBODY: Any = None


def read_orders(file: Path) -> dict[str, list[PlacedOrder]]:
    """Orders of each customer code, by the rules of the import, in minor units of GBP."""
    invoices: dict[str, list[tuple[str, str, int, dt.datetime, Decimal]]] = defaultdict(list)
    starts: dict[str, dt.datetime] = {}
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            moment = dt.datetime.fromisoformat(row["InvoiceDate"]).replace(tzinfo=LONDON)
            number = row["InvoiceNo"]
            starts[number] = min(starts.get(number, moment), moment)
            invoices[number].append(
                (
                    row["CustomerID"],
                    row["StockCode"],
                    int(row["Quantity"]),
                    moment,
                    Decimal(row["UnitPrice"]),
                )
            )
    orders: dict[str, list[PlacedOrder]] = defaultdict(list)
    for number, rows in invoices.items():
        credit = number.startswith("C")
        kept = [row for row in rows if credit or (row[2] > 0 and row[4] >= 0)]
        code = next((row[0] for row in kept if row[0]), "")
        if not kept or not code:
            continue
        total = sum(
            int((row[2] * row[4] * 100).quantize(Decimal(1), ROUND_HALF_EVEN)) for row in kept
        )
        quantities: Counter[str] = Counter()
        for row in kept:
            quantities[row[1]] += row[2]
        orders[code].append(
            PlacedOrder(
                customer=NOBODY,
                placed_at=min(row[3] for row in kept),
                total_amount=total,
                currency="GBP",
                kind="return" if credit else "sale",
                quantities={} if credit else quantities,
                channel="import",
            )
        )
    return orders


@pytest.mark.suite
@pytest.mark.django_db
def test_every_customer_has_the_numbers_of_an_independent_calculation(
    shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    file = shared_data("online_retail/online_retail.csv.gz")
    tenant = Tenant.objects.create(
        slug="retail",
        name="Retail",
        default_region="GB",
        default_currency="GBP",
        time_zone="Europe/London",
    )
    call_command(
        "omniman_import_orders",
        str(file),
        mapping="online-retail",
        tenant="retail",
        rejects=tmp_path / "rejects.csv",
        no_progress=True,
        stdout=io.StringIO(),
    )
    orders = read_orders(file)
    with tenancy.use(tenant):
        InsightService.recalculate_all(as_of=AS_OF)
        as_of = dt.datetime.combine(AS_OF, dt.time(), tzinfo=LONDON)
        found = {each.customer.code: each for each in _insights()}
        assert found.keys() >= orders.keys()
        assert len(orders) > 4000
        differences = []
        for code, own in orders.items():
            wanted = expected(own, as_of=as_of, zone=LONDON, currency="GBP")
            wanted.pop("channels", None)
            got = {name: getattr(found[code], name) for name in wanted}
            if got != wanted:
                differences.append((code, got, wanted))
        assert differences == []


def _insights() -> Any:
    return CustomerInsight.objects.select_related("customer").iterator()
