"""Guests in a file of past orders are found by the resolver, as guests of a checkout are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from guestman.contrib.identifiers.models import RecordLink
from guestman.models import ContactPoint, Customer
from guestman.services import contact_point, customer
from omniman.models import Order
from shopman.models import OutboxEvent, Tenant
from shopman.outbox import relay

pytestmark = pytest.mark.django_db(transaction=True)

MAPPING = """
source = "old"
channel = "old"
currency = "{currency}"
one_order = "reference"
[columns]
reference = ["ref"]
customer = ["code"]
sku = ["sku"]
name = ["sku"]
quantity = ["n"]
unit_price = ["price"]
time = ["at"]
buyer = ["who"]
email = ["mail"]
phone = ["phone"]
"""
ORDERS = """ref,code,sku,n,price,at,who,mail,phone
1,,TEA,1,2.00,2024-01-01T10:00:00,Ana Souza,Ana@Loja.com.br,
2,,TEA,1,2.00,2024-01-02T10:00:00,Bia Reis,,(11) 98765-4321
3,,TEA,2,2.00,2024-01-03T10:00:00,Bia,,+55 11 98765-4321
4,,TEA,1,2.00,2024-01-04T10:00:00,Nobody,noreply@loja.com.br,
5,,TEA,1,2.00,2024-01-05T10:00:00,,,
6,K7,TEA,1,2.00,2024-01-06T10:00:00,Caio Dias,caio@loja.com.br,
"""


@pytest.fixture
def files(in_tenant: Tenant, tmp_path: Path) -> tuple[str, str]:
    mapping, orders = tmp_path / "old.toml", tmp_path / "orders.csv"
    mapping.write_text(MAPPING.format(currency=in_tenant.default_currency))
    orders.write_text(ORDERS)
    return str(orders), str(mapping)


def imported(files: tuple[str, str], tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    call_command("omniman_import_orders", files[0], mapping=files[1], rejects=rejects)
    relay.relay()


def test_guests_of_an_import_are_linked_and_their_orders_stay_frozen(
    files: tuple[str, str], tmp_path: Path, settings: Any
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    ana = customer.create(first_name="Ana", email="ana@loja.com.br")
    contact_point.verify(contact_point=ana.contact_points.get(), method="email_link")
    proved = list(ContactPoint.objects.values())

    imported(files, tmp_path)

    orders = {order.external_ref: order for order in Order.objects.all()}
    links = dict(RecordLink.objects.values_list("source_id", "customer"))
    assert links.keys() == {str(orders[ref].pk) for ref in "123"}
    assert links[str(orders["1"].pk)] == ana.pk
    assert links[str(orders["2"].pk)] == links[str(orders["3"].pk)]
    assert set(RecordLink.objects.values_list("evidence", flat=True)) == {"U"}
    assert list(ContactPoint.objects.filter(customer=ana).values()) == proved
    assert {order.customer_uuid for ref, order in orders.items() if ref != "6"} == {None}
    assert orders["6"].customer_uuid == Customer.objects.get(code="K7").pk
    assert orders["1"].data["customer"]["email"] == "Ana@Loja.com.br"
    assert orders["1"].data["customer"]["contact_points"][0]["is_verified"] is False

    before = RecordLink.objects.count(), Customer.objects.count(), OutboxEvent.objects.count()
    imported(files, tmp_path)
    assert before == (
        RecordLink.objects.count(),
        Customer.objects.count(),
        OutboxEvent.objects.count(),
    )
