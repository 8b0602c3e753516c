"""Somebody claims what is another one's: at the checkout, in a login, by an account elsewhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from pytest_django import Settings

from config import guests
from guestman.adapters.doorman import GuestmanCustomerResolver
from guestman.contrib.identifiers.models import CustomerIdentifier, RecordLink, ReviewItem
from guestman.contrib.identifiers.resolver import Claimant, IdentityResolver
from guestman.models import ContactPoint, Customer, ExternalIdentity
from guestman.services import bulk, contact_point, customer
from omniman import history
from omniman.models import Order
from omniman.services import checkout, order
from shopman.keys import uuid7
from shopman.models import OutboxEvent, Tenant
from tests.omniman.factories import ChannelFactory, guest_cart

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant"), pytest.mark.suite]

VICTIMS_EMAIL, VICTIMS_PHONE = "vitoria@loja.com.br", "+5511987654321"
OWN_EMAIL, OWN_PHONE = "mallory@correio.com.br", "+5521976543210"
door = GuestmanCustomerResolver()


@pytest.fixture(autouse=True)
def prices(in_tenant: Tenant, settings: Settings) -> None:
    ChannelFactory()
    settings.OMNIMAN = {"PRICES": {"TEA": 500}}


@pytest.fixture
def victim() -> Customer:
    made = customer.create(
        first_name="Vitória", last_name="Alves", email=VICTIMS_EMAIL, phone=VICTIMS_PHONE
    )
    for contact in made.contact_points.all():
        contact_point.verify(contact_point=contact, method="manual")
    return Customer.objects.get(pk=made.pk)


def record_of(row: Customer) -> list[Any]:
    return [
        list(Customer.objects.filter(pk=row.pk).values()),
        list(ContactPoint.objects.filter(customer=row).order_by("uuid").values()),
        list(ExternalIdentity.objects.filter(customer=row).order_by("uuid").values()),
    ]


def book(**given: str) -> Order:
    """A guest's order, and its event delivered."""
    cart = guest_cart(TEA=1).cart
    checkout.describe(cart=cart, **{f"guest_{name}": value for name, value in given.items()})
    placed = order.commit(cart=cart, idempotency_key=str(uuid7()))
    event = OutboxEvent.objects.get(name="omniman.order_committed", subject=f"order:{placed.pk}")
    guests.consume(event)
    guests.consume(event)
    return placed


def test_who_books_with_a_victims_address_sees_nothing_of_the_victim(victim: Customer) -> None:
    before = record_of(victim)

    placed = book(name="Vitória Alves", email=VICTIMS_EMAIL, phone=OWN_PHONE)

    link = RecordLink.objects.get()
    assert (link.source_id, link.customer, link.evidence) == (str(placed.pk), victim, "U")
    assert (placed.customer_uuid, Order.objects.get().customer_uuid) == (None, None)
    assert record_of(victim) == before
    assert ReviewItem.objects.get().kind == "pending"
    entered = door.create_for_phone(OWN_PHONE)
    assert entered.uuid != victim.pk
    assert (entered.name, entered.email) == ("", "")
    assert history.customer_orders(entered.uuid) == history.customer_orders(victim.pk) == []
    assert record_of(victim) == before
    for own, value in (("phone", VICTIMS_PHONE), ("email", VICTIMS_EMAIL)):
        found = getattr(door, f"get_by_{own}")(value)
        assert found.uuid == victim.pk


def test_the_same_the_other_way_round(victim: Customer) -> None:
    before = record_of(victim)
    book(name="Vitória Alves", email=OWN_EMAIL, phone=VICTIMS_PHONE)
    assert record_of(victim) == before
    mallory = door.create_for_phone(OWN_PHONE)
    door.mark_verified(mallory.uuid, kind="email", value=OWN_EMAIL, method="email_link")
    assert door.get_by_email(OWN_EMAIL).uuid == mallory.uuid != victim.pk  # type: ignore[union-attr]
    assert record_of(victim) == before


def test_who_is_known_and_books_with_a_victims_address_leaves_one_item(victim: Customer) -> None:
    mallory = door.create_for_phone(OWN_PHONE)
    before = record_of(victim), record_of(Customer.objects.get(pk=mallory.uuid))

    for _ in range(3):
        book(name="Vitória Alves", email=VICTIMS_EMAIL, phone=OWN_PHONE)

    assert (record_of(victim), record_of(Customer.objects.get(pk=mallory.uuid))) == before
    assert ReviewItem.objects.get().kind == "conflict"
    assert RecordLink.objects.count() == 3
    assert not RecordLink.objects.exclude(evidence="U").exists()


def test_another_name_makes_another_customer(victim: Customer) -> None:
    before = record_of(victim)
    book(name="Roberto Dias", email=VICTIMS_EMAIL, phone=OWN_PHONE)
    assert RecordLink.objects.get().customer != victim
    assert record_of(victim) == before
    assert door.get_by_email(VICTIMS_EMAIL).uuid == victim.pk  # type: ignore[union-attr]


@pytest.mark.parametrize("level", ["U", "A"])
def test_an_account_elsewhere_with_a_victims_address_is_its_own(
    victim: Customer, level: Any
) -> None:
    before = record_of(victim)
    claimed = {
        "external": ("google", "mallory"),
        "email": VICTIMS_EMAIL,
        "phone": OWN_PHONE,
        "name": "Vitória Alves",
        "evidence": {"external": "V", "phone": "V", "email": level},
    }
    found = IdentityResolver().resolve_identity(**claimed)  # type: ignore[arg-type]

    assert found.created
    assert found.customer_uuid != victim.pk
    assert IdentityResolver().resolve_identity(**claimed).customer_uuid == found.customer_uuid  # type: ignore[arg-type]
    assert record_of(victim) == before
    assert door.create_for_phone(OWN_PHONE).uuid == found.customer_uuid
    assert door.get_by_email(VICTIMS_EMAIL).uuid == victim.pk  # type: ignore[union-attr]


def test_an_import_of_a_victims_address_takes_nothing(victim: Customer) -> None:
    before = record_of(victim)
    rows = [
        Claimant(email=VICTIMS_EMAIL, phone=OWN_PHONE, name="Vitória Alves", source="import:x"),
        Claimant(email=OWN_EMAIL, phone=VICTIMS_PHONE, name="Vitória Alves", source="import:x"),
        Claimant(phone="000000000", email="none@none", source="import:x"),
    ]
    found = IdentityResolver().resolve_many(rows)
    assert [each and each.customer_uuid for each in found] == [victim.pk, victim.pk, None]
    assert record_of(victim) == before
    assert door.create_for_phone(OWN_PHONE).uuid != victim.pk
    # An order import knows codes only, and a code names one customer.
    (made,) = bulk.ensure_many([bulk.NewCustomer(code="X-1", first_name="Vitória")]).values()
    assert made != victim.pk
    assert record_of(victim) == before


def test_a_thousand_guests_who_tell_nothing_link_nothing(victim: Customer) -> None:
    customers = Customer.objects.count()
    nobody = history.Guest(name="X", phone="000000000", email="none@none", document="")
    also = history.Guest(name="Y", phone="+5511999999999", email="teste@teste.com", document="")
    for number in range(1000):
        guests.link(uuid7(), nobody if number % 2 else also)

    assert Customer.objects.count() == customers
    assert not RecordLink.objects.exists()
    assert not ReviewItem.objects.exists()
    assert not CustomerIdentifier.objects.filter(is_pending=True).exists()


def test_no_stream_of_typed_claims_moves_a_door(victim: Customer) -> None:
    doors = {VICTIMS_PHONE: victim.pk, VICTIMS_EMAIL: victim.pk}
    names = ["Vitória Alves", "Roberto Dias", "", "Kim Oh", "Beatriz Lima", "Otto Krug"]
    for number in range(30):
        claimant = Claimant(
            email=VICTIMS_EMAIL if number % 3 else OWN_EMAIL,
            phone=VICTIMS_PHONE if number % 2 else None,
            name=names[number % 6],
            source="checkout",
        )
        IdentityResolver().resolve_many([claimant])
    assert reached() == doors


def reached() -> dict[str, UUID]:
    found = {VICTIMS_PHONE: door.get_by_phone(VICTIMS_PHONE)}
    found[VICTIMS_EMAIL] = door.get_by_email(VICTIMS_EMAIL)
    return {value: each.uuid for value, each in found.items() if each}
