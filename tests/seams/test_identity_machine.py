"""Any sequence of claims, proofs, merges and decisions: what must hold whatever happens.

``IDENTITY_MACHINES=500`` tries more sequences than the gate does.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from guestman.adapters.doorman import GuestmanCustomerResolver
from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.services import decisions
from guestman.contrib.identifiers.errors import NothingToResolve
from guestman.contrib.identifiers.models import CustomerIdentifier
from guestman.contrib.identifiers.resolver import Account, Claimant, IdentityResolver, Resolution
from guestman.contrib.identifiers.services import consistency
from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service import execute, preview, suggest, unmerge
from guestman.models import ContactPoint, Customer
from guestman.services import contact_point, customer, lookup, suspicion
from shopman import tenancy
from shopman.errors import Failure
from shopman.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant"), pytest.mark.suite]

KEYS = {
    "phone": ("+5511987654321", "+5521976543210", "+5531965432109"),
    "email": ("ana@loja.com.br", "bia@correio.com.br", "kim@posta.com.br"),
}
PEOPLE = ("", "Ana Souza", "Aninha Souza", "Roberto Dias", "Kim Oh")
JUNK = ("000000000", "none@none", "n/a", "11999999999")
TRIED = settings(
    max_examples=int(os.environ.get("IDENTITY_MACHINES", "3")),
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

phones = st.none() | st.sampled_from(KEYS["phone"])
emails = st.none() | st.sampled_from(KEYS["email"])
people = st.sampled_from(PEOPLE)
door = GuestmanCustomerResolver()
resolver = IdentityResolver()


class OnDatabase(RuleBasedStateMachine):
    """Everything of one sequence is taken back at its end."""

    def __init__(self) -> None:
        super().__init__()
        self._all = contextlib.ExitStack()
        self._all.enter_context(transaction.atomic())

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._all.close()


def reached() -> dict[str, UUID]:
    """Whom each contact opens the door for."""
    found = {key: door.get_by_phone(key) for key in KEYS["phone"]}
    found |= {key: door.get_by_email(key) for key in KEYS["email"]}
    return {key: each.uuid for key, each in found.items() if each}


def proved() -> dict[str, UUID]:
    """Who proved to have which contact."""
    return dict(ContactPoint.objects.owning().values_list("match_key", "customer"))


def head(key: UUID) -> UUID:
    return lookup.survivor(Customer.objects.get(pk=key)).pk


class AnyShop(OnDatabase):
    """Claims and proofs by anybody, merges and decisions by staff, and a neighbour who sleeps."""

    neighbour: Tenant

    @initialize()
    def open(self) -> None:
        self.apart: list[tuple[UUID, UUID]] = []
        with tenancy.use(self.neighbour):
            made = customer.create(first_name="Ana", phone=KEYS["phone"][0])
            contact_point.verify(contact_point=made.contact_points.get(), method="otp_sms")
        self.next_door = self.neighbours()

    def neighbours(self) -> list[Any]:
        with tenancy.use(self.neighbour):
            rows = list(Customer.objects.order_by("pk").values())
            own = list(CustomerIdentifier.objects.order_by("pk").values())
            return [rows, own, reached(), DuplicatePair.objects.count()]

    @rule(phone=phones, email=emails, name=people, level=st.sampled_from("UUA"))
    def claims(self, phone: str | None, email: str | None, name: str, level: Any) -> None:
        if not (phone or email):
            return
        doors, levels, rows = reached(), proved(), Customer.objects.count()
        owned = set(CustomerIdentifier.objects.values_list("customer", "family", "match_key"))
        first = self.resolve(phone, email, name, level)
        if first is None:
            assert Customer.objects.count() == rows
            return
        if first.row == 7:
            now = CustomerIdentifier.objects.values_list("customer", "family", "match_key")
            assert set(now) == owned
        # Nobody proved anything: every door leads where it led. On the word of staff somebody new
        # may be recognised by a number, which a code has to prove.
        assert proved() == levels
        assert level == "A" or reached() == doors
        again = self.resolve(phone, email, name, level)
        assert again is not None
        assert again.customer_uuid == first.customer_uuid
        assert Customer.objects.count() == rows + first.created

    def resolve(
        self, phone: str | None, email: str | None, name: str, level: Any
    ) -> Resolution | None:
        try:
            return resolver.resolve_identity(email, phone, name, "test", evidence=level)
        except NothingToResolve:
            return None

    @rule(junk=st.sampled_from(JUNK), phone=phones, name=people)
    def says_nothing_too(self, junk: str, phone: str | None, name: str) -> None:
        """Junk beside a claim changes nothing; alone it leads nowhere."""
        with contextlib.ExitStack() as tried:
            tried.enter_context(transaction.atomic())
            alone = self.resolve(phone, None, name, "U")
            transaction.set_rollback(True)
        beside = self.resolve(phone, junk, name, "U")
        if alone is None or beside is None:
            assert alone is beside is None
        else:
            assert (alone.row, alone.created) == (beside.row, beside.created)
            assert alone.created or alone.customer_uuid == beside.customer_uuid

    @rule(phone=st.sampled_from(KEYS["phone"]), email=emails, name=people)
    def proves(self, phone: str, email: str | None, name: str) -> None:
        doors = proved()
        levels = {"phone": "V", "email": "U"}
        found = resolver.resolve_identity(
            email, phone, name, "test", evidence=levels, method="otp_sms"
        )
        now = proved()
        assert now[phone] == found.customer_uuid
        assert {key: now.get(key) for key in doors if key != phone} == {
            key: owner for key, owner in doors.items() if key != phone
        }

    @rule(phone=st.sampled_from(KEYS["phone"]))
    def logs_in(self, phone: str) -> None:
        others = {key: owner for key, owner in proved().items() if key != phone}
        told = door.create_for_phone(phone)
        assert (told.phone, reached()[phone]) == (phone, told.uuid)
        assert {key: owner for key, owner in proved().items() if key != phone} == others

    @rule(draw=st.data())
    def are_merged(self, draw: st.DataObject) -> None:
        found = self.two(draw)
        if found is None:
            return
        survivor, duplicate = suggest(*found)
        doors = proved()
        try:
            execute(preview=preview(survivor=survivor, duplicate=duplicate))
        except Failure:
            assert proved() == doors
            return
        moved = {duplicate.pk: survivor.pk}
        assert proved() == {key: moved.get(owner, owner) for key, owner in doors.items()}

    @rule(draw=st.data())
    def are_taken_apart(self, draw: st.DataObject) -> None:
        standing = list(Merge.objects.standing().order_by("uuid"))
        if standing:
            merge = draw.draw(st.sampled_from(standing))
            levels = proved().keys()
            unmerge(merge=merge)
            assert proved().keys() == levels
            self.apart.append((merge.survivor_id, merge.duplicate_id))

    @rule(draw=st.data())
    def are_different(self, draw: st.DataObject) -> None:
        found = self.two(draw)
        if found is not None:
            low, high = sorted((found[0].pk, found[1].pk))
            suspicion.suggest(low, high, reason="same_phone")
            pair = DuplicatePair.objects.get(low=low, high=high)
            if pair.state != "merged":
                decisions.different(pair.pk)
                self.apart.append((low, high))

    def two(self, draw: st.DataObject) -> tuple[Customer, Customer] | None:
        rows = list(Customer.objects.filter(merged_into=None).order_by("uuid"))
        if len(rows) < 2:
            return None
        one = draw.draw(st.sampled_from(rows))
        return one, draw.draw(st.sampled_from([each for each in rows if each != one]))

    @invariant()
    def one_owner_and_an_origin(self) -> None:
        owning = ContactPoint.objects.owning().values_list("family", "match_key")
        assert all(count == 1 for count in Counter(owning).values())
        assert consistency.check().is_consistent
        homeless = Customer.objects.filter(contact_points__isnull=True, merged_into=None)
        assert not homeless.filter(source="").exists()

    @invariant()
    def whom_staff_told_apart_stays_apart(self) -> None:
        for one, other in self.apart if hasattr(self, "apart") else ():
            pair = DuplicatePair.objects.get(low=min(one, other), high=max(one, other))
            assert pair.state != "different" or head(one) != head(other)

    @invariant()
    def next_door_nothing_happens(self) -> None:
        if hasattr(self, "next_door"):
            assert self.neighbours() == self.next_door


def test_whatever_happens_in_a_shop(other_tenant: Tenant) -> None:
    AnyShop.neighbour = other_tenant
    run_state_machine_as_test(AnyShop, settings=TRIED)


VICTIM, MALLORY = KEYS["phone"][0], KEYS["phone"][1]
VICTIMS_EMAIL, MALLORYS_EMAIL = KEYS["email"][0], KEYS["email"][1]
#: What only the victim knows.
SECRETS = ("Alvarenga", "allergic")


class Attack(OnDatabase):
    """Mallory knows Vitória's contacts and claims whatever she likes; she proves her own alone."""

    @initialize()
    def meet(self) -> None:
        made = customer.create(
            first_name="Vitória",
            last_name="Alvarenga",
            phone=VICTIM,
            email=VICTIMS_EMAIL,
            document="529.982.247-25",
            notes="allergic to nuts",
        )
        for contact in made.contact_points.all():
            contact_point.verify(contact_point=contact, method="manual")
        self.victim = made.pk
        self.record = self.record_of_victim()

    def record_of_victim(self) -> list[Any]:
        own = {"customer": self.victim}
        return [
            list(Customer.objects.filter(pk=self.victim).values()),
            list(ContactPoint.objects.filter(**own).order_by("uuid").values()),
            list(
                CustomerIdentifier.objects.filter(**own, is_pending=False).order_by("uuid").values()
            ),
        ]

    names = st.sampled_from(["", "Mallory Dias", "Vitória", "V. A.", "Roberto Lima"])

    @rule(
        phone=st.none() | st.sampled_from([VICTIM, MALLORY]),
        email=st.none() | st.sampled_from([VICTIMS_EMAIL, MALLORYS_EMAIL]),
        document=st.none() | st.just("529.982.247-25"),
        name=names,
        many=st.booleans(),
    )
    def books(
        self, phone: str | None, email: str | None, document: str | None, name: str, many: bool
    ) -> None:
        said = Claimant(phone=phone, email=email, document=document, name=name, source="checkout")
        if many:
            resolver.resolve_many([said, said])
        else:
            with contextlib.suppress(NothingToResolve):
                resolver.resolve(said)

    @rule(email=st.sampled_from([VICTIMS_EMAIL, MALLORYS_EMAIL]), name=names)
    def proves_her_phone_and_claims_the_rest(self, email: str, name: str) -> None:
        said = Claimant(
            phone=MALLORY, email=email, name=name, evidence={"phone": "V"}, method="otp_sms"
        )
        assert resolver.resolve(said).customer_uuid != self.victim

    @rule(email=st.sampled_from([VICTIMS_EMAIL, MALLORYS_EMAIL]), name=names)
    def comes_with_an_account(self, email: str, name: str) -> None:
        account = Account(provider="google", subject="mallory")
        said = Claimant(
            external=account, email=email, name=name, evidence={"external": "V"}, method="oauth"
        )
        assert resolver.resolve(said).customer_uuid != self.victim

    @rule()
    def logs_in(self) -> None:
        told = door.create_for_phone(MALLORY)
        assert told.uuid != self.victim
        shown = [
            told,
            list(Customer.objects.filter(pk=told.uuid).values()),
            list(CustomerIdentifier.objects.filter(customer=told.uuid, is_pending=False).values()),
        ]
        assert not [each for each in SECRETS if each in str(shown)]

    @invariant()
    def the_victim_is_as_she_was(self) -> None:
        if hasattr(self, "record"):
            assert self.record_of_victim() == self.record
            doors = reached()
            assert doors[VICTIM] == doors[VICTIMS_EMAIL] == self.victim
            assert {key for key, owner in doors.items() if owner == self.victim} == {
                VICTIM,
                VICTIMS_EMAIL,
            }


def test_no_sequence_of_claims_reaches_or_changes_a_victim() -> None:
    run_state_machine_as_test(Attack, settings=TRIED)
