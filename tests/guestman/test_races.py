"""What two or more do at the same moment. PostgreSQL only: SQLite's writers take turns."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from guestman import errors
from guestman.adapters.doorman import GuestmanCustomerResolver
from guestman.models import (
    ContactPoint,
    ContactVerification,
    Customer,
    CustomerGroup,
    ExternalIdentity,
)
from guestman.services import address, bulk, contact_point, customer, external_identity, group
from shopman.models import AuditEntry, OutboxEvent
from tests.conftest import Outcome, Race
from tests.guestman.factories import ContactPointFactory, CustomerFactory, CustomerGroupFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("in_tenant"),
]

PHONE = "+5511987654321"
SPELLINGS = ["+5511987654321", "(11) 98765-4321", "011 98765 4321", "tel:+55-11-98765-4321"]


def errors_of(outcomes: list[Outcome]) -> list[type[BaseException]]:
    return [type(each.error) for each in outcomes if each.error is not None]


def test_many_first_logins_of_one_phone_make_one_customer(race: Race) -> None:
    CustomerGroupFactory(is_default=True)
    resolver = GuestmanCustomerResolver()

    calls = [partial(resolver.create_for_phone, SPELLINGS[n % 4]) for n in range(64)]
    outcomes = race(*calls)

    assert errors_of(outcomes) == []
    row = Customer.objects.get()
    assert {outcome.value.uuid for outcome in outcomes} == {row.pk}
    assert ContactPoint.objects.count() == ContactVerification.objects.count() == 1
    assert AuditEntry.objects.filter(action="customer.create").count() == 1
    assert OutboxEvent.objects.filter(name="guestman.customer_created").count() == 1


def test_first_logins_with_two_spellings_of_a_handset_make_one_customer(race: Race) -> None:
    resolver = GuestmanCustomerResolver()
    spellings = ["+5491123456789", "+541123456789"]

    outcomes = race(*(partial(resolver.create_for_phone, spellings[n % 2]) for n in range(8)))

    assert errors_of(outcomes) == []
    assert Customer.objects.count() == 1
    assert {outcome.value.phone for outcome in outcomes} == set(spellings)


def test_one_of_two_who_choose_a_code_gets_it(race: Race) -> None:
    outcomes = race(*(partial(customer.create, code="mine") for _ in range(4)))

    assert errors_of(outcomes) == [errors.CodeTaken] * 3
    assert Customer.objects.count() == 1


def test_one_of_two_who_bring_a_document_gets_it(race: Race) -> None:
    outcomes = race(*(partial(customer.create, document="39053344705") for _ in range(4)))

    assert errors_of(outcomes) == [errors.DocumentTaken] * 3
    assert AuditEntry.objects.count() == 1


def test_one_of_two_who_prove_a_phone_owns_it(race: Race) -> None:
    rivals = [ContactPointFactory(value=PHONE) for _ in range(4)]

    outcomes = race(
        *(partial(contact_point.verify, contact_point=each, method="otp_sms") for each in rivals)
    )

    # Whoever was first took the number from the others, whose contacts are history.
    assert set(errors_of(outcomes)) == {errors.ContactReleased}
    assert len(errors_of(outcomes)) == 3
    assert ContactPoint.objects.owning().count() == 1
    assert ContactPoint.objects.live().count() == 1


def test_two_primaries_at_once_leave_one(race: Race) -> None:
    made = customer.create(phone=PHONE)
    others = [
        contact_point.add(customer=made, kind="phone", value=f"+552191234567{n}") for n in range(4)
    ]

    outcomes = race(*(partial(contact_point.make_primary, contact_point=each) for each in others))

    assert errors_of(outcomes) == []
    primary = ContactPoint.objects.get(is_primary=True)
    assert Customer.objects.get().phone == primary.match_key
    assert Customer.objects.get().version == 5 + 4


def test_two_customers_who_swap_phones_neither_hang_nor_take(race: Race) -> None:
    other = "+5521912345678"
    for _ in range(5):
        one = customer.create(phone=PHONE)
        two = customer.create(phone=other)
        ContactPoint.objects.live().filter(customer__in=[one, two]).update(evidence="A")

        outcomes = race(
            partial(contact_point.change_phone, customer=one, phone=other, method="otp_sms"),
            partial(contact_point.change_phone, customer=two, phone=PHONE, method="otp_sms"),
        )

        assert errors_of(outcomes) == []
        one.refresh_from_db()
        two.refresh_from_db()
        assert (one.phone, two.phone) == (other, PHONE)
        for row in (one, two):
            contact_point.release(contact_point=row.contact_points.get(is_primary=True))


def test_owners_of_proved_phones_cannot_swap_them(race: Race) -> None:
    other = "+5521912345678"
    one = ContactPointFactory(value=PHONE, evidence="V", is_primary=True).customer
    two = ContactPointFactory(value=other, evidence="V", is_primary=True).customer

    outcomes = race(
        partial(contact_point.change_phone, customer=one, phone=other, method="otp_sms"),
        partial(contact_point.change_phone, customer=two, phone=PHONE, method="otp_sms"),
    )

    # The second may find the number just given up by the first one.
    assert set(errors_of(outcomes)) == {errors.PhoneTaken}
    assert ContactPoint.objects.owning().count() == 2


def test_an_update_that_lost_is_told_so(race: Race) -> None:
    made = customer.create(first_name="Ana")
    names = ["Bia", "Cora", "Dora", "Eva"]

    outcomes = race(
        *(partial(customer.update, made.code, first_name=n, expected_version=1) for n in names)
    )

    assert errors_of(outcomes) == [errors.StaleVersion] * 3
    row = Customer.objects.get()
    winner = next(name for name, each in zip(names, outcomes, strict=True) if each.error is None)
    assert (row.first_name, row.version) == (winner, 2)


def test_updates_without_a_version_all_count(race: Race) -> None:
    made = customer.create()

    race(*(partial(customer.update, made.code, notes=str(n)) for n in range(8)))

    assert Customer.objects.get().version == 9
    versions = AuditEntry.objects.values_list("after__version", flat=True)
    assert sorted(versions) == list(range(1, 10))


def test_updates_and_contacts_of_one_customer_take_turns(race: Race) -> None:
    made = customer.create(first_name="Ana")
    calls: list[Callable[[], object]] = []
    for n in range(4):
        calls.append(partial(customer.update, made.code, first_name=f"Ana {n}"))
        calls.append(partial(contact_point.add, customer=made, kind="email", value=f"a{n}@b.co"))

    assert errors_of(race(*calls)) == []
    row = Customer.objects.get()
    assert row.version == 9
    assert row.first_name.lower() in row.search_text
    assert all(f"a{n}@b.co" in row.search_text for n in range(4))


def test_two_imports_of_the_same_codes_make_each_customer_once(race: Race) -> None:
    codes = [str(n) for n in range(300)]
    there = [bulk.NewCustomer(code=code) for code in codes]

    outcomes = race(*(partial(customer.ensure_many, there[::step]) for step in (1, -1, 1, -1)))

    assert errors_of(outcomes) == []
    assert all(outcome.value == outcomes[0].value for outcome in outcomes)
    assert Customer.objects.count() == 300
    assert AuditEntry.objects.count() == OutboxEvent.objects.count() == 300


def test_the_first_two_addresses_leave_one_default(race: Race) -> None:
    made = customer.create()
    add = partial(address.add, customer=made, city="Rio")

    assert errors_of(race(partial(add, street="A"), partial(add, street="B"))) == []
    assert made.addresses.filter(is_default=True).count() == 1


def test_one_of_four_gets_an_account(race: Race) -> None:
    rivals = [CustomerFactory() for _ in range(4)]
    link = partial(external_identity.link, provider="google", subject="7")

    outcomes = race(*(partial(link, customer=each) for each in rivals))
    assert errors_of(outcomes) == [errors.IdentityTaken] * 3
    assert ExternalIdentity.objects.count() == 1


def test_two_default_groups_at_once_leave_one(race: Race) -> None:
    groups = [CustomerGroupFactory() for _ in range(4)]

    outcomes = race(*(partial(group.set_default, group=each) for each in groups))
    assert errors_of(outcomes) == []
    assert CustomerGroup.objects.filter(is_default=True).count() == 1
