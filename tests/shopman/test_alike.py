"""Thousands of rows that differ in a few columns, on both engines."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from guestman.models import Customer
from shopman import alike, clock, tenancy
from shopman.keys import uuid7, uuid7_hex
from shopman.models import OutboxEvent, Tenant
from shopman.text import fold
from tests.guestman.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(in_tenant: Tenant) -> Tenant:
    return in_tenant


def events(*names: str) -> list[tuple[str, str, str]]:
    return [(name, "customer:1", alike.text_of({"n": n})) for n, name in enumerate(names)]


COLUMNS = ("name", "subject", "payload")
#: What text formats of databases have to be careful with.
AWKWARD = "tab\t line\nback\\slash \\N 'quote' % ünï"


def test_rows_are_as_the_model_makes_them(tenant: Tenant) -> None:
    now = clock.now()
    alike.insert(OutboxEvent, COLUMNS, events("a", AWKWARD), same={"occurred_at": now})
    rows = list(OutboxEvent.objects.order_by("uuid"))
    assert [row.name for row in rows] == ["a", AWKWARD]
    assert [row.payload for row in rows] == [{"n": 0}, {"n": 1}]
    for row in rows:
        assert (row.tenant_id, row.occurred_at, row.attempts) == (tenant.pk, now, 0)
        assert row.delivered_at is None
        assert row.uuid.version == 7


def test_rows_belong_to_the_tenant_in_use(other_tenant: Tenant) -> None:
    with tenancy.use(other_tenant):
        alike.insert(OutboxEvent, COLUMNS, events("theirs"), same={})
    assert not OutboxEvent.objects.exists()


def test_constraints_hold() -> None:
    known = CustomerFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        alike.insert(Customer, ("code",), [(known.code,)], same={})


def test_rows_are_changed_together_and_no_others(other_tenant: Tenant) -> None:
    rows = CustomerFactory.create_batch(3)
    with tenancy.use(other_tenant):
        theirs = CustomerFactory(notes="theirs")
    at = clock.now()
    changed = [
        (rows[0].pk.hex, AWKWARD, alike.plain(dt.date(1990, 5, 1)), 2),
        (rows[1].pk.hex, "b", None, 7),
        (theirs.pk.hex, "mine", None, 9),
    ]
    alike.update(Customer, ("notes", "birth_date", "version"), changed, same={"updated_at": at})
    found = {
        row.pk: (row.notes, row.birth_date, row.version, row.updated_at == at)
        for row in Customer.objects.all()
    }
    assert found[rows[0].pk] == (AWKWARD, dt.date(1990, 5, 1), 2, True)
    assert found[rows[1].pk] == ("b", None, 7, True)
    assert found[rows[2].pk][2:] == (1, False)
    assert Customer.all_tenants.get(pk=theirs.pk).notes == "theirs"


def test_nothing_is_nothing() -> None:
    alike.insert(OutboxEvent, COLUMNS, [], same={})
    alike.update(Customer, ("notes",), [], same={})
    assert not OutboxEvent.objects.exists()


def test_keys_of_both_kinds_go_up_together() -> None:
    drawn = [uuid7().hex if n % 2 else uuid7_hex() for n in range(1000)]
    assert len(set(drawn)) == 1000
    assert all(digits[12] == "7" for digits in drawn)


@pytest.mark.parametrize("code", range(128))
def test_plain_letters_fold_as_all_others_do(code: int) -> None:
    text = f"A {chr(code)}b"
    # With a letter beyond ASCII the libraries are asked.
    assert fold(f"{text} é") == f"{fold(text)} e".strip()
