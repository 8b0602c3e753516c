"""Customers are made, changed, closed and opened again."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.contrib.auth.models import User

from guestman import errors
from guestman.models import ContactPoint, Customer
from guestman.services import customer
from shopman import actor, tenancy
from shopman.models import AuditEntry, Membership, Organization, OutboxEvent, Tenant
from tests.guestman.factories import ContactPointFactory, CustomerFactory, CustomerGroupFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

PHONE = "+5511987654321"


def audit_of(row: Customer) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(subject=row.subject).order_by("at", "uuid"))


def events_of(row: Customer) -> list[tuple[str, dict[str, object]]]:
    events = OutboxEvent.objects.filter(subject=row.subject).order_by("uuid")
    return [(event.name, event.payload) for event in events]


def test_a_customer_is_made_with_everything_given() -> None:
    CustomerGroupFactory(code="vip", price_list_code="gold")
    made = customer.create(
        first_name="  José ",
        last_name="Álvares  de  Sá",
        code="jose-1",
        phone="(11) 98765-4321",
        email="Jose@Example.COM",
        document="390.533.447-05",
        group_code="vip",
        source="staff",
        locale="pt_BR",
        birth_date=dt.date(1990, 2, 28),
        notes="Likes tea\r\nand cake",
        metadata={"size": 42},
    )

    row = Customer.objects.get(code="jose-1")
    assert row == made
    assert (row.first_name, row.last_name, row.name) == (
        "José",
        "Álvares de Sá",
        "José Álvares de Sá",
    )
    assert (row.phone, row.email) == (PHONE, "jose@example.com")
    assert (row.document, row.document_kind, row.document_country) == ("39053344705", "cpf", "BR")
    assert row.group is not None
    assert row.group.code == "vip"
    assert (row.status, row.is_active, row.version) == ("active", True, 1)
    assert (row.locale, row.birth_date) == ("pt-br", dt.date(1990, 2, 28))
    assert row.notes == "Likes tea\nand cake"
    assert row.metadata == {"size": 42}
    contacts = row.contact_points.order_by("kind")
    assert [(c.kind, c.evidence, c.is_primary, c.verified_at) for c in contacts] == [
        ("email", "A", True, None),
        ("phone", "A", True, None),
    ]
    assert [c.value for c in contacts] == ["Jose@Example.COM", "(11) 98765-4321"]


def test_a_new_customer_is_audited_and_told_without_contact_values() -> None:
    with actor.use(actor.Actor(kind="user", id="7", label="ana"), request_id="r-1"):
        made = customer.create(first_name="Ana", phone=PHONE)

    assert made.created_by == "ana"
    (entry,) = audit_of(made)
    assert (entry.action, entry.actor_id, entry.request_id) == ("customer.create", "7", "r-1")
    assert entry.before == {}
    assert entry.after["phone"] == PHONE
    assert entry.after["version"] == 1
    ((name, payload),) = events_of(made)
    assert name == "guestman.customer_created"
    assert PHONE not in str(payload)
    assert payload["customer_uuid"] == str(made.pk)


def test_a_new_customer_joins_the_default_group() -> None:
    default = CustomerGroupFactory(is_default=True)

    assert customer.create().group == default
    with pytest.raises(errors.UnknownGroup):
        customer.create(group_code="nowhere")


def test_without_a_default_group_a_new_customer_is_in_none() -> None:
    assert customer.create().group is None


def test_a_generated_code_that_is_taken_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    CustomerFactory(code="C-1")
    codes = iter(["C-1", "C-1", "C-2"])
    monkeypatch.setattr("guestman.services.registration.generated", lambda prefix, key: next(codes))

    assert customer.create().code == "C-2"
    assert Customer.objects.count() == 2


def test_a_chosen_code_that_is_taken_is_refused() -> None:
    CustomerFactory(code="mine")

    with pytest.raises(errors.CodeTaken):
        customer.create(code="mine")
    assert Customer.objects.count() == 1


def test_two_tenants_may_have_the_same_code_document_and_phone(other_tenant: Tenant) -> None:
    facts = {"code": "x", "document": "39053344705", "document_country": "BR", "phone": PHONE}
    customer.create(**facts)
    with tenancy.use(other_tenant):
        twin = customer.create(**facts)
        assert customer.get("x") == twin
    assert Customer.all_tenants.count() == 2


def test_a_document_belongs_to_one_active_customer() -> None:
    first = customer.create(document="390.533.447-05")
    with pytest.raises(errors.DocumentTaken):
        customer.create(document="39053344705")
    customer.deactivate(first.code, reason="moved")
    second = customer.create(document="39053344705")
    with pytest.raises(errors.DocumentTaken):
        customer.reactivate(first.code)

    assert customer.get_by_document("390.533.447-05") == second


def test_a_phone_that_was_only_typed_may_be_typed_again() -> None:
    first = customer.create(phone=PHONE)
    second = customer.create(phone=PHONE)

    assert {first.phone, second.phone} == {PHONE}
    assert customer.get_by_phone(PHONE) is None


@pytest.mark.parametrize(
    ("contact", "error"),
    [({"phone": PHONE}, errors.PhoneTaken), ({"email": "a@b.co"}, errors.EmailTaken)],
)
def test_a_contact_that_somebody_verified_is_his(
    contact: dict[str, str], error: type[Exception]
) -> None:
    ((kind, value),) = contact.items()
    ContactPointFactory(kind=kind, value=value, evidence="V")

    with pytest.raises(error):
        customer.create(**contact)
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"phone": "12"}, errors.InvalidPhone),
        ({"email": "nobody"}, errors.InvalidEmail),
        ({"document": "111.111.111-11"}, errors.InvalidDocument),
        ({"code": "x" * 65}, errors.InvalidCode),
        ({"code": "a\x00b"}, errors.InvalidCode),
        ({"code": ""}, errors.InvalidCode),
        ({"first_name": "x" * 151}, errors.InvalidText),
        ({"first_name": "a\x00b"}, errors.InvalidText),
        ({"notes": "a\x00b"}, errors.InvalidText),
        ({"customer_type": "robot"}, errors.InvalidChoice),
        ({"status": "inactive"}, errors.InvalidChoice),
        ({"locale": "tlh"}, errors.InvalidLocale),
        ({"birth_date": dt.date(1899, 12, 31)}, errors.InvalidBirthDate),
        ({"birth_date": dt.date(2999, 1, 1)}, errors.InvalidBirthDate),
        ({"metadata": {"x": "y" * 17_000}}, errors.InvalidMetadata),
        ({"metadata": {"x": float("nan")}}, errors.InvalidMetadata),
        ({"metadata": {"x": "\x00"}}, errors.InvalidMetadata),
        ({"metadata": ["x"]}, errors.InvalidMetadata),
        ({"assigned_to": 999}, errors.UnknownAssignee),
    ],
)
def test_what_cannot_be_stored_is_refused_by_name(
    facts: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        customer.create(**facts)
    assert not Customer.objects.exists()


def test_a_birth_date_is_judged_by_the_tenants_day() -> None:
    # 01:30 UTC on the second is still the first in São Paulo.
    with time_machine.travel(dt.datetime(2026, 5, 2, 1, 30, tzinfo=dt.UTC), tick=False):
        with pytest.raises(errors.InvalidBirthDate):
            customer.create(birth_date=dt.date(2026, 5, 2))
        assert customer.create(birth_date=dt.date(2026, 5, 1))


def test_staff_of_the_tenant_may_be_assigned(other_tenant: Tenant) -> None:
    ours = User.objects.create(username="ours")
    theirs = User.objects.create(username="theirs")
    Membership.objects.create(user=ours, role="clerk")
    with tenancy.use(other_tenant):
        Membership.objects.create(user=theirs, role="clerk")

    assert customer.create(assigned_to=ours.pk).assigned_to == ours
    with pytest.raises(errors.UnknownAssignee):
        customer.create(assigned_to=theirs.pk)


def test_a_customer_made_in_an_organization_belongs_to_it(in_tenant: Tenant) -> None:
    branch = Organization.objects.create(slug="north", name="North")
    with tenancy.use(in_tenant, branch):
        made = customer.create(phone=PHONE)

    assert made.organization == branch
    assert ContactPoint.objects.get().organization == branch


def test_an_update_changes_what_is_given_and_nothing_else() -> None:
    made = customer.create(first_name="Ana", last_name="Souza", notes="old")

    changed = customer.update(made.code, first_name="Anna", birth_date=None)

    row = Customer.objects.get()
    assert (row.first_name, row.last_name, row.notes, row.version) == ("Anna", "Souza", "old", 2)
    assert changed.version == 2
    assert row.updated_at > made.updated_at
    entry = audit_of(row)[-1]
    assert (entry.action, entry.before) == ("customer.update", {"first_name": "Ana"})
    assert entry.after == {"first_name": "Anna", "version": 2}
    name, payload = events_of(row)[-1]
    assert name == "guestman.customer_updated"
    assert payload == {"customer_uuid": str(row.pk), "changed": ["first_name"], "version": 2}


def test_an_update_by_uuid_that_changes_nothing_leaves_no_trace() -> None:
    made = customer.create(first_name="Ana")

    assert customer.update(made.pk, first_name="Ana", notes="").version == 1
    assert len(audit_of(made)) == 1
    assert len(events_of(made)) == 1


def test_a_stale_update_names_what_changed_since() -> None:
    made = customer.create(first_name="Ana")
    customer.update(made.code, first_name="Bia")
    customer.update(made.code, notes="hello", expected_version=2)

    with pytest.raises(errors.StaleVersion) as refused:
        customer.update(made.code, first_name="Cora", expected_version=1)
    assert [error.field for error in refused.value.errors] == ["first_name", "notes"]
    assert Customer.objects.get().first_name == "Bia"
    assert customer.changes_since(made.code, 2) == ["notes"]
    assert customer.changes_since(made.pk, 3) == []


def test_group_document_and_assignee_can_be_changed_and_taken_away() -> None:
    group = CustomerGroupFactory(code="vip", is_default=True)
    user = User.objects.create(username="ours")
    Membership.objects.create(user=user, role="clerk")
    made = customer.create(document="39053344705")

    row = customer.update(made.code, group_code=None, document=None, assigned_to=user.pk)
    assert (row.group, row.document, row.document_kind, row.assigned_to) == (None, "", "", user)
    assert audit_of(row)[-1].before["group"] == str(group.pk)

    row = customer.update(
        made.code, group_code="vip", document="12.ABC.345/01DE-35", assigned_to=None
    )
    assert (row.group, row.document, row.document_kind) == (group, "12ABC34501DE35", "cnpj")
    assert row.assigned_to is None


def test_an_unknown_or_inactive_customer_cannot_be_updated() -> None:
    with pytest.raises(errors.CustomerNotFound):
        customer.update("nobody", first_name="x")
    with pytest.raises(errors.CustomerNotFound):
        customer.update(uuid.uuid4(), first_name="x")
    made = customer.create()
    customer.deactivate(made.code, reason="closed")
    with pytest.raises(errors.CustomerInactive):
        customer.update(made.code, first_name="x")


def test_a_document_taken_by_another_is_refused_in_an_update() -> None:
    customer.create(document="39053344705")
    made = customer.create()

    with pytest.raises(errors.DocumentTaken):
        customer.update(made.code, document="390.533.447-05")


def test_a_closed_customer_is_gone_from_every_look_up_and_comes_back() -> None:
    group = CustomerGroupFactory(price_list_code="gold", is_default=True)
    made = customer.create(first_name="Ana", phone=PHONE, email="a@b.co", document="39053344705")
    assert customer.price_list(made.code) == "gold"

    def found() -> list[object]:
        return [
            customer.get(made.code),
            customer.get_by_uuid(made.pk),
            customer.get_by_phone(PHONE),
            customer.get_by_email("A@B.CO"),
            customer.get_by_document("390.533.447-05"),
            *customer.search("ana"),
        ]

    assert found() == [made] * 6
    customer.deactivate(made.code, reason="asked to")
    assert found() == [None] * 5
    assert customer.price_list(made.code) is None
    assert customer.price_list_reason(made.code) == "inactive_customer"
    row = Customer.objects.get()
    assert (row.status, row.is_active, row.version, row.group) == ("inactive", False, 2, group)
    assert audit_of(row)[-1].reason == "asked to"
    assert events_of(row)[-1][0] == "guestman.customer_deactivated"

    customer.reactivate(made.code)
    assert found() == [made] * 6
    assert events_of(row)[-1][0] == "guestman.customer_reactivated"
    assert [entry.after["version"] for entry in audit_of(row)] == [1, 2, 3]


def test_closing_twice_and_opening_twice_change_nothing_more() -> None:
    made = customer.create()
    customer.reactivate(made.code)
    customer.deactivate(made.code, reason="a")
    customer.deactivate(made.code, reason="b")

    assert Customer.objects.get().version == 2
    assert len(audit_of(made)) == 2


def test_look_ups_and_updates_follow_a_merge_to_the_survivor() -> None:
    survivor = customer.create(code="keep", first_name="Ana")
    duplicate = customer.create(code="gone", first_name="Anna", phone=PHONE)
    Customer.objects.filter(pk=duplicate.pk).update(
        merged_into=survivor, is_active=False, status="inactive"
    )

    assert customer.get("gone") == survivor
    assert customer.get_by_uuid(duplicate.pk) == survivor
    assert customer.get_by_phone(PHONE) == survivor
    assert customer.search("gone") == [survivor]
    customer.update("gone", notes="for both")
    survivor.refresh_from_db()
    assert survivor.notes == "for both"
    assert customer.price_list_reason("gone") == "no_group"


def test_the_reasons_of_a_price_list() -> None:
    assert customer.price_list("nobody") is None
    assert customer.price_list_reason("nobody") == "unknown_customer"
    made = customer.create()
    assert customer.price_list_reason(made.code) == "no_group"
    CustomerGroupFactory(code="plain")
    customer.update(made.code, group_code="plain")
    assert customer.price_list_reason(made.code) == "group_without_price_list"
    CustomerGroupFactory(code="vip", price_list_code="gold")
    customer.update(made.code, group_code="vip")
    assert (customer.price_list(made.code), customer.price_list_reason(made.code)) == (
        "gold",
        "group",
    )


def test_nothing_is_found_by_what_is_no_phone_email_or_document() -> None:
    assert customer.get_by_phone("garbage") is None
    assert customer.get_by_email("garbage") is None
    assert customer.get_by_document("!") is None


def test_what_the_public_typed_finds_nobody() -> None:
    customer.create(phone=PHONE, email="a@b.co", evidence="U")

    assert customer.get_by_phone(PHONE) is None
    assert customer.get_by_email("a@b.co") is None


def test_without_a_tenant_nothing_is_found_and_nothing_made(tenant: Tenant) -> None:
    customer.create(code="x")
    scope = tenancy.context._scope.set(None)
    try:
        for call in (lambda: customer.get("x"), customer.create, lambda: customer.search("x")):
            with pytest.raises(tenancy.TenantRequired):
                call()
    finally:
        tenancy.context._scope.reset(scope)


@pytest.mark.parametrize(
    ("facts", "count"),
    [({}, 7), ({"phone": PHONE, "email": "a@b.co", "document": "39053344705"}, 11)],
)
def test_creating_stays_within_its_queries(
    facts: dict[str, str], count: int, django_assert_num_queries: object
) -> None:
    CustomerGroupFactory(is_default=True)
    with django_assert_num_queries(count):  # type: ignore[operator]
        customer.create(first_name="Ana", **facts)


def test_changing_and_closing_stay_within_their_queries(django_assert_num_queries: object) -> None:
    made = customer.create(first_name="Ana", phone=PHONE)
    with django_assert_num_queries(6):  # type: ignore[operator]
        customer.update(made.code, notes="x")
    with django_assert_num_queries(8):  # type: ignore[operator]
        customer.update(made.pk, first_name="Bia")
    with django_assert_num_queries(7):  # type: ignore[operator]
        customer.deactivate(made.code, reason="x")


def test_look_ups_take_one_query(django_assert_num_queries: object) -> None:
    made = customer.create(first_name="Ana", phone=PHONE, email="a@b.co", document="39053344705")
    for look_up in (
        lambda: customer.get(made.code),
        lambda: customer.get_by_uuid(made.pk),
        lambda: customer.get_by_phone(PHONE),
        lambda: customer.get_by_email("a@b.co"),
        lambda: customer.get_by_document("39053344705"),
        lambda: customer.price_list(made.code),
        lambda: customer.search("ana"),
    ):
        with django_assert_num_queries(1):  # type: ignore[operator]
            look_up()
