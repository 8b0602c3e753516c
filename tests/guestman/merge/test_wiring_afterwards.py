"""A merge, fifty edits and orders of all kinds, and the merge taken back."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum

from guestman.contrib.identifiers.services import consistency
from guestman.contrib.insights.service import InsightService
from guestman.contrib.merge.models import MergeMove
from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.contrib.merge.service.images import digest, image
from guestman.errors import ContactReleased, ContactTaken, ContactVerified
from guestman.models import Customer
from guestman.services import address, contact_point, customer, external_identity
from omniman.models import Order
from omniman.services import cart, order
from shopman import tenancy
from shopman.errors import Conflict
from shopman.models import Tenant
from tests.guestman.merge.conftest import TABLES
from tests.guestman.merge.ledger import LedgerEntry
from tests.journeys import shop

pytestmark = [pytest.mark.django_db, pytest.mark.suite]


def rich(number: int, rng: random.Random) -> Customer:
    """A record with contacts, accounts, addresses, points, orders and an open cart."""
    made = customer.create(
        first_name="Ana", phone=f"+55119{rng.randrange(10**7, 10**8):08}", locale="es"
    )
    contact_point.verify(contact_point=made.contact_points.get(), method="otp_sms")
    for each in range(3):
        contact_point.add(customer=made, kind="email", value=f"ana{number}.{each}@x.com")
        address.add(customer=made, street=f"Rua {number} {each}", city="Rio")
        LedgerEntry.objects.create(customer=made, points=rng.randrange(100))
    external_identity.link(customer=made, provider="google", subject=f"g-{number}")
    buy(made, f"first-{number}")
    cart.add_line(cart=cart.open_for_customer(customer_uuid=made.pk), sku="TEA", quantity=1)
    return Customer.objects.get(pk=made.pk)


def buy(owner: Customer, key: str) -> None:
    basket = cart.open_for_customer(customer_uuid=owner.pk)
    cart.add_line(cart=basket, sku="TEA", quantity=1)
    order.commit(cart=basket, idempotency_key=key)


def edits(owner: Customer, rng: random.Random) -> Callable[[int], Any]:
    """One of what may happen to a customer; what the services refuse is no edit."""

    def contact() -> Any:
        return rng.choice(list(owner.contact_points.live()))

    acts: list[Callable[[int], Any]] = [
        lambda n: customer.update(owner.code, notes=f"Note {n}"),
        lambda n: customer.update(owner.code, first_name=rng.choice(["Ana", "Anna", "Anita"])),
        lambda n: contact_point.add(customer=owner, kind="email", value=f"new{n}@x.com"),
        lambda n: contact_point.release(contact_point=contact()),
        lambda n: contact_point.make_primary(contact_point=contact()),
        lambda n: contact_point.remove(contact_point=contact()),
        lambda n: contact_point.share(contact_point=contact()),
        lambda n: contact_point.verify(contact_point=contact(), method="manual"),
        lambda n: address.update(address=rng.choice(list(owner.addresses.live())), street=f"R {n}"),
        lambda n: address.remove(address=rng.choice(list(owner.addresses.live()))),
        lambda n: address.add(customer=owner, street=f"Rua nova {n}", city="Rio"),
        lambda n: LedgerEntry.objects.create(customer=owner, points=n),
        lambda n: external_identity.unlink(
            external_identity=rng.choice(list(owner.external_identities.filter(is_active=True)))
        ),
        lambda n: buy(owner, f"later-{n}"),
    ]

    def one(number: int) -> None:
        try:
            rng.choice(acts)(number)
        except (ContactReleased, ContactTaken, ContactVerified, Conflict, IndexError):
            return

    return one


@pytest.mark.parametrize("seed", range(4))
def test_everything_of_the_duplicate_is_as_it_was(in_tenant: Tenant, seed: int) -> None:
    shop.open_shop(in_tenant)
    rng = random.Random(seed)
    survivor, duplicate = rich(1, rng), rich(2, rng)
    orders = {row.pk: row.data_digest for row in Order.objects.all()}
    frozen = {row.pk: digest(row) for row in Order.objects.all()}
    before = _stats(survivor), _stats(duplicate)
    merge = execute(preview=preview(survivor=survivor, duplicate=duplicate))
    moved = {
        (model, row.pk): row
        for model in TABLES
        for row in model.objects.filter(pk__in=MergeMove.objects.filter(merge=merge).values("row"))
    }
    hashes = {
        (move.model, move.row): move.before
        for move in MergeMove.objects.filter(merge=merge)
        if move.is_of_duplicate
    }
    assert len(moved) >= len(hashes)
    points = LedgerEntry.objects.aggregate(total=Sum("points"))["total"]
    both = _stats(survivor)
    assert both[0] == before[0][0] + before[1][0]
    assert both[1] == before[0][1] + before[1][1]
    one = edits(Customer.objects.get(pk=survivor.pk), rng)
    for number in range(50):
        one(number)
    earned = LedgerEntry.objects.aggregate(total=Sum("points"))["total"]
    assert earned >= points
    now = _stats(survivor)
    unmerge(merge=merge)
    after = _everything()
    wrong = {
        key: {
            name: (value, after[key].get(name))
            for name, value in image.items()
            if after[key].get(name) != value
        }
        for key, image in hashes.items()
        if after.get(key) != image
    }
    assert wrong == {}
    assert LedgerEntry.objects.aggregate(total=Sum("points"))["total"] == earned
    split = _stats(survivor), _stats(duplicate)
    assert split[1] == before[1]
    assert (split[0][0] + split[1][0], split[0][1] + split[1][1]) == now
    assert {row.pk: row.data_digest for row in Order.objects.filter(pk__in=orders)} == orders
    assert {row.pk: digest(row) for row in Order.objects.filter(pk__in=frozen)} == frozen
    assert consistency.check().is_consistent


def _stats(owner: Customer) -> tuple[int, int]:
    """Orders and net spend of a customer, with those merged into it, as insights read them."""
    insight = InsightService.recalculate(owner.code)
    return insight.order_count, insight.net_total_amount


def _everything() -> dict[tuple[str, Any], dict[str, Any]]:
    return {
        (model._meta.label_lower, row.pk): image(row)
        for model in TABLES
        for row in model.objects.all()
    }


def test_orders_imported_since_by_the_code_of_the_merged_record_leave_with_it(
    other_tenant: Tenant, tmp_path: Path
) -> None:
    with tenancy.use(other_tenant):
        _orders_by_code(other_tenant, tmp_path / "orders.csv")


def _orders_by_code(tenant: Tenant, file: Path) -> None:
    kept, double = customer.create(code="1001"), customer.create(code="1002")
    merge = execute(preview=preview(survivor=kept, duplicate=double))
    head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    rows = (f"{code},T,Tea,1,2026-03-02 10:00:00,5.00,{code},Brazil" for code in (1001, 1002))
    file.write_text("\n".join([head, *rows]), encoding="utf-8")
    options = ("--mapping", "online-retail", "--tenant", tenant.slug)
    call_command("omniman_import_orders", str(file), *options, stdout=io.StringIO())
    before = {row.pk: row.data_digest for row in Order.objects.all()}
    assert len(before) == _stats(kept)[0] == 2

    unmerge(merge=merge)

    assert (_stats(kept)[0], _stats(double)[0]) == (1, 1)
    assert {row.pk: row.data_digest for row in Order.objects.all()} == before
