"""Many customers at once are what one by one would have made of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guestman.errors import DocumentTaken, UnknownGroup
from guestman.models import Customer, CustomerAddress
from guestman.rules.contacts import contact_form
from guestman.services import address, bulk_create, customer, observers
from guestman.services.newcomers import NewContact, NewPerson
from guestman.services.observers import ContactChange, CustomerChange
from guestman.signals import customer_created
from shopman.models import AuditEntry, OutboxEvent, Tenant
from tests.guestman.factories import CustomerGroupFactory

pytestmark = pytest.mark.django_db

#: Of a row, what two rows of the same person cannot have in common.
OWN = {"uuid", "code", "customer_id", "created_at", "updated_at", "changed_at", "at"}
OWN |= {"occurred_at", "next_attempt_at", "first_seen_at", "last_seen_at", "search_text"}


@pytest.fixture(autouse=True)
def shop(in_tenant: Tenant) -> Tenant:
    CustomerGroupFactory(code="regular", is_default=True)
    CustomerGroupFactory(code="vip")
    return in_tenant


def person(**columns: Any) -> NewPerson:
    forms = [
        contact_form("phone", "+55 11 98765-4321", None),
        contact_form("phone", "+55 11 91357-2468", None),
        contact_form("email", "Ána.Souza@gmail.com", None),
    ]
    said = {"first_name": "Ana", "last_name": "Souza", "source": "import:old", **columns}
    return NewPerson(columns=said, contacts=[NewContact(form=form) for form in forms], evidence="A")


def told(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """A row without what is its own; keys of customers by whose they are."""
    text = json.dumps(
        {name: value for name, value in row.items() if name not in OWN},
        sort_keys=True,
        default=str,
    )
    for key, name in names.items():
        text = text.replace(key, name)
    return text


def everything(made: Customer) -> list[str]:
    """Every row that speaks of a customer, in all apps that keep any."""
    names = {str(made.pk): "CUSTOMER", made.code: "CODE"}
    found = [told(row, names) for row in Customer.objects.filter(pk=made.pk).values()]
    for relation in Customer._meta.get_fields(include_hidden=True):
        if relation.one_to_many and relation.auto_created:
            model = relation.related_model
            rows = model._default_manager.filter(**{relation.field.name: made.pk})
            found += sorted(f"{model.__name__} {told(row, names)}" for row in rows.values())
    name = f"customer:{made.pk}"
    entries = AuditEntry.objects.filter(subject=name, action="customer.create")
    found += [told(row, names) for row in entries.values()]
    found += [told(row, names) for row in OutboxEvent.objects.filter(subject=name).values()]
    return found


def test_a_person_is_the_same_either_way() -> None:
    one = customer.create(
        first_name="Ana",
        last_name="Souza",
        phone="+55 11 98765-4321",
        email="Ána.Souza@gmail.com",
        document="529.982.247-25",
        document_country="BR",
        birth_date=dt.date(1990, 5, 1),
        notes="a note",
        source="import:old",
        group_code="vip",
        evidence="A",
    )
    kept = everything(one)
    customer.update(one.pk, document=None)
    given = person(
        document="52998224725",
        document_kind="cpf",
        document_country="BR",
        birth_date=dt.date(1990, 5, 1),
        notes="a note",
    )
    contacts = [each for each in given.contacts if "91357" not in each.form.value]
    (made,) = bulk_create.create_many(
        [NewPerson(columns=given.columns, contacts=contacts, group_code="vip", evidence="A")]
    )
    many = everything(Customer.objects.get(pk=made.key))
    assert many == kept
    # The customer, two contacts, three identifiers, a mark, the trail and the outbox.
    assert len(many) == 9


def test_the_first_contact_of_a_kind_is_primary_and_copied() -> None:
    (made,) = bulk_create.create_many([person()])
    row = Customer.objects.get(pk=made.key)
    assert (row.phone, row.email) == ("+5511987654321", "ána.souza@gmail.com")
    primary = row.contact_points.filter(is_primary=True).values_list("match_key", flat=True)
    assert set(primary) == {row.phone, row.email}
    assert row.contact_points.count() == 3


def test_an_address_is_as_if_it_were_added() -> None:
    columns = {"street": "Rua A", "number": "10", "city": "Rio", "country": "BR"}
    (made,) = bulk_create.create_many([NewPerson(columns={"first_name": "Ana"}, address=columns)])
    other = customer.create(first_name="Ana")
    address.add(customer=other, **columns)
    rows = {row["customer_id"]: row for row in CustomerAddress.objects.values()}
    assert told(rows[made.key], {}) == told(rows[other.pk], {})


def test_nobody_is_made_when_one_cannot_be() -> None:
    taken = {"document": "52998224725", "document_kind": "cpf", "document_country": "BR"}
    bulk_create.create_many([person(**taken)])
    with pytest.raises(DocumentTaken):
        bulk_create.create_many([person(), person(**taken)])
    with pytest.raises(UnknownGroup):
        bulk_create.create_many([person(), NewPerson(columns={}, group_code="nobody")])
    assert Customer.objects.count() == 1


def test_it_takes_as_many_statements_for_many_as_for_one() -> None:
    def statements(count: int) -> int:
        with CaptureQueriesContext(connection) as found:
            bulk_create.create_many([person() for _ in range(count)])
        return len(found)

    assert statements(30) == statements(2)


@pytest.fixture
def rows_told() -> Iterator[list[CustomerChange | ContactChange]]:
    """What observers are told who do not know of newcomers."""
    found: list[CustomerChange | ContactChange] = []

    def customers(changes: Sequence[CustomerChange]) -> None:
        found.extend(changes)

    def contacts(changes: Sequence[ContactChange]) -> None:
        found.extend(changes)

    observers.register_customers(customers)
    observers.register(contacts)
    yield found
    observers.unregister_customers(customers)
    observers.unregister(contacts)


def test_whoever_observes_row_by_row_is_told_row_by_row(
    rows_told: list[CustomerChange | ContactChange],
) -> None:
    made = bulk_create.create_many([person(), person()])
    customers = [each for each in rows_told if isinstance(each, CustomerChange)]
    contacts = [each for each in rows_told if isinstance(each, ContactChange)]
    assert [each.row.pk for each in customers] == [each.key for each in made]
    assert all(each.is_new for each in customers)
    assert len(contacts) == 6
    assert {each.change for each in contacts} == {"added"}


def test_everybody_is_announced_after_the_commit(
    django_capture_on_commit_callbacks: Any,
) -> None:
    told: list[Any] = []

    def listen(sender: object, **facts: Any) -> None:
        told.append((facts["customer_uuid"], facts["code"], facts["source"]))

    customer_created.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            made = bulk_create.create_many([person(), person()])
    finally:
        customer_created.disconnect(listen)
    assert told == [(each.key, each.code, "import:old") for each in made]
