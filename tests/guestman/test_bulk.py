"""Many customers at once, and omniman's directory."""

from __future__ import annotations

import pytest

from guestman import errors
from guestman.adapters.omniman_customers import GuestmanCustomerDirectory
from guestman.models import Customer
from guestman.services import contact_point, customer
from guestman.services.customer import NewCustomer
from omniman.protocols.customer import ContactSnapshot, CustomerRef
from shopman.models import AuditEntry, OutboxEvent
from tests.guestman.factories import CustomerGroupFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]


def test_missing_customers_are_made_and_others_left_alone() -> None:
    default = CustomerGroupFactory(is_default=True)
    known = customer.create(code="17850", first_name="Ana")
    wanted = [
        NewCustomer(code="17850", first_name="Other"),
        NewCustomer(code="13047", first_name="Bia", last_name="Souza", source="import:x"),
        NewCustomer(code="13047"),
        NewCustomer(code=" 12583 "),
        NewCustomer(code="12583"),
    ]

    found = customer.ensure_many(wanted)

    assert set(found) == {"17850", "13047", " 12583 ", "12583"}
    assert found["17850"] == known.pk
    assert Customer.objects.count() == 3
    known.refresh_from_db()
    assert (known.first_name, known.version) == ("Ana", 1)
    made = Customer.objects.get(code="12583")
    assert (made.group, made.is_active, made.search_text) == (default, True, "12583")
    assert customer.search("12583") == [made]


def test_what_is_made_in_bulk_is_audited_and_told_once() -> None:
    wanted = [NewCustomer(code=str(n), source="import:x") for n in range(25)]

    first = customer.ensure_many(wanted)
    assert customer.ensure_many(wanted) == first

    assert AuditEntry.objects.filter(action="customer.create").count() == 25
    assert OutboxEvent.objects.filter(name="guestman.customer_created").count() == 25
    entry = AuditEntry.objects.get(subject=f"customer:{first['7']}")
    assert entry.after == {
        "code": "7",
        "customer_type": "person",
        "status": "active",
        "source": "import:x",
        "version": 1,
    }


def test_codes_of_merged_and_closed_customers_are_answered() -> None:
    survivor, gone = customer.create(code="keep"), customer.create(code="gone")
    Customer.objects.filter(pk=gone.pk).update(merged_into=survivor)
    closed = customer.create(code="closed")
    customer.deactivate("closed", reason="x")

    found = customer.ensure_many([NewCustomer(code="gone"), NewCustomer(code="closed")])
    assert found == {"gone": survivor.pk, "closed": closed.pk}


def test_a_bad_code_stops_the_whole_call() -> None:
    with pytest.raises(errors.InvalidCode):
        customer.ensure_many([NewCustomer(code="good"), NewCustomer(code="not\x00good")])
    assert not Customer.objects.exists()
    assert customer.ensure_many([]) == {}


def test_the_queries_do_not_grow_with_the_customers(
    django_assert_max_num_queries: object,
) -> None:
    # SQLite takes a statement's parameters in portions, so few rows are compared with few.
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        customer.ensure_many([NewCustomer(code=f"a-{n}") for n in range(2)])
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        customer.ensure_many([NewCustomer(code=f"b-{n}") for n in range(20)])
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        customer.ensure_many([NewCustomer(code=f"b-{n}") for n in range(20)])


@pytest.mark.postgres
def test_a_thousand_new_customers_take_a_constant_number_of_queries(
    django_assert_max_num_queries: object,
) -> None:
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        customer.ensure_many([NewCustomer(code=f"c-{n}") for n in range(1000)])
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        customer.ensure_many([NewCustomer(code=f"d-{n}") for n in range(900)])


def test_the_directory_makes_customers_and_freezes_them() -> None:
    directory = GuestmanCustomerDirectory()
    CustomerGroupFactory(code="retail", is_default=True)
    found = directory.ensure_many(
        [CustomerRef(code="17850", name="Ana Maria Souza", source="online-retail")]
    )
    row = Customer.objects.get(code="17850")
    assert found == {"17850": row.pk}
    assert (row.first_name, row.last_name, row.source) == ("Ana", "Maria Souza", "online-retail")
    contact = contact_point.add(customer=row, kind="phone", value="11 98765-4321")
    contact_point.add(customer=row, kind="email", value="Ana@b.co")
    contact.mark_verified(method="otp_sms")

    snapshot = directory.snapshot(row.pk)

    assert snapshot is not None
    assert (snapshot.uuid, snapshot.code, snapshot.name) == (row.pk, "17850", "Ana Maria Souza")
    assert (snapshot.phone, snapshot.email, snapshot.group) == (
        "+5511987654321",
        "ana@b.co",
        "retail",
    )
    assert snapshot.contact_points == (
        ContactSnapshot(kind="phone", value="+5511987654321", is_primary=True, is_verified=True),
        ContactSnapshot(kind="email", value="ana@b.co", is_primary=True, is_verified=False),
    )


def test_the_directory_knows_no_closed_customer_and_follows_merges() -> None:
    directory = GuestmanCustomerDirectory()
    survivor, gone = customer.create(code="keep"), customer.create(code="gone")
    Customer.objects.filter(pk=gone.pk).update(
        merged_into=survivor, is_active=False, status="inactive"
    )

    snapshot = directory.snapshot(gone.pk)
    assert snapshot is not None
    assert snapshot.code == "keep"
    customer.deactivate("keep", reason="x")
    assert directory.snapshot(survivor.pk) is None


def test_a_snapshot_stays_within_its_queries(django_assert_num_queries: object) -> None:
    CustomerGroupFactory(is_default=True)
    made = customer.create(phone="+5511987654321")
    with django_assert_num_queries(3):  # type: ignore[operator]
        GuestmanCustomerDirectory().snapshot(made.pk)
