"""Matching as a set says what looking up key by key says. PostgreSQL only."""

from __future__ import annotations

import random

import pytest

from guestman.contrib.identifiers.rules.claims import Claim
from guestman.contrib.identifiers.services import hits
from guestman.contrib.imports.models import ImportRow
from guestman.contrib.imports.services import runs
from guestman.models import Customer
from guestman.services import customer
from shopman import tenancy
from shopman.models import Tenant
from tests.guestman.imports.files import Write, source

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def known() -> None:
    """Customers with numbers in both spellings, and mailboxes in two."""
    for n in range(12):
        customer.create(
            first_name="Ana",
            phone=f"+54{'9' if n % 2 else ''}11234567{n:02}",
            email=f"a.na{n}+x@gmail.com",
        )


def claims() -> list[Claim]:
    found = []
    for n in range(24):
        for family, key in (
            ("phone", f"+54911234567{n:02}"),
            ("phone", f"+5411234567{n:02}"),
            ("email", f"ana{n}@gmail.com"),
            ("email", f"a.na{n}+x@gmail.com"),
            ("document", f"BR:{n}"),
        ):
            found.append(Claim(family=family, key=key, evidence="U"))
    return found


def test_hits_of_a_set_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    known()
    one_by_one = hits.find(claims())
    monkeypatch.setattr(hits, "SET_FROM", 1)
    for _ in range(2):
        as_a_set = hits.find(claims())
        assert sorted(map(repr, as_a_set)) == sorted(map(repr, one_by_one))
    assert len(as_a_set) > 24


def test_another_shops_customers_are_not_found(
    monkeypatch: pytest.MonkeyPatch, other_tenant: Tenant
) -> None:
    known()
    monkeypatch.setattr(hits, "SET_FROM", 1)
    with tenancy.use(other_tenant):
        assert hits.find(claims()) == []


def contacts() -> list[tuple[str, list[str]]]:
    """Everybody's name and numbers; which one comes first is for the order of the rows to say."""
    found = Customer.objects.prefetch_related("contact_points")
    return sorted(
        (each.name, sorted(contact.match_key for contact in each.contact_points.all()))
        for each in found
    )


def test_a_shuffled_file_comes_out_the_same_both_ways(
    write: Write, monkeypatch: pytest.MonkeyPatch, other_tenant: Tenant, tenant: Tenant
) -> None:
    chance = random.Random(7)
    names = ["Ana Souza", "Ana", "Bruno Lima", "Caio Melo"]
    lines = [
        f"{chance.choice(names)},+55 11 98765-{chance.randrange(4000, 4030)},"
        f"p{chance.randrange(40)}@loja.com.br"
        for _ in range(120)
    ]

    def outcome(way: int) -> tuple[list[tuple[str, list[str]]], list[tuple[str, int]]]:
        monkeypatch.setattr(hits, "SET_FROM", way)
        for n in range(5):
            customer.create(first_name="Ana", last_name="Souza", phone=f"+55 11 98765-40{n:02}")
        done = runs.run(source(write("name,phone,email", *lines)), batch_customers=30)
        rows = ImportRow.objects.filter(run=done.run).values_list("outcome", flat=True)
        return contacts(), sorted((each, list(rows).count(each)) for each in set(rows))

    one_by_one = outcome(10**9)
    chance.shuffle(lines)
    with tenancy.use(other_tenant):
        as_a_set = outcome(1)
        assert Customer.objects.exists()
    assert as_a_set == one_by_one


def test_a_batch_may_claim_more_than_a_row_has_columns(write: Write) -> None:
    lines = (f"Pessoa{n},+55 11 9876{n:05},p{n}@loja.com.br" for n in range(700))
    done = runs.run(source(write("name,phone,email", *lines)), batch_customers=700)
    assert done.counts.created == Customer.objects.count() == 700
