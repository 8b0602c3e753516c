"""Rows written by COPY are the rows Django writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from guestman.models import Customer, CustomerGroup
from shopman import bulk, tenancy
from shopman.models import OutboxEvent, Tenant
from tests.guestman.factories import CustomerGroupFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

ODD = "tab\t, line\n, back\\slash, \\N, quote \" ', é, 🙂"


def customers(count: int, group: CustomerGroup) -> list[Customer]:
    return [
        Customer(
            code=f"C{n}",
            first_name=ODD,
            group=group,
            customer_type=Customer.Type.COMPANY,
            birth_date=dt.date(1990, 5, 1) if n % 2 else None,
            metadata={"a": [1, None, ODD], "b": {"c": n}},
        )
        for n in range(count)
    ]


def stored(write: Callable[[list[Customer]], Any], group: CustomerGroup) -> list[dict[str, Any]]:
    rows = customers(bulk.FEW + 5, group)
    write(rows)
    found = list(Customer.objects.order_by("code").values())
    assert [row.pk for row in sorted(rows, key=lambda each: each.code)] == [
        each["uuid"] for each in found
    ]
    Customer.objects.all().delete()
    clock = ("uuid", "created_at", "updated_at")
    return [{name: each[name] for name in each if name not in clock} for each in found]


def test_both_ways_write_the_same() -> None:
    group = CustomerGroupFactory()
    assert stored(bulk.insert, group) == stored(Customer.objects.bulk_create, group)


def test_rows_are_stored_for_good_and_can_be_saved_again() -> None:
    rows = customers(bulk.FEW, CustomerGroupFactory())
    bulk.insert(rows)
    rows[0].first_name = "Ana"
    rows[0].save(update_fields=["first_name"])
    assert Customer.objects.get(pk=rows[0].pk).first_name == "Ana"
    assert not rows[0]._state.adding


def test_constraints_hold() -> None:
    rows = customers(bulk.FEW, CustomerGroupFactory())
    rows[-1].code = rows[0].code
    with pytest.raises(IntegrityError):
        bulk.insert(rows)


def test_another_tenants_reference_is_refused(other_tenant: Tenant) -> None:
    with tenancy.use(other_tenant):
        foreign = CustomerGroupFactory()
    with pytest.raises(tenancy.ForeignReference):
        bulk.insert(customers(bulk.FEW, foreign))
    assert not Customer.objects.exists()


def test_no_rows_are_no_work() -> None:
    bulk.insert([])
    assert not OutboxEvent.objects.exists()
