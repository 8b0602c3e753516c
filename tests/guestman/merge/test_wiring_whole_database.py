"""Whole worlds of customers, merged and taken back: not a byte of any table is otherwise.

``MERGE_WORLDS=100`` in the environment tries more worlds than the gate does.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Sum

from guestman.adapters.doorman import GuestmanCustomerResolver
from guestman.contrib.duplicates.errors import DifferentPeople
from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.services import decisions
from guestman.contrib.identifiers.models import CustomerIdentifier
from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.identifiers.service import IdentifierService
from guestman.contrib.identifiers.services import consistency
from guestman.contrib.merge import errors
from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.contrib.privacy.service import erase
from guestman.errors import CustomerErased
from guestman.models import ContactPoint, Customer
from guestman.services import address, contact_point, customer, external_identity, suspicion
from omniman.models import Order
from omniman.services import cart, order
from shopman.errors import Failure
from shopman.models import Tenant
from tests.guestman.merge.ledger import LedgerEntry
from tests.journeys import shop
from tests.whole import counts, dump, otherwise

pytestmark = [pytest.mark.django_db, pytest.mark.suite]

WORLDS = range(int(os.environ.get("MERGE_WORLDS", "2")))
PEOPLE = 6
EMAILS = [f"ana{number}@loja.com.br" for number in range(4)]
PHONES = [f"+55119876543{number}{number}" for number in range(4)]


def sha256(row: Order) -> str:
    """Of what an order froze."""
    return hashlib.sha256(json.dumps(row.data, sort_keys=True).encode()).hexdigest()


class World:
    """People of one name who share contacts, order and collect points."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.people = [self._person(number) for number in range(PEOPLE)]
        for _ in range(12):
            self._claim()
        self.merges: list[Merge] = []

    def _person(self, number: int) -> UUID:
        rng = self.rng
        made = customer.create(
            first_name=rng.choice(["Ana", "Ana Maria"]),
            last_name=rng.choice(["", "Souza"]),
            locale=rng.choice(["", "es"]),
            notes=rng.choice(["", f"Note {number}"]),
        )
        for kind, values in (("email", EMAILS), ("phone", PHONES)):
            for value in rng.sample(values, rng.randint(0, 2)):
                self._try(lambda k=kind, v=value: self._contact(made, k, v))
        for street in rng.sample(["Rua A", "Rua B", "Rua C"], rng.randint(0, 2)):
            address.add(customer=made, street=street, city="Rio")
        if rng.random() < 0.5:
            external_identity.link(customer=made, provider="google", subject=f"g-{number}")
            IdentifierService.add(customer=made, kind="loyalty_card", value=f"{number}")
        for _ in range(rng.randint(0, 3)):
            LedgerEntry.objects.create(customer=made, points=rng.randint(-5, 5))
        if rng.random() < 0.5:
            basket = cart.open_for_customer(customer_uuid=made.pk)
            cart.add_line(cart=basket, sku="TEA", quantity=1)
            if rng.random() < 0.7:
                order.commit(cart=basket, idempotency_key=f"order-{number}")
        return made.pk

    def _contact(self, owner: Customer, kind: str, value: str) -> None:
        contact = contact_point.add(customer=owner, kind=kind, value=value)
        if self.rng.random() < 0.5:
            method = "otp_sms" if kind == "phone" else "email_link"
            contact_point.verify(contact_point=contact, method=method)

    def _claim(self) -> None:
        """Somebody types what may be of two of them: links, claims and matters for staff."""
        rng = self.rng
        self._try(
            lambda: IdentityResolver().resolve_identity(
                email=rng.choice([*EMAILS, f"new{rng.randint(0, 3)}@loja.com.br", None]),
                phone=rng.choice([*PHONES, None]),
                name="Ana",
                evidence=rng.choice(["U", "A"]),  # type: ignore[arg-type]
                record=("booking", str(rng.randint(0, 20))),
                source="bookings",
            )
        )

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Failure:
            return

    @property
    def alive(self) -> list[Customer]:
        """Those who stand for themselves."""
        rows = Customer.objects.filter(merged_into=None, erased_at=None, is_active=True)
        return list(rows.order_by("pk"))

    def merge_some(self) -> None:
        """A merge of any two, where nothing forbids it."""
        survivor, duplicate = self.rng.sample(self.alive, 2)
        try:
            found = preview(survivor=survivor, duplicate=duplicate)
        except (DifferentPeople, errors.DifferentTypes):
            return
        rows, points = counts(), _points()
        self.merges.append(execute(preview=found.digest))
        assert counts() == rows, "a table lost or won rows by a merge"
        assert _points() == points
        self.look()

    def take_one_back(self) -> None:
        """Any of the merges that stand, in no order."""
        points = _points()
        merge = self.merges.pop(self.rng.randrange(len(self.merges)))
        unmerge(merge=merge)
        assert _points() == points
        self.look()

    def look(self) -> None:
        """What holds at any time."""
        heads = Customer.objects.filter(merged_into__isnull=False).values_list(
            "merged_into__merged_into", "merged_into__is_active"
        )
        assert set(heads) <= {(None, True)}, "a pointer ends at nobody"
        families: dict[UUID, set[UUID]] = {}
        for key, head in Customer.objects.values_list("pk", "merged_into"):
            families.setdefault(head or key, set()).add(key)
        protected = DuplicatePair.objects.filter(state="different").values_list("low", "high")
        for low, high in protected:
            assert not any({low, high} <= family for family in families.values())
        assert consistency.check().is_consistent


def _points() -> Any:
    return LedgerEntry.objects.aggregate(total=Sum("points"))["total"]


@pytest.mark.parametrize("seed", WORLDS)
def test_merging_and_taking_back_is_the_identity_of_the_whole_database(
    in_tenant: Tenant, seed: int
) -> None:
    shop.open_shop(in_tenant)
    world = World(seed)
    before = dump()
    orders = {row.pk: sha256(row) for row in Order.objects.all()}
    for _ in range(12):
        if world.merges and world.rng.random() < 0.35:
            world.take_one_back()
        elif len(world.alive) > 1:
            world.merge_some()
    assert Merge.objects.exists()
    assert {row.pk: sha256(row) for row in Order.objects.all()} == orders
    while world.merges:
        world.take_one_back()

    assert otherwise(before, dump()) == {}


@pytest.mark.parametrize("seed", WORLDS)
def test_protected_pairs_are_never_one(in_tenant: Tenant, seed: int) -> None:
    shop.open_shop(in_tenant)
    world = World(seed)
    pairs = list(combinations(world.people, 2))
    for one, other in world.rng.sample(pairs, 4):
        suspicion.suggest(one, other, reason="claimed_together", evidence={})
        low, high = sorted((one, other))
        pair = DuplicatePair.objects.get(low=low, high=high)
        decisions.different(pair.pk, reason="not the same")
    for _ in range(4 * PEOPLE):
        if len(world.alive) > 1:
            world.merge_some()
    # Nobody is left who may be merged, and still some are two.
    for one, other in combinations(world.alive, 2):
        with pytest.raises(DifferentPeople):
            preview(survivor=one, duplicate=other)
    assert len(world.alive) > 1


@pytest.mark.parametrize("seed", WORLDS)
def test_the_order_of_merges_does_not_matter_for_whose_identifiers_are(
    in_tenant: Tenant, seed: int
) -> None:
    shop.open_shop(in_tenant)
    world = World(seed)
    a, b, c = world.rng.sample(world.people, 3)
    first = [_merge(a, b), _merge(a, c)]
    one = _owned(a)
    for merge in reversed(first):
        unmerge(merge=merge)
    DuplicatePair.objects.filter(state="different").update(state="open", decided_at=None)
    _merge(b, c)
    _merge(a, b)

    assert _owned(a) == one


def _merge(survivor: UUID, duplicate: UUID) -> Merge:
    rows = Customer.objects.in_bulk([survivor, duplicate])
    return execute(preview=preview(survivor=rows[survivor], duplicate=rows[duplicate]))


def _owned(customer_uuid: UUID) -> dict[str, Any]:
    """What a customer is found by, how well that is proved, and his points."""
    identifiers = CustomerIdentifier.objects.filter(is_pending=False, customer=customer_uuid)
    contacts = ContactPoint.objects.live().filter(customer=customer_uuid)
    return {
        "identifiers": set(identifiers.values_list("family", "match_key", "strength")),
        "contacts": set(contacts.values_list("family", "match_key", "evidence")),
        "points": sorted(
            LedgerEntry.objects.filter(customer=customer_uuid).values_list("points", flat=True)
        ),
    }


def test_nobody_is_merged_with_or_found_as_somebody_who_was_erased(in_tenant: Tenant) -> None:
    shop.open_shop(in_tenant)
    ana = customer.create(first_name="Ana", phone=PHONES[0])
    contact_point.verify(contact_point=ana.contact_points.get(), method="otp_sms")
    double = customer.create(first_name="Ana")
    standing = _merge(double.pk, customer.create(first_name="Ana").pk)
    erase(customer=ana, reason="asked for")
    rows = Customer.objects.in_bulk([ana.pk, double.pk])
    for pair in (rows[ana.pk], rows[double.pk]), (rows[double.pk], rows[ana.pk]):
        with pytest.raises(CustomerErased):
            preview(survivor=pair[0], duplicate=pair[1])

    found = GuestmanCustomerResolver().create_for_phone(PHONES[0])

    assert found.uuid != ana.pk
    assert customer.get_by_phone(PHONES[0]) == Customer.objects.get(pk=found.uuid)
    unmerge(merge=standing)
    assert Customer.objects.get(pk=ana.pk).name == ""
