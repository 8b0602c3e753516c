"""``manage.py omniman_import_orders``, from small files."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries, Settings

from omniman.adapters.null import NullCustomerDirectory
from omniman.errors import ImportTakenOver
from omniman.models import Channel, ImportReject, ImportRun, Order, OrderEvent, OrderLine
from omniman.protocols.customer import CustomerRef
from omniman.rules import refs, snapshot
from omniman.services import order_import, order_import_rows
from shopman import tenancy
from shopman.canonical import digest
from shopman.models import OutboxEvent, Tenant

pytestmark = pytest.mark.django_db

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
FILE = (
    HEADER
    + """\
536365,85123A,HEART,6,2011-07-01 08:26:00,2.55,17850,France
536365,71053,LANTERN,6,2011-07-01 08:25:00,3.39,17850,France
536366,22633,"HAND ""WARMER"", RED",1,2011-07-01 08:28:00,1.85,,France
C536379,D,Discount,-1,2011-07-01 09:41:00,27.50,14527,France
536365,71053,LANTERN,6,2011-07-01 08:26:00,3.39,17850,France
536367,POST,FREE,2,2011-07-02 09:00:00,0.0,13047,France
536368,X,LOST,-10,2011-07-02 09:00:00,0.0,,France
536369,X,BROKEN,one,2011-07-02 09:00:00,1.0,13047,France
536369,Y,FINE,1,2011-07-02 09:00:00,1.005,13047,France
A563186,B,Adjust bad debt,1,2011-08-12 14:51:00,-11062.06,,France
A563187,B,Adjust bad debt,1,2011-08-12 14:52:00,11062.06,,France
"""
)


@pytest.fixture(autouse=True)
def shop(other_tenant: Tenant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A shop in London that keeps pounds, and an empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    with tenancy.use(other_tenant):
        yield other_tenant


def write(text: str = FILE, name: str = "orders.csv") -> str:
    path = Path(name)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return name


def import_file(file: str, *options: str, mapping: str = "online-retail") -> str:
    out = io.StringIO()
    call_command(
        "omniman_import_orders",
        file,
        "--tenant",
        "other",
        "--mapping",
        mapping,
        *options,
        stdout=out,
    )
    return out.getvalue()


def rejects(name: str = "orders.csv-rejects.csv") -> list[tuple[str, str]]:
    with Path(name).open(newline="") as file:
        head, *rows = csv.reader(file)
    assert head[:2] == ["line", "reason"]
    return [(row[0], row[1]) for row in rows]


def told(summary: str) -> dict[str, str]:
    """The summary's first word of each line and what follows."""
    return {line[:19].strip(): line[19:] for line in summary.splitlines()}


def orders() -> dict[str, tuple[str, int, str | None, int]]:
    return {
        order.external_ref or "": (
            order.kind,
            order.total_amount,
            order.customer_code,
            order.lines.count(),
        )
        for order in Order.objects.all()
    }


EXPECTED = {
    "536365": ("sale", 5598, "17850", 3),
    "536366": ("sale", 185, None, 1),
    "C536379": ("return", -2750, "14527", 1),
    "536367": ("sale", 0, "13047", 1),
    "536369": ("sale", 100, "13047", 1),
    "A563187": ("sale", 1106206, None, 1),
}


@pytest.mark.parametrize("name", ["orders.csv", "orders.csv.gz"])
def test_one_invoice_is_one_order_wherever_its_rows_stand(name: str) -> None:
    import_file(write(name=name))
    assert orders() == EXPECTED
    assert rejects(f"{name}-rejects.csv") == [
        ("8", "quantity_not_positive"),
        ("9", "quantity_unreadable"),
        ("11", "price_below_zero"),
    ]


def test_rejected_rows_are_kept_once_and_no_more_than_wanted(settings: Settings) -> None:
    settings.OMNIMAN = settings.OMNIMAN | {"IMPORT_REJECTS_KEPT": 2}
    spoilt = FILE + "536370,X,\udcff\x00,1,2011-07-02 09:00:00,1.0,,France\n"
    Path("orders.csv").write_bytes(spoilt.encode(errors="surrogateescape"))
    import_file("orders.csv")
    run = ImportRun.objects.get()
    assert run.reject_count == 4
    assert run.order_count == 6
    assert run.actor_label == "omniman_import_orders"
    kept = list(ImportReject.objects.order_by("line").values_list("line", "reason", "content"))
    assert [each[:2] for each in kept] == [(8, "quantity_not_positive"), (9, "quantity_unreadable")]
    assert kept[1][2][2:4] == ["BROKEN", "one"]
    # Going on after a kill tells of the same rows again.
    settings.OMNIMAN = settings.OMNIMAN | {"IMPORT_REJECTS_KEPT": 10}
    ImportRun.objects.update(status="running")
    import_file("orders.csv")
    assert ImportReject.objects.count() == 4
    assert ImportReject.objects.get(line=13).content[2] == "\\udcff\\x00"


def test_the_summary_is_what_changed_in_the_database() -> None:
    summary = told(import_file(write()))
    assert summary["rows read"] == "11"
    assert summary["rows rejected"].startswith("3 ")
    assert summary["sales"] == "5, 11120.89 GBP"
    assert summary["returns"] == "1, -27.50 GBP"
    assert summary["net"] == "11093.39 GBP"
    assert summary["lines"] == str(OrderLine.objects.count()) == "8"
    assert summary["of guests"] == "2 orders"
    counts = ImportRun.objects.get().counts
    assert counts["sale_count"] + counts["return_count"] == Order.objects.count()
    assert counts["sales_amount"] == sum(
        Order.objects.filter(kind="sale").values_list("total_amount", flat=True)
    )


def test_an_order_is_frozen_like_any_other() -> None:
    import_file(write())
    order = Order.objects.get(external_ref="536365")
    assert order.placed_at == dt.datetime(2011, 7, 1, 7, 25, tzinfo=dt.UTC)
    assert (order.status, order.source, order.currency) == ("completed", "online-retail", "GBP")
    assert order.channel == Channel.objects.get(code="online-retail")
    assert refs.is_valid(order.ref)
    assert order.data_digest == digest(order.data)
    assert order.data["customer"] == snapshot.guest() | {
        "uuid": str(order.customer_uuid),
        "code": "17850",
    }
    like = snapshot.build(
        customer=snapshot.guest(),
        lines=[],
        currency="GBP",
        channel_code="online-retail",
        channel_name="Online Retail",
        placed_at=order.placed_at,
    )
    assert order.data.keys() == like.keys()
    assert order.data["placed_at"] == like["placed_at"]
    assert order.data["totals"].keys() == like["totals"].keys()
    assert order.data["channel"] == like["channel"]
    lines = list(order.lines.order_by("position"))
    assert [line.total_amount for line in lines] == [1530, 2034, 2034]
    for line, frozen in zip(lines, order.data["lines"], strict=True):
        assert frozen == {
            "position": line.position,
            "sku": line.sku,
            "name": line.name,
            "quantity": "6",
            "unit_price_amount": line.unit_price_amount,
            "discount_amount": line.discount_amount,
            "total_amount": line.total_amount,
            "price_list_code": None,
            "rule": line.rule,
            "explain": {},
        }
    guest = Order.objects.get(external_ref="536366")
    assert guest.data["customer"] == snapshot.guest()
    assert (guest.customer_uuid, guest.lines.get().name) == (None, 'HAND "WARMER", RED')


def test_every_digest_is_of_its_data() -> None:
    text = FILE + "9,S,\"ÉTÉ \t 'ß' \\ / \U0001f600 \x7f\",1,2011-01-01 00:00:00,1,é1,\n"
    import_file(write(text))
    found = list(Order.objects.all())
    assert len(found) == 7
    assert all(order.data_digest == digest(order.data) for order in found)


def test_each_order_has_its_event_and_each_batch_its_fact() -> None:
    import_file(write(), "--batch-size", "2")
    run = ImportRun.objects.get()
    assert OrderEvent.objects.filter(kind="imported", actor_kind="command").count() == 6
    facts = OutboxEvent.objects.filter(name="omniman.orders_imported").order_by("uuid")
    assert {fact.subject for fact in facts} == {f"import:{run.uuid}"}
    named = [customer for fact in facts for customer in fact.payload["customer_uuids"]]
    assert set(named) == {
        str(order.customer_uuid) for order in Order.objects.exclude(customer_uuid=None)
    }
    assert facts.count() == 3


def test_a_second_run_changes_nothing() -> None:
    import_file(write())
    before = list(Order.objects.order_by("uuid").values())
    events, facts = OrderEvent.objects.count(), OutboxEvent.objects.count()
    summary = told(import_file("orders.csv"))
    assert summary["sales"] == "0, 0.00 GBP"
    assert summary["there already"] == "6 orders, left as they are"
    assert list(Order.objects.order_by("uuid").values()) == before
    assert (OrderEvent.objects.count(), OutboxEvent.objects.count()) == (events, facts)
    assert OrderLine.objects.count() == 8


def test_a_longer_file_adds_what_is_new_and_tells_what_differs() -> None:
    import_file(write())
    more = (
        "536366,22632,WARMER,1,2011-07-01 08:28:00,1.00,,France\n"
        "600000,22632,WARMER,1,2011-12-01 08:28:00,1.00,17850,France\n"
    )
    summary = told(import_file(write(FILE + more)))
    assert summary["sales"] == "1, 1.00 GBP"
    assert summary["there already"] == "6 orders, left as they are"
    assert orders() == EXPECTED | {"600000": ("sale", 100, "17850", 1)}
    assert rejects()[-1] == ("4", "exists_with_another_total")


def test_a_dry_run_writes_nothing_and_says_the_same() -> None:
    dry = told(import_file(write(), "--dry-run"))
    assert not Order.objects.exists()
    assert not ImportRun.objects.exists()
    assert not Channel.objects.exists()
    assert not OutboxEvent.objects.exists()
    assert len(rejects()) == 3
    real = told(import_file("orders.csv"))
    del dry["Nothing was written"], real["Imported."]
    assert dry == real


class Failing(NullCustomerDirectory):
    """Answers twice, then is not there any more."""

    answers = 0

    def ensure_many(self, refs: Sequence[CustomerRef]) -> Mapping[str, UUID]:
        Failing.answers += 1
        if Failing.answers > 2:
            raise ConnectionError
        return super().ensure_many(refs)


def test_an_interrupted_run_goes_on_where_it_ended(settings: Settings) -> None:
    file = write()
    Failing.answers = 0
    settings.OMNIMAN = {"CUSTOMER_DIRECTORY": f"{__name__}.Failing"}
    with pytest.raises(ConnectionError):
        import_file(file, "--batch-size", "1")
    run = ImportRun.objects.get()
    # A guest needs no directory: the first, the guest's, the second; the third failed.
    assert (run.status, run.position, Order.objects.count()) == ("running", 3, 3)

    settings.OMNIMAN = {}
    summary = import_file(file)
    assert "Went on after 3 orders" in summary
    assert orders() == EXPECTED
    assert told(summary)["sales"] == "5, 11120.89 GBP"
    run.refresh_from_db()
    assert (run.status, run.position, ImportRun.objects.count()) == ("finished", 6, 1)
    assert len(rejects()) == 3


def test_another_run_of_the_same_import_stops_this_one() -> None:
    mapping = order_import.mapping("online-retail")
    write()

    def watch(orders: Any, total: int) -> Any:
        for count, order in enumerate(orders):
            if count == 2:
                ImportRun.objects.update(position=5)
            yield order

    with pytest.raises(ImportTakenOver):
        order_import.run(
            path=Path("orders.csv"),
            mapping=mapping,
            mapping_name="online-retail",
            reject=lambda *_: None,
            watch_rows=lambda rows: rows,
            watch_orders=watch,
            batch_orders=1,
        )
    assert Order.objects.count() == 2


def test_a_reference_that_is_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([7, 7, 1, 2, 3, 4, 5, 6])
    monkeypatch.setattr(order_import_rows.secrets, "randbelow", lambda _: next(drawn))
    import_file(write(HEADER + "1,A,A,1,2011-01-01,1,,\n2,A,A,1,2011-01-01,1,,\n"))
    assert {order.ref for order in Order.objects.all()} == {refs.make(1), refs.make(2)}


def test_a_conflict_that_stays_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_import_rows.secrets, "randbelow", lambda _: 7)
    with pytest.raises(IntegrityError):
        import_file(write())
    assert not Order.objects.exists()


def test_another_currency_is_refused_unless_allowed(tenant: Tenant) -> None:
    with tenancy.use(tenant):
        with pytest.raises(CommandError, match="GBP"):
            call_command("omniman_import_orders", write(), "--mapping", "online-retail")
        assert not Order.objects.exists()
        call_command(
            "omniman_import_orders",
            "orders.csv",
            "--mapping",
            "online-retail",
            "--allow-foreign-currency",
            stdout=io.StringIO(),
        )
        assert Order.objects.filter(currency="GBP").count() == 6
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("file", "mapping", "message"),
    [
        ("none.csv", "online-retail", "cannot be read"),
        ("orders.csv", "no-such", "Known: cdnow, online-retail"),
        ("orders.csv", "bad.toml", "bad.toml"),
        ("other.csv", "online-retail", "no column"),
        ("empty.csv", "online-retail", "no column"),
        ("broken.csv.gz", "online-retail", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said(file: str, mapping: str, message: str) -> None:
    write()
    write("a,b\n", "other.csv")
    write("", "empty.csv")
    Path("broken.csv.gz").write_bytes(gzip.compress(FILE.encode() * 50)[:200])
    Path("bad.toml").write_text("source = ")
    with pytest.raises(CommandError, match=message):
        import_file(file, mapping=mapping)
    assert not Order.objects.exists()


def test_one_broken_line_does_not_spoil_the_others() -> None:
    text = HEADER.encode() + (
        b"1,A,caf\xe9,1,2011-01-01,1,,\n2,A,ok,1,2011-01-01,1,,\n3,A\n\n4,A,ok,1,2011-01-01,1,,\n"
    )
    Path("orders.csv").write_bytes(text)
    import_file("orders.csv")
    assert set(orders()) == {"2", "4"}
    assert rejects() == [("2", "not_the_encoding"), ("4", "column_count")]


def test_a_mapping_of_ones_own() -> None:
    Path("mine.toml").write_text(
        """
source = "old-till"
channel = "till"
currency = "GBP"
one_order = "reference"
delimiter = ";"
encoding = "cp1252"
time_formats = ["%d/%m/%Y %H:%M"]
[columns]
reference = "Receipt"
quantity = "Qty"
total = "Paid"
time = "When"
sku = "Item"
"""
    )
    Path("till.csv").write_bytes(
        "Receipt;Item;Qty;Paid;When\n7;café;3;10.00;31/12/2011 18:30\n".encode("cp1252")
    )
    import_file("till.csv", mapping="mine.toml")
    order = Order.objects.get()
    assert (order.source, order.channel.code, order.total_amount) == ("old-till", "till", 1000)
    assert (order.lines.get().sku, order.lines.get().unit_price_amount) == ("café", 333)


def test_a_file_costs_a_constant_number_of_queries_a_batch(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = "".join(
        f"{number},A,A,1,2011-01-01,1,{number % 40},\n" for number in range(500) for _ in range(3)
    )
    write(HEADER + rows)
    # However many rows: the tenant, the run, its rejects, the channel, one batch, the end.
    with django_assert_max_num_queries(29):
        import_file("orders.csv")
    assert OrderLine.objects.count() == 1500


CDNOW_CSV = """\
master_id,customer_id,date,cds,amount
4,1,1997-01-01,2,29.33
4,1,1997-01-01,1,0
21,2,1997-01-01,3,63.34
4,1,1997-01-01,1,14.96
"""
CDNOW_TXT = """\
 00004 0001 19970101  2   29.33
 00004 0001 19970101  1    0.00
 00021 0002 19970101  3   63.34
 00004 0001 19970101  1   14.96
"""


@pytest.mark.parametrize(("text", "name"), [(CDNOW_CSV, "c.csv"), (CDNOW_TXT, "c.txt.gz")])
def test_cdnow_by_header_and_by_position_is_the_same(text: str, name: str) -> None:
    import_file(write(text, name), "--allow-foreign-currency", mapping="cdnow")
    noon = dt.datetime(1997, 1, 1, 12, tzinfo=dt.UTC)
    assert set(
        Order.objects.values_list("external_ref", "customer_code", "total_amount", "placed_at")
    ) == {
        ("1-1997-01-01-1", "1", 2933, noon),
        ("1-1997-01-01-2", "1", 0, noon),
        ("1-1997-01-01-3", "1", 1496, noon),
        ("2-1997-01-01-1", "2", 6334, noon),
    }
    assert set(Order.objects.values_list("currency", flat=True)) == {"USD"}


@pytest.mark.parametrize("size", ["0", "-1"])
def test_a_batch_of_nothing_is_refused(size: str) -> None:
    with pytest.raises(CommandError, match="at least 1"):
        import_file(write(), "--batch-size", size)
    assert not Order.objects.exists()
    assert not Path("orders.csv-rejects.csv").exists()


def test_without_rejects_there_is_no_file_of_them() -> None:
    with pytest.raises(CommandError):
        import_file("nowhere.csv")
    assert not Path("nowhere.csv-rejects.csv").exists()
    head, row, *_ = FILE.splitlines(keepends=True)
    file = write(head + row)
    Path("orders.csv-rejects.csv").write_text("of an earlier run")
    assert told(import_file(file))["rows rejected"] == "0"
    assert not Path("orders.csv-rejects.csv").exists()
