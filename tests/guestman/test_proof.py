"""Whose a number is that somebody just proved to have, through doorman's adapter."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine

from guestman import errors
from guestman.adapters.doorman import GuestmanCustomerResolver
from guestman.models import ContactPoint, ContactVerification, Customer
from guestman.rules import possession
from guestman.rules.contacts import contact_form
from guestman.services import contact_point, customer, lookup
from shopman import tenancy
from shopman.models import OutboxEvent, Tenant
from tests.guestman.factories import (
    ContactPointFactory,
    CustomerFactory,
    CustomerGroupFactory,
    suspected,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

PHONE = "+5511987654321"
resolver = GuestmanCustomerResolver()


def test_a_newcomer_is_made_with_a_verified_phone() -> None:
    group = CustomerGroupFactory(is_default=True)

    told = resolver.create_for_phone(PHONE, method="otp_whatsapp")

    row = Customer.objects.get()
    assert (told.uuid, told.phone, told.email, told.is_active) == (row.pk, PHONE, "", True)
    assert told.code == row.code == f"WEB-{row.pk.hex[-8:].upper()}"
    assert (row.group, row.source, row.phone) == (group, "login", PHONE)
    contact = ContactPoint.objects.get()
    assert (contact.evidence, contact.verification_method, contact.is_primary) == (
        "V",
        "otp_whatsapp",
        True,
    )
    assert ContactVerification.objects.get().contact_point == contact
    names = OutboxEvent.objects.order_by("uuid").values_list("name", flat=True)
    assert list(names) == ["guestman.customer_created", "guestman.contact_point_verified"]


def test_the_verified_owner_is_recognised_and_nobody_is_made() -> None:
    first = resolver.create_for_phone(PHONE)

    assert resolver.create_for_phone("+55 (11) 98765-4321") == first
    assert resolver.get_by_phone(PHONE) == first
    assert Customer.objects.count() == ContactVerification.objects.count() == 1


def test_a_login_code_that_is_taken_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    CustomerFactory(code="WEB-1")
    codes = iter(["WEB-1", "WEB-2"])
    monkeypatch.setattr("guestman.services.registration.generated", lambda prefix, key: next(codes))

    assert resolver.create_for_phone(PHONE).code == "WEB-2"


def test_the_one_customer_staff_wrote_the_number_down_for_is_recognised() -> None:
    made = customer.create(first_name="Ana", phone=PHONE)
    customer.create(phone=PHONE, evidence="U")

    told = resolver.get_by_phone(PHONE)
    assert told is not None
    assert (told.uuid, told.name) == (made.pk, "Ana")
    assert resolver.create_for_phone(PHONE).uuid == made.pk
    assert ContactPoint.objects.live().get().evidence == "V"
    assert Customer.objects.count() == 2


@pytest.mark.parametrize("evidence", [["U"], ["U", "U"], ["A", "A"]])
def test_a_number_nobody_proved_goes_to_the_one_who_does(evidence: list[str]) -> None:
    said = [ContactPointFactory(value=PHONE, evidence=each, is_primary=True) for each in evidence]
    Customer.objects.update(phone=PHONE)

    assert resolver.get_by_phone(PHONE) is None
    with suspected() as pairs:
        told = resolver.create_for_phone(PHONE)

    assert Customer.objects.count() == len(said) + 1
    assert told.name == ""
    for contact in said:
        contact.refresh_from_db()
        assert contact.released_at is not None
        assert contact.verifications.get().change == "superseded"
        assert Customer.objects.get(pk=contact.customer_id).phone == ""
    assert resolver.get_by_phone(PHONE) == told
    # Each may be the one who proved it; nobody is merged.
    assert {frozenset((each.one, each.other)) for each in pairs} == {
        frozenset((told.uuid, contact.customer_id)) for contact in said
    }
    assert {each.reason for each in pairs} == {"proved_by_another"}


def test_a_shared_number_decides_nothing_and_stays() -> None:
    family = ContactPointFactory(value=PHONE, evidence="V", is_shared=True)

    told = resolver.create_for_phone(PHONE)

    assert told.uuid != family.customer_id
    family.refresh_from_db()
    assert family.released_at is None
    assert resolver.create_for_phone(PHONE) == told


def test_an_inactive_owner_is_told_as_such_and_never_doubled() -> None:
    told = resolver.create_for_phone(PHONE)
    customer.deactivate(told.code or "", reason="blocked")

    again = resolver.create_for_phone(PHONE)
    assert (again.uuid, again.is_active) == (told.uuid, False)
    found = resolver.get_by_phone(PHONE)
    assert found == again
    assert resolver.get_by_uuid(told.uuid) is not None
    assert Customer.objects.count() == 1
    with pytest.raises(errors.PhoneTaken):
        customer.create(phone=PHONE)


def test_an_inactive_customer_who_only_said_so_is_passed_over() -> None:
    made = customer.create(phone=PHONE)
    customer.deactivate(made.code, reason="x")

    assert resolver.get_by_phone(PHONE) is None
    assert resolver.create_for_phone(PHONE).uuid != made.pk


@pytest.mark.parametrize(
    ("known", "proved"),
    [
        ("+5511987654321", "+551187654321"),
        ("+5491123456789", "+541123456789"),
        ("+541123456789", "+5491123456789"),
        ("+525512345678", "+5215512345678"),
    ],
)
def test_another_spelling_of_the_handset_reaches_its_one_owner(known: str, proved: str) -> None:
    contact = ContactPointFactory(kind="whatsapp", value=known, evidence="V")

    found = lookup.owned(contact_form("whatsapp", proved, None))
    assert found == contact


def test_proving_another_spelling_adds_it_to_its_owner() -> None:
    contact = ContactPointFactory(value="+5491123456789", evidence="V")

    told = resolver.get_by_phone("+541123456789")
    assert told is not None
    assert (told.uuid, told.phone) == (contact.customer_id, "+5491123456789")
    told = resolver.create_for_phone("+541123456789")
    assert (told.uuid, told.phone) == (contact.customer_id, "+541123456789")
    assert ContactPoint.objects.live().filter(evidence="V").count() == 2


def test_two_owners_of_other_spellings_decide_nothing() -> None:
    ContactPointFactory(value="+5491123456789", evidence="A")

    assert resolver.get_by_phone("+541123456789") is None


def test_an_email_needs_a_verified_owner() -> None:
    made = customer.create(email="ana@example.com")
    assert resolver.get_by_email("ana@example.com") is None

    resolver.mark_verified(made.pk, kind="email", value="ANA@example.com", method="email_link")

    told = resolver.get_by_email("ana@example.com")
    assert told is not None
    assert (told.uuid, told.email, told.phone) == (made.pk, "ana@example.com", "")
    assert resolver.get_by_email("nonsense") is None
    assert resolver.get_by_phone("nonsense") is None


def test_marking_is_idempotent_and_adds_what_is_missing() -> None:
    told = resolver.create_for_phone(PHONE)
    for _ in range(3):
        resolver.mark_verified(told.uuid, kind="phone", value=PHONE, method="otp_sms")
        resolver.mark_verified(told.uuid, kind="email", value="a@b.co", method="oauth")

    assert ContactPoint.objects.count() == ContactVerification.objects.count() == 2
    row = Customer.objects.get()
    assert (row.email, row.version) == ("a@b.co", 2)


def test_marking_refuses_what_belongs_to_another_or_to_nobody() -> None:
    owner = resolver.create_for_phone(PHONE)
    other = customer.create()

    with pytest.raises(errors.PhoneTaken):
        resolver.mark_verified(other.pk, kind="phone", value=PHONE, method="otp_sms")
    with pytest.raises(errors.CustomerNotFound):
        resolver.mark_verified(uuid.uuid4(), kind="phone", value=PHONE, method="otp_sms")
    assert resolver.get_by_phone(PHONE) == owner


def test_a_changed_number_never_leads_back() -> None:
    told = resolver.create_for_phone(PHONE)
    row = Customer.objects.get(pk=told.uuid)
    contact_point.change_phone(customer=row, phone="+5521912345678", method="otp_sms")

    assert resolver.get_by_phone(PHONE) is None
    assert resolver.create_for_phone(PHONE).uuid != told.uuid


def test_an_owner_unseen_for_long_logs_in_and_staff_are_told() -> None:
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False):
        told = resolver.create_for_phone(PHONE)
    with time_machine.travel(start + dt.timedelta(days=180), tick=False):
        resolver.create_for_phone(PHONE)
    assert not OutboxEvent.objects.filter(name="guestman.stale_contact_proved").exists()
    with time_machine.travel(start + dt.timedelta(days=180 + 182), tick=False):
        again = resolver.create_for_phone(PHONE)

    assert again == told
    event = OutboxEvent.objects.get(name="guestman.stale_contact_proved")
    assert event.payload["unseen_days"] == 182


def test_a_merged_owner_is_told_as_the_survivor() -> None:
    told = resolver.create_for_phone(PHONE)
    survivor = customer.create(first_name="Ana")
    Customer.objects.filter(pk=told.uuid).update(
        merged_into=survivor, is_active=False, status="inactive"
    )

    for answer in (resolver.get_by_phone(PHONE), resolver.get_by_uuid(told.uuid)):
        assert answer is not None
        assert (answer.uuid, answer.is_active) == (survivor.pk, True)


def test_the_same_number_in_two_tenants_is_two_customers(other_tenant: Tenant) -> None:
    here = resolver.create_for_phone(PHONE)
    with tenancy.use(other_tenant):
        assert resolver.get_by_uuid(here.uuid) is None
        assert resolver.get_by_phone(PHONE) is None
        assert resolver.create_for_phone(PHONE).uuid != here.uuid


def test_what_proves_no_phone_makes_no_customer() -> None:
    with pytest.raises(errors.InvalidPhone):
        resolver.create_for_phone("nonsense")
    with pytest.raises(errors.InvalidMethod):
        resolver.create_for_phone(PHONE, method="email_link")
    assert not Customer.objects.exists()


def test_logging_in_stays_within_its_queries(django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(19):  # type: ignore[operator]
        told = resolver.create_for_phone(PHONE)
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        resolver.create_for_phone(PHONE)
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        resolver.get_by_phone(PHONE)
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        resolver.get_by_uuid(told.uuid)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        resolver.mark_verified(told.uuid, kind="phone", value=PHONE, method="otp_sms")


def hit(evidence: str, who: int, *, shared: bool = False, active: bool = True) -> possession.Hit:
    return possession.Hit(
        contact_point=uuid.uuid4(),
        customer=uuid.UUID(int=who),
        evidence=evidence,
        is_shared=shared,
        is_active=active,
    )


@pytest.mark.parametrize(
    ("hits", "variants", "owner"),
    [
        ([], [], None),
        ([hit("V", 1)], [], 1),
        ([hit("V", 1, active=False), hit("A", 2)], [], 1),
        ([hit("A", 2), hit("V", 1)], [hit("V", 3)], 1),
        ([hit("V", 1, shared=True), hit("A", 2)], [], 2),
        ([hit("A", 2), hit("U", 3)], [], 2),
        ([hit("A", 2), hit("A", 3)], [], None),
        ([hit("A", 2), hit("A", 3, active=False)], [], 2),
        ([hit("A", 2, shared=True)], [], None),
        ([hit("U", 2)], [], None),
        ([], [hit("V", 3)], 3),
        ([hit("U", 2)], [hit("V", 3)], 3),
        ([], [hit("V", 3), hit("V", 4)], None),
        ([], [hit("A", 3)], None),
        ([], [hit("V", 3, shared=True)], None),
        ([hit("A", 2), hit("A", 3)], [hit("V", 4)], None),
    ],
)
def test_possession_decides(
    hits: list[possession.Hit], variants: list[possession.Hit], owner: int | None
) -> None:
    found = possession.owner(hits, variants)
    assert (found.customer.int if found else None) == owner
    again = possession.owner(hits[::-1], variants[::-1])
    assert (again.customer if again else None) == (found.customer if found else None)
