"""Orders of guests from before anybody asked whose they are, and sources of one's own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from guestman.contrib.identifiers.models import RecordLink, ReviewItem
from guestman.contrib.identifiers.resolver import Claimant
from guestman.contrib.imports.services import backfill
from guestman.contrib.imports.services.backfill import Record, RecordSource
from guestman.models import ContactPoint, Customer
from guestman.services import customer
from offerman.services import product
from omniman.models import Order
from omniman.services import cart, channel, checkout, order
from shopman import tenancy
from shopman.keys import uuid7
from shopman.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_listens(settings: Settings) -> None:
    """The orders are from before the shop linked them as they came."""
    settings.SHOPMAN = {**settings.SHOPMAN, "OUTBOX_CONSUMERS": []}


def bought(number: int, **guest: str) -> Order:
    opened = cart.open_for_guest()
    cart.set_line(cart=opened.cart, sku="TEA", quantity=Decimal(1))
    given = {f"guest_{name}": value for name, value in guest.items()}
    checkout.describe(cart=opened.cart, **given)  # type: ignore[arg-type]
    placed: Order = order.commit(cart=opened.cart, idempotency_key=f"k{number}")
    return placed


@pytest.fixture
def orders(shop: Tenant) -> list[Order]:
    channel.ensure(code="web", name="Web")
    product.create(sku="TEA", name="Tea", base_price_amount=100, currency=shop.default_currency)
    return [
        bought(1, name="Ana Souza", email="ana@loja.com.br"),
        bought(2, name="Bia Reis", phone="11 98765-4321"),
        bought(3, name="Bia", phone="+55 11 98765-4321"),
        bought(4, name="Nobody", email="noreply@loja.com.br"),
    ]


def told(**options: Any) -> str:
    out = StringIO()
    call_command("backfill_identities", stdout=out, **options)
    return out.getvalue()


def frozen() -> str:
    facts = Order.objects.order_by("uuid").values_list("data", "data_digest", "customer_uuid")
    return hashlib.sha256(repr(list(facts)).encode()).hexdigest()


def test_orders_of_guests_get_their_customers(orders: list[Order]) -> None:
    ana = customer.create(first_name="Ana", email="ana@loja.com.br")
    before, contacts = frozen(), list(ContactPoint.objects.filter(customer=ana).values())

    said = told()

    assert "order: 4 records, 2 of existing customers, 1 of new ones, 0 linked before" in said
    assert frozen() == before
    assert list(ContactPoint.objects.filter(customer=ana).values()) == contacts
    links = dict(RecordLink.objects.values_list("source_id", "customer"))
    assert links[str(orders[0].pk)] == ana.pk
    assert links[str(orders[1].pk)] == links[str(orders[2].pk)]
    assert str(orders[3].pk) not in links
    assert set(RecordLink.objects.values_list("evidence", flat=True)) == {"U"}
    assert Customer.objects.count() == 2


def test_a_second_run_changes_nothing(orders: list[Order]) -> None:
    told()
    before = (Customer.objects.count(), RecordLink.objects.count(), ReviewItem.objects.count())
    assert "3 linked before, 1 name nobody" in told()
    assert before == (
        Customer.objects.count(),
        RecordLink.objects.count(),
        ReviewItem.objects.count(),
    )


def test_a_dry_run_says_the_same_and_writes_nothing(orders: list[Order]) -> None:
    said = told(dry_run=True)
    assert not RecordLink.objects.exists()
    assert not Customer.objects.exists()
    assert said.splitlines()[-1] == told().splitlines()[-1]


def test_another_shops_orders_are_left_alone(orders: list[Order], other_tenant: Tenant) -> None:
    told(tenant=other_tenant.slug)
    assert not RecordLink.objects.exists()
    with tenancy.use(other_tenant):
        assert not Customer.objects.exists()


@pytest.fixture
def leads() -> Iterator[list[Record]]:
    records = [
        Record(uuid=key, claimant=Claimant(email=f"l{n}@loja.com.br", record=("lead", str(key))))
        for n, key in enumerate(sorted(uuid7() for _ in range(5)))
    ]

    def read(after: UUID | None, limit: int) -> list[Record]:
        return [each for each in records if after is None or each.uuid > after][:limit]

    backfill.register(RecordSource(key="lead", read=read))
    yield records
    backfill.unregister("lead")


def test_a_source_of_ones_own_is_read_to_its_end(
    leads: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "BATCH", 2)
    assert "lead: 5 records, 0 of existing customers, 5 of new ones" in told(record="lead")


def test_a_record_that_cannot_be_decided_fails_alone(
    leads: list[Record], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = leads[2].claimant
    leads[2] = Record(uuid=leads[2].uuid, claimant=replace(bad, source="x" * 65))

    for dry_run in (True, False):
        said = told(record="lead", dry_run=dry_run)
        assert "lead: 5 records, 0 of existing customers, 4 of new ones" in said
        assert "invalid_text" in capsys.readouterr().err
    assert RecordLink.objects.count() == 4


def test_a_dry_run_foresees_what_the_records_before_would_do_and_only_reads(
    leads: list[Record],
) -> None:
    same = {"email": "l0@loja.com.br", "phone": "+5511987650001", "name": "Ana Souza"}
    others = [
        {**same, "email": "ana@loja.com.br"},
        {**same, "name": "Bruno Lima"},
        {"phone": "+551187650001", "name": "Ana Souza"},
        {"email": "ana@loja.com.br"},
    ]
    for number, facts in enumerate([same, *others]):
        record = leads[number]
        claimant = Claimant(record=record.claimant.record, **facts)  # type: ignore[arg-type]
        leads[number] = Record(uuid=record.uuid, claimant=claimant)

    with CaptureQueriesContext(connection) as queries:
        foreseen = told(record="lead", dry_run=True).splitlines()[-1]
    words = {each["sql"].split()[0] for each in queries}
    assert words <= {"SELECT"}
    assert foreseen == told(record="lead").splitlines()[-1]


def test_two_sources_of_one_name_are_refused(leads: list[Record]) -> None:
    with pytest.raises(ImproperlyConfigured):
        backfill.register(RecordSource(key="lead", read=lambda after, limit: []))


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(CommandError, match="no such source"):
        told(record="nothing")
