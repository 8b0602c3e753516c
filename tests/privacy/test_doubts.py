"""An erasure takes what is the person's without a doubt; the rest is shown, and staff decide."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from guestman.contrib.imports.models import ImportRow
from guestman.contrib.imports.models import ImportRun as CustomerImport
from guestman.contrib.privacy.errors import NotInDoubt, StalePreview
from guestman.contrib.privacy.service import ErasurePreview, erase, export, preview_erasure
from guestman.models import Customer
from guestman.services import contact_point, customer
from omniman.models import Cart, ImportReject, ImportRun, Order
from omniman.services import cart, checkout
from shopman.models import IdempotencyRecord
from shopman.person import Person
from tests.privacy import someone

pytestmark = pytest.mark.django_db
NUMBER = "+5511987652222"
VICTIM = "vitoria@exemplo.com.br"


def shown(of: Customer) -> ErasurePreview:
    return preview_erasure(customer=of)


def guest(**given: str) -> Order:
    """A guest's order that arrived: nothing is held to deliver it."""
    return someone.deliver(someone.as_guest(**given))


def named(order: Order) -> str:
    return str(Order.objects.get(pk=order.pk).data["customer"]["name"])


def proved(of: Customer, value: str, *, kind: str = "phone") -> None:
    contact_point.add(customer=of, kind=kind, value=value)
    contact_point.verify(
        contact_point=of.contact_points.get(canonical=value),
        method="email_link" if kind == "email" else "otp_sms",
    )


class TestAFormerHolderOfTheNumber:
    @pytest.fixture
    def former(self, opened: Any) -> Order:
        return guest(guest_name="Otto Lima", guest_phone=NUMBER)

    def test_keeps_the_order_that_was_placed_by_it(self, former: Order, marina: Customer) -> None:
        proved(marina, NUMBER)
        done = erase(customer=marina, reason="request 17")
        assert named(former) == "Otto Lima"
        assert done.left == {"omniman.orders": 1}

    def test_is_shown_to_staff(self, former: Order, marina: Customer) -> None:
        proved(marina, NUMBER)
        (doubt,) = shown(marina).doubts
        assert doubt.row == former.pk
        assert "Otto Lima" in doubt.label
        assert former.ref in doubt.label

    def test_is_erased_when_staff_know_it_was_the_same_person(
        self, former: Order, marina: Customer
    ) -> None:
        proved(marina, NUMBER)
        done = erase(customer=marina, reason="request 17", preview=shown(marina), also=[former.pk])
        assert named(former) == ""
        assert done.left == {}
        assert str(former.pk) in done.keyless

    def test_of_the_same_family_is_another_person(self, marina: Customer) -> None:
        husbands = guest(guest_name="Otto Quaresma", guest_phone=NUMBER)
        own = guest(guest_name="Marina da Silva Quaresma", guest_phone=NUMBER)
        proved(marina, NUMBER)
        erase(customer=marina, reason="request 17")
        assert (named(husbands), named(own)) == ("Otto Quaresma", "")

    def test_is_not_in_the_copy_either(self, former: Order, marina: Customer) -> None:
        proved(marina, NUMBER)
        assert "Otto Lima" not in str(export(customer=marina).data)

    def test_whom_the_person_gave_the_number_up_to(self, marina: Customer) -> None:
        """A number that was released is another one's by now, or was: staff decide."""
        proved(marina, NUMBER)
        before = guest(guest_name="Marina Quaresma", guest_phone=NUMBER)
        contact_point.release(contact_point=marina.contact_points.get(canonical=NUMBER))
        assert [each.row for each in shown(marina).doubts] == [before.pk]
        next_one = customer.create(first_name="Otto", last_name="Lima", phone=NUMBER)
        contact_point.verify(contact_point=next_one.contact_points.get(), method="otp_sms")
        erase(customer=marina, reason="request 17")
        assert named(before) == "Marina Quaresma"


class TestWhoTypedTheAddressOfAVictim:
    @pytest.fixture
    def attacker(self, opened: Any) -> Customer:
        return customer.create(first_name="Mallory", last_name="Reis", email=VICTIM)

    def test_does_not_have_the_victims_orders_erased(self, attacker: Customer) -> None:
        order = guest(guest_name="Vitória Alves", guest_email=VICTIM)
        done = erase(customer=attacker, reason="request 17")
        assert named(order) == "Vitória Alves"
        assert done.left == {"omniman.orders": 1}

    def test_by_the_victims_name_neither(self, attacker: Customer) -> None:
        customer.update(attacker.pk, first_name="Vitória", last_name="Alves")
        order = guest(guest_name="Vitória Alves", guest_email=VICTIM)
        erase(customer=attacker, reason="request 17")
        assert named(order) == "Vitória Alves"

    def test_does_not_have_the_victims_cart_deleted(self, attacker: Customer) -> None:
        row = cart.open_for_guest().cart
        cart.set_line(cart=row, sku="TEA", quantity=1)
        checkout.describe(cart=row, guest_name="Vitória Alves", guest_email=VICTIM)
        assert [each.row for each in shown(attacker).doubts] == [row.pk]
        erase(customer=attacker, reason="request 17")
        assert Cart.objects.filter(pk=row.pk, guest_email=VICTIM).exists()

    def test_where_the_victim_has_it_proved_there_is_no_doubt(self, attacker: Customer) -> None:
        victim = customer.create(first_name="Vitória", last_name="Alves")
        proved(victim, VICTIM, kind="email")
        order = guest(guest_name="Vitória Alves", guest_email=VICTIM)
        body = f'{{"email": "{VICTIM}"}}'.encode()
        IdempotencyRecord.objects.create(
            principal="user:1", key="k", request_digest="0" * 64, status=201, body=body
        )
        assert shown(attacker).doubts == ()
        erase(customer=attacker, reason="request 17")
        assert named(order) == "Vitória Alves"
        assert IdempotencyRecord.objects.count() == 1

    def test_does_not_keep_the_victim_from_being_forgotten(self, attacker: Customer) -> None:
        victim = customer.create(first_name="Vitória", last_name="Alves")
        proved(victim, VICTIM, kind="email")
        order = guest(guest_name="Vitória Alves", guest_email=VICTIM)
        erase(customer=victim, reason="request 17")
        assert named(order) == ""


class TestRowsOfFiles:
    def test_of_a_namesake_are_shown_and_left(self, marina: Customer) -> None:
        run = ImportRun.objects.get()
        reject = ImportReject.objects.create(
            run=run, line=9, reason="unknown_sku", content=["18", "Marina Quaresma", ""]
        )
        file = CustomerImport.objects.create(
            file_name="a.csv", file_digest="2" * 64, source="erp", mapping={}
        )
        row = ImportRow.objects.create(
            run=file, line=3, outcome="rejected", content=["Marina Quaresma", "1990"]
        )
        assert {each.row for each in shown(marina).doubts} == {reject.pk, row.pk}
        erase(customer=marina, reason="request 17", also=[row.pk])
        row.refresh_from_db()
        assert row.content == []
        # The one with her own number is gone.
        assert [each.pk for each in ImportReject.objects.all()] == [reject.pk]


class TestDeciding:
    def test_about_what_is_not_in_doubt_is_refused(self, marina: Customer) -> None:
        with pytest.raises(NotInDoubt):
            erase(customer=marina, reason="request 17", also=[uuid4()])
        marina.refresh_from_db()
        assert marina.erased_at is None

    def test_on_a_preview_from_before_the_doubt_is_refused(self, marina: Customer) -> None:
        before = shown(marina)
        proved(marina, NUMBER)
        seen = shown(marina)
        guest(guest_name="Otto Lima", guest_phone=NUMBER)
        for preview in (before, seen):
            with pytest.raises(StalePreview):
                erase(customer=marina, reason="request 17", preview=preview)

    def test_shows_no_more_than_can_be_looked_at(
        self, marina: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("guestman.contrib.privacy.service.preview.DOUBTS", 1)
        proved(marina, NUMBER)
        for name in ("Otto Lima", "Otto Reis"):
            guest(guest_name=name, guest_phone=NUMBER)
        told = shown(marina)
        assert (len(told.doubts), told.doubt_counts) == (1, {"omniman.orders": 2})


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ("Marina Quaresma", True), ("marina", True), ("M. Quaresma", True), ("Quaresma", True),
        ("Marina de Souza Quaresma", True), ("", True), ("Otto Quaresma", False), ("M.", False),
        ("Marina Lima", False), ("Otto de Souza", False),
    ],
)  # fmt: skip
def test_a_name_fits_with_words_left_out_or_added(given: str, fits: bool) -> None:
    person = Person(keys=frozenset(), names=frozenset({"Marina de Quaresma"}))
    assert person.answers_to(given) is fits
