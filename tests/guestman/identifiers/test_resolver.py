"""Claims through the resolver: whom they lead to, and what they leave behind."""

from __future__ import annotations

import datetime as dt

import pytest

from guestman.adapters.doorman import GuestmanCustomerResolver
from guestman.contrib.identifiers.errors import NothingToResolve
from guestman.contrib.identifiers.models import (
    CustomerIdentifier,
    RecordLink,
    ReviewItem,
    ReviewParty,
)
from guestman.contrib.identifiers.resolver import Account, IdentityResolver
from guestman.contrib.identifiers.services import blocking, reviews
from guestman.models import ContactPoint, Customer, ExternalIdentity
from guestman.services import contact_point, customer, external_identity, suspicion
from guestman.services.suspicion import Suspicion
from shopman import clock, memory, tenancy
from shopman.models import AuditEntry, Tenant
from tests.guestman.factories import ContactPointFactory, CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

PHONE, OTHER = "+5511987654321", "+5521976543210"
EMAIL = "ana.souza@loja.com.br"
resolve = IdentityResolver().resolve_identity


def verified(
    email: str | None = EMAIL, phone: str | None = None, name: str = "Ana Souza"
) -> Customer:
    first, _, last = name.partition(" ")
    made = customer.create(first_name=first, last_name=last, email=email, phone=phone)
    for contact in made.contact_points.all():
        contact_point.verify(contact_point=contact, method="manual")
    return Customer.objects.get(pk=made.pk)


def snapshot(row: Customer) -> list[object]:
    """Everything a customer's core record says."""
    return [
        list(Customer.objects.filter(pk=row.pk).values()),
        list(ContactPoint.objects.filter(customer=row).order_by("uuid").values()),
        list(ExternalIdentity.objects.filter(customer=row).order_by("uuid").values()),
    ]


def test_nobody_is_made_and_found_again() -> None:
    made = resolve(email=EMAIL, phone="(11) 98765-4321", name="Ana Souza", source="checkout")
    assert made.created
    assert (made.customer.first_name, made.customer.last_name) == ("Ana", "Souza")
    assert (made.customer.email, made.customer.phone, made.customer.source) == (
        EMAIL,
        PHONE,
        "checkout",
    )
    assert set(ContactPoint.objects.values_list("evidence", flat=True)) == {"U"}

    for again in (
        resolve(email=EMAIL.upper(), phone=PHONE, name="Ana Souza"),
        resolve(phone="011 98765 4321"),
        resolve(email=EMAIL),
    ):
        assert (again.customer, again.created) == (made.customer, False)
    assert again.matched_by == "email"
    assert Customer.objects.count() == 1
    assert CustomerIdentifier.objects.count() == 2
    trail = AuditEntry.objects.filter(action__startswith="identity.").order_by("uuid")
    assert [each.action for each in trail] == ["identity.create", *["identity.match"] * 3]
    assert EMAIL not in str(list(trail.values()))
    assert PHONE not in str(list(trail.values()))


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"name": "Ana"},
        {"email": "none@none", "phone": "000000000"},
        {"email": "teste@teste.com"},
        {"phone": "(11) 99999-9999"},
        {"email": "not an address", "phone": "123", "document": "111.111.111-11"},
        {"email": "contato@padaria.com.br"},
    ],
)
def test_nothing_is_made_of_nothing(claims: dict[str, str]) -> None:
    with pytest.raises(NothingToResolve):
        resolve(**claims)  # type: ignore[arg-type]
    assert not Customer.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_typed_address_links_and_changes_nothing() -> None:
    owner = verified()
    before = snapshot(owner)

    found = resolve(email=EMAIL, phone=OTHER, name="Ana Souza", source="checkout")

    assert (found.customer, found.created, found.row) == (owner, False, 5)
    assert snapshot(owner) == before
    pending = CustomerIdentifier.objects.get(is_pending=True)
    assert (pending.match_key, pending.customer) == (OTHER, owner)
    assert found.review is not None
    assert found.review.kind == "pending"
    # What is only claimed leads nobody to him.
    stranger = resolve(phone=OTHER)
    assert stranger.customer != owner
    door = GuestmanCustomerResolver()
    assert door.create_for_phone(OTHER).uuid != owner.pk
    # Whoever proved it has it; the claim is gone.
    assert not CustomerIdentifier.objects.filter(is_pending=True).exists()


def test_the_same_address_under_another_name_is_another_person() -> None:
    owner = verified()
    told: list[Suspicion] = []
    suspicion.register(told.append)
    try:
        found = resolve(email=EMAIL, name="Roberto Dias")
        again = resolve(email=EMAIL, name="Roberto Dias")
    finally:
        suspicion.unregister(told.append)

    assert found.created
    assert found.customer != owner
    assert again.customer == found.customer
    assert [each.reason for each in told] == ["same_contact_other_name"]
    assert {told[0].one, told[0].other} == {owner.pk, found.customer.pk}
    assert EMAIL not in str(told)
    assert GuestmanCustomerResolver().get_by_email(EMAIL).uuid == owner.pk  # type: ignore[union-attr]


def test_claims_of_two_move_nothing_and_leave_one_item() -> None:
    ana = verified()
    bia = verified(email=None, phone=PHONE, name="Bia Lima")
    before = snapshot(ana), snapshot(bia)

    found = resolve(email=EMAIL, phone=PHONE)
    again = resolve(phone=PHONE, email=EMAIL)

    assert (found.customer, found.conflicts) == (ana, (bia.pk,))
    assert again.customer == ana
    assert (snapshot(ana), snapshot(bia)) == before
    item = ReviewItem.objects.get()
    assert found.review == again.review == item
    assert item.kind == "conflict"
    assert set(ReviewParty.objects.values_list("customer", "is_chosen")) == {
        (ana.pk, True),
        (bia.pk, False),
    }
    assert EMAIL not in str(item.values)
    reviews.resolve(item=item.pk, reason="two people")
    assert resolve(email=EMAIL, phone=PHONE).review != item
    assert ReviewItem.objects.count() == 2


def test_what_is_proved_enriches_what_is_missing() -> None:
    owner = verified(name="")

    found = resolve(
        email=EMAIL,
        phone=PHONE,
        document="529.982.247-25",
        name="Ana Souza",
        evidence={"email": "V", "phone": "V", "document": "A"},
        method="channel_asserted",
    )

    assert found.customer == owner
    assert set(found.enriched) == {"phone", "document", "first_name", "last_name"}
    row = Customer.objects.get()
    assert (row.first_name, row.phone, row.document) == ("Ana", PHONE, "52998224725")
    assert resolve(document="52998224725").customer == owner
    assert GuestmanCustomerResolver().get_by_phone(PHONE).uuid == owner.pk  # type: ignore[union-attr]


def test_an_account_names_its_owner() -> None:
    owner = verified()
    external_identity.link(customer=owner, provider="manychat", subject="77")
    other = verified(email="bia@loja.com.br", name="Bia Lima")

    found = resolve(external=("manychat", "77"), email="bia@loja.com.br", evidence="V")

    assert (found.customer, found.matched_by) == (owner, "provider:manychat")
    assert found.conflicts == (other.pk,)
    made = resolve(external=Account(provider="google", subject="s", issuer="i"), evidence="V")
    assert made.created
    assert ExternalIdentity.objects.get(provider="google").customer == made.customer


def test_a_card_and_a_typed_document_find_their_customer() -> None:
    made = resolve(cards={"loyalty_card": "1234"}, evidence="A")
    assert resolve(cards={"loyalty_card": "1234"}).customer == made.customer
    guest = resolve(document="529.982.247-25")
    assert (guest.created, guest.customer.document) == (True, "")
    assert resolve(document="52998224725").customer == guest.customer
    company = resolve(document="11.222.333/0001-81", evidence="A")
    assert company.customer.customer_type == "company"


def test_a_proof_takes_what_others_only_typed() -> None:
    guest = resolve(phone=PHONE, name="Ana Souza").customer

    proved = resolve(phone=PHONE, evidence="V", method="otp_sms")

    assert proved.created
    assert proved.customer != guest
    assert not ContactPoint.objects.live().filter(customer=guest).exists()
    assert CustomerIdentifier.objects.get().customer == proved.customer


def test_a_recycled_number_goes_to_its_new_holder() -> None:
    with clock.at(clock.now() - dt.timedelta(days=200)):
        old = verified(email=None, phone=PHONE)

    found = resolve(phone=PHONE, name="Roberto Dias", evidence="V", method="otp_sms")

    assert (found.created, found.row) == (True, 10)
    assert not ContactPoint.objects.live().filter(customer=old).exists()
    assert GuestmanCustomerResolver().get_by_phone(PHONE).uuid == found.customer.pk  # type: ignore[union-attr]


def test_the_other_spelling_of_a_handset() -> None:
    owner = verified(email=None, phone="+5491122334455")
    assert resolve(phone="+541122334455").customer == owner
    assert resolve(whatsapp="+5491122334455").customer == owner
    # Said by staff only, it is a hint.
    customer.create(phone="+5491122334456")
    hint = resolve(phone="+541122334456")
    assert (hint.created, hint.row) == (True, 13)


def test_a_value_of_many_is_nobodys_and_staff_are_told() -> None:
    for number in range(4):
        CustomerFactory(first_name=f"Person{number}", last_name="")
        customer.create(first_name=f"Name{number}x", phone=PHONE)
    with pytest.raises(NothingToResolve):
        resolve(phone=PHONE)
    made = resolve(phone=PHONE, email=EMAIL)
    assert made.created
    assert ContactPoint.objects.get(customer=made.customer, kind="phone").is_shared
    assert ReviewItem.objects.get().kind == "shared"


def test_a_customer_is_not_given_ever_more() -> None:
    owner = verified()
    for number in range(8):
        resolve(email=EMAIL, phone=f"+55119876543{number:02}")
    assert CustomerIdentifier.objects.filter(customer=owner, is_pending=True).count() == 5
    assert set(ReviewItem.objects.values_list("kind", flat=True)) == {"pending", "limit"}


def test_a_record_is_linked_once_and_answered_the_same() -> None:
    owner = verified()
    first = resolve(email=EMAIL, record=("order", "77"), source="checkout")
    second = resolve(email="other@loja.com.br", record=("order", "77"))

    assert first.customer == second.customer == owner
    assert second.row == 1
    link = RecordLink.objects.get()
    assert (link.customer, link.method, link.evidence, link.confidence) == (
        owner,
        "email",
        "U",
        0.7,
    )
    assert not RecordLink.objects.exclude(evidence="U").exists()


def test_a_closed_owner_is_answered_and_left_alone() -> None:
    owner = verified()
    customer.deactivate(owner.code, reason="asked")
    found = resolve(email=EMAIL, phone=OTHER)
    assert (found.customer.pk, found.created) == (owner.pk, False)
    assert not CustomerIdentifier.objects.filter(is_pending=True).exists()


def test_shops_know_nothing_of_one_another(other_tenant: Tenant) -> None:
    owner = verified()
    found = IdentityResolver(other_tenant).resolve_identity(email=EMAIL)
    assert found.created
    assert found.customer_uuid != owner.pk
    assert IdentityResolver("other").resolve_identity(email=EMAIL).customer_uuid == (
        found.customer_uuid
    )
    with tenancy.use(other_tenant):
        assert CustomerIdentifier.objects.count() == 1


def test_blocked_values_name_nobody() -> None:
    blocking.block(family="phone", value=PHONE, reason="the shop's tablet")
    blocking.block(family="domain", value="@relay.market.com")
    with pytest.raises(NothingToResolve):
        resolve(phone=PHONE, email="order-7@relay.market.com")


@pytest.mark.django_db(transaction=True)
def test_answers_are_remembered_for_a_request_and_dropped_on_write(
    django_assert_num_queries: object,
) -> None:
    owner = verified()
    with memory.remembering():
        resolve(email=EMAIL)
        with django_assert_num_queries(0):  # type: ignore[operator]
            assert resolve(email=EMAIL).customer_uuid == owner.pk
        contact_point.release(contact_point=ContactPoint.objects.get())
        assert resolve(email=EMAIL).created


def test_a_contact_written_past_the_services_is_found_before_somebody_is_made() -> None:
    row = ContactPointFactory(value=PHONE, evidence="A")
    assert not CustomerIdentifier.objects.exists()
    assert resolve(phone=PHONE).customer == row.customer
    assert CustomerIdentifier.objects.count() == 1


def test_a_match_takes_few_statements(django_assert_num_queries: object) -> None:
    verified()
    with django_assert_num_queries(3):  # type: ignore[operator]
        # One for the shop's own junk, one for the hits, one for the trace.
        resolve(email=EMAIL)


def test_somebody_new_takes_few_statements(django_assert_max_num_queries: object) -> None:
    resolve(email="first@loja.com.br")
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        # Junk, hits; locks, hits again, contacts nobody derived, the group; then one each for the
        # customer, contacts, identifiers, trail, events and the mark to compare; two savepoints.
        resolve(email=EMAIL, phone=PHONE, name="Ana Souza")
