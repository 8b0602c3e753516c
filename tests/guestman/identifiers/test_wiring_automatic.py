"""Row 8: who proves contacts of two customers in one session, where the shop merges by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.services import certain, decisions, marks
from guestman.contrib.identifiers.models import CustomerIdentifier, ReviewItem
from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.identifiers.services import consistency
from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service import automatic
from guestman.models import Customer
from guestman.services import contact_point, customer, suspicion
from shopman import clock
from shopman.models import Tenant
from tests.conftest import Race

PHONE, EMAIL = "+5511987654321", "ana.souza@loja.com.br"
BORN = dt.date(1990, 5, 17)
resolve = IdentityResolver().resolve_identity
Wanted = Callable[..., None]


@pytest.fixture
def wanted(settings: Settings, in_tenant: Tenant) -> Wanted:
    def choose(**facts: Any) -> None:
        chosen = {"AUTOMATIC_IN": [in_tenant.slug], **facts}
        settings.GUESTMAN = {**settings.GUESTMAN, "MERGE": chosen}

    return choose


def proved(name: str = "Ana Souza", **facts: Any) -> Customer:
    first, _, last = name.partition(" ")
    made = customer.create(first_name=first, last_name=last, **facts)
    for contact in made.contact_points.all():
        contact_point.verify(contact_point=contact, method="manual")
    return Customer.objects.get(pk=made.pk)


@pytest.mark.django_db
@pytest.mark.usefixtures("in_tenant")
class TestProvedTogether:
    def test_both_become_one_and_the_day_can_be_taken_back(self, wanted: Wanted) -> None:
        wanted()
        one, other = proved(phone=PHONE), proved("Ana de Souza", email=EMAIL)
        found = resolve(phone=PHONE, email=EMAIL, evidence="V", method="manual")
        assert (found.row, found.conflicts, found.review) == (8, (), None)
        merge = Merge.objects.get()
        assert merge.automatic_because == "proved_together"
        assert {merge.survivor_id, merge.duplicate_id} == {one.pk, other.pk}
        assert found.customer_uuid == merge.survivor_id
        # Once again: he is known.
        again = resolve(phone=PHONE, email=EMAIL, evidence="V", method="manual")
        assert (again.row, again.customer_uuid) == (4, merge.survivor_id)
        assert consistency.check().is_consistent

        assert merge.automatic_on is not None
        automatic.take_back(day=merge.automatic_on, reason="Two people")
        # Whom staff took apart stays apart.
        apart = resolve(phone=PHONE, email=EMAIL, evidence="V", method="manual")
        assert (apart.row, len(apart.conflicts)) == (7, 1)
        assert Merge.objects.count() == 1
        assert consistency.check().is_consistent

    def test_not_unless_the_shop_wants_it(self) -> None:
        one, other = proved(phone=PHONE), proved(email=EMAIL)
        found = resolve(phone=PHONE, email=EMAIL, evidence="V", method="manual")
        assert found.row == 7
        assert {found.customer_uuid, *found.conflicts} == {one.pk, other.pk}
        assert (Merge.objects.count(), ReviewItem.objects.open().count()) == (0, 1)

    @pytest.mark.parametrize("evidence", ["U", "A", {"phone": "V"}, {"phone": "V", "email": "A"}])
    def test_not_on_what_is_only_said(self, wanted: Wanted, evidence: Any) -> None:
        wanted()
        proved(phone=PHONE), proved(email=EMAIL)
        assert resolve(phone=PHONE, email=EMAIL, evidence=evidence, method="manual").row == 7
        assert not Merge.objects.exists()

    def test_not_where_something_speaks_against_it(self, wanted: Wanted) -> None:
        wanted()
        proved("Ana Souza", phone=PHONE)
        proved("Roberto Dias", email=EMAIL)
        assert resolve(phone=PHONE, email=EMAIL, evidence="V", method="manual").row == 7
        assert not Merge.objects.exists()

    def test_not_where_staff_said_that_they_are_two(self, wanted: Wanted) -> None:
        wanted()
        one, other = proved(phone=PHONE), proved(email=EMAIL)
        suspicion.suggest(one.pk, other.pk, reason="same_phone")
        decisions.different(DuplicatePair.objects.get().pk)
        assert resolve(phone=PHONE, email=EMAIL, evidence="V", method="manual").row == 7
        assert not Merge.objects.exists()

    def test_not_on_a_number_that_may_have_a_new_holder(self, wanted: Wanted) -> None:
        wanted()
        proved(phone=PHONE), proved(email=EMAIL)
        with time_machine.travel(clock.now() + dt.timedelta(days=200)):
            assert resolve(phone=PHONE, email=EMAIL, evidence="V", method="manual").row == 7
        assert not Merge.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("in_tenant")
class TestCertainPairs:
    def test_only_certain_pairs_and_only_where_there_is_room(self, wanted: Wanted) -> None:
        for number in range(3):
            for _ in range(2):
                customer.create(
                    first_name="Iracema",
                    last_name=f"Vasconcelos {'ABC'[number] * 4}",
                    birth_date=BORN + dt.timedelta(days=400 * number),
                )
        customer.create(first_name="Iracema", last_name="Lima")
        marks.compare_changed()
        sure = DuplicatePair.objects.filter(band="certain")
        assert sure.count() == 3
        assert certain.merge_certain() == 0
        wanted(AUTOMATIC_PER_DAY=2)
        assert certain.merge_certain() == 2
        assert certain.merge_certain() == 0
        assert {each.automatic_because for each in Merge.objects.all()} == {"certain"}
        assert DuplicatePair.objects.filter(state="merged", band="certain").count() == 2
        assert DuplicatePair.objects.filter(state="open", band="certain").count() == 1

    def test_what_changed_since_it_was_compared_is_compared_anew(self, wanted: Wanted) -> None:
        wanted()
        made = [
            customer.create(first_name="Iracema", last_name="Vasconcelos", birth_date=BORN)
            for _ in range(2)
        ]
        marks.compare_changed()
        customer.update(made[0].code, first_name="Iraci")
        assert certain.merge_certain() == 0
        assert not Merge.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("in_tenant")
def test_two_do_not_take_the_last_place_of_a_day(race: Race, wanted: Wanted) -> None:
    wanted(AUTOMATIC_PER_DAY=1)
    for number in range(2):
        proved(phone=f"+551198765430{number}")
        proved(email=f"ana{number}@loja.com.br")
    outcomes = race(
        *(
            partial(
                resolve,
                phone=f"+551198765430{number % 2}",
                email=f"ana{number % 2}@loja.com.br",
                evidence="V",
                method="manual",
            )
            for number in range(6)
        )
    )
    assert [each.error for each in outcomes if each.error] == []
    assert Merge.objects.count() == 1
    assert {each.value.row for each in outcomes} >= {7, 8}
    assert CustomerIdentifier.objects.filter(is_pending=False).count() == 4
