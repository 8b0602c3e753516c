"""The customer's list and page in the admin."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from guestman.models import ContactPoint, Customer, CustomerAddress, ExternalIdentity
from guestman.services import address, contact_point, customer, external_identity, group
from shopman import panels, tenancy
from shopman.models import AuditEntry, Membership, Organization, Tenant
from shopman.panels import Panel
from tests.guestman.admin.conftest import at_desk
from tests.guestman.factories import CustomerFactory, CustomerGroupFactory
from tests.shopman.factories import UserFactory, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

LIST = "/admin/guestman/customer/"


def page(row: Customer, act: str = "change") -> str:
    return f"{LIST}{row.uuid}/{act}/"


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def form_of(row: Customer, **changes: Any) -> dict[str, Any]:
    """What the browser sends back from the change page."""
    sent = {
        "first_name": row.first_name,
        "last_name": row.last_name,
        "customer_type": row.customer_type,
        "document": row.document,
        "group": row.group_id or "",
        "status": row.status,
        "assigned_to": row.assigned_to_id or "",
        "locale": row.locale,
        "birth_date": row.birth_date or "",
        "notes": row.notes,
        "metadata": "{}",
        "shown_version": row.version,
    }
    return {**sent, **changes}


# -- the list -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["jose alvares", "ÁLVARES", "(11) 98765-4321", "+5511987654321", "529.982.247-25", "JOSE@EX"],
)
def test_the_search_box_finds_by_whatever_staff_remember(
    desk: Client, jose: Customer, typed: str
) -> None:
    CustomerFactory(code="other", first_name="Maria", last_name="Souza")
    answer = desk.get(LIST, {"q": typed})
    assert answer.status_code == 200
    assert list(answer.context["cl"].result_list) == [jose]


def test_filters_narrow_the_list_by_the_shops_own_values(
    desk: Client, jose: Customer, other_tenant: Tenant, clerk: User
) -> None:
    vip = CustomerGroupFactory(code="vip", name="Our VIP")
    with tenancy.use(other_tenant):
        CustomerGroupFactory(code="vip", name="Their VIP")
    member(other_tenant, username="stranger")
    customer.update("JOSE-1", group_code="vip", assigned_to=clerk.pk)
    CustomerFactory(status="prospect")
    for query in (f"group={vip.uuid}", "status__exact=active", f"assigned_to={clerk.pk}"):
        answer = desk.get(f"{LIST}?{query}")
        assert list(answer.context["cl"].result_list) == [jose], query
    shown = text(desk.get(LIST))
    assert "Our VIP" in shown
    assert "Their VIP" not in shown
    assert "stranger" not in shown


def test_the_list_is_not_counted_and_does_not_ask_for_each_row(
    desk: Client, settings: Settings, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "TENANT_CACHE_SECONDS": 60}
    CustomerFactory.create_batch(30, group=CustomerGroupFactory())
    desk.get(LIST)
    with django_assert_max_num_queries(13) as context:
        answer = desk.get(LIST)
    assert len(answer.context["cl"].result_list) == 25
    assert not any("COUNT(" in query["sql"] for query in context.captured_queries)


# -- who may --------------------------------------------------------------------------------------


def test_strangers_see_nothing_and_other_shops_staff_only_their_own(
    jose: Customer, other_tenant: Tenant
) -> None:
    for client in (Client(), at_desk(UserFactory())):
        for address_ in (LIST, page(jose), page(jose, "deactivate"), page(jose, "history")):
            assert client.get(address_).status_code == 302
    neighbour = at_desk(member(other_tenant))
    assert list(neighbour.get(LIST).context["cl"].result_list) == []
    for act in ("change", "deactivate", "history"):
        assert neighbour.get(page(jose, act)).status_code == 302


def test_another_tenants_customer_is_not_there(desk: Client, other_tenant: Tenant) -> None:
    with tenancy.use(other_tenant):
        foreign = CustomerFactory()
    assert desk.get(page(foreign)).status_code == 302
    assert desk.get(page(foreign, "history")).status_code == 302
    answer = desk.post(page(foreign, "deactivate"), {"reason": "x"})
    assert answer.status_code == 302
    assert Customer.all_tenants.get(pk=foreign.pk).is_active


def test_members_of_an_organization_do_not_see_the_others(tenant: Tenant, jose: Customer) -> None:
    north, south = (Organization.objects.create(slug=each, name=each) for each in ("n", "s"))
    hidden = CustomerFactory(organization=south)
    user = member(tenant, "clerk")
    Membership.objects.get(user=user).organizations.add(north)
    client = at_desk(user)
    assert list(client.get(LIST).context["cl"].result_list) == [jose]
    assert client.get(page(hidden)).status_code == 302
    assert client.post(page(hidden, "deactivate"), {"reason": "x"}).status_code == 302
    hidden.refresh_from_db()
    assert hidden.is_active


def test_a_read_only_role_looks_and_changes_nothing(tenant: Tenant, jose: Customer) -> None:
    client = at_desk(member(tenant, "read_only"))
    assert client.get(page(jose)).status_code == 200
    assert client.post(page(jose), form_of(jose, notes="x")).status_code == 403
    assert client.post(page(jose, "deactivate"), {"reason": "x"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    jose.refresh_from_db()
    assert (jose.version, jose.is_active) == (1, True)


def test_nothing_can_be_deleted(desk: Client, jose: Customer) -> None:
    assert desk.post(page(jose, "delete"), {"post": "yes"}).status_code == 403
    desk.post(LIST, {"action": "delete_selected", "_selected_action": [jose.pk], "post": "yes"})
    assert Customer.objects.filter(pk=jose.pk).exists()


# -- changing -------------------------------------------------------------------------------------


def test_saving_goes_through_the_service(desk: Client, jose: Customer) -> None:
    vip = CustomerGroupFactory(code="vip")
    answer = desk.post(
        page(jose),
        form_of(jose, last_name="Lima", group=vip.pk, birth_date="1980-05-02", locale="es"),
    )
    assert answer.status_code == 302, text(answer)
    jose.refresh_from_db()
    assert (jose.last_name, jose.group, jose.version) == ("Lima", vip, 2)
    assert (jose.birth_date, jose.locale) == (dt.date(1980, 5, 2), "es")
    entry = AuditEntry.objects.get(action="customer.update")
    assert (entry.actor_label, entry.before["last_name"]) == ("ana", "Álvares")
    assert set(entry.after) == {"last_name", "group", "birth_date", "locale", "version"}
    assert not LogEntry.objects.exists()
    assert Customer.objects.filter(search_text__contains="lima").exists()


def test_saving_without_a_change_writes_nothing(desk: Client, jose: Customer) -> None:
    assert desk.post(page(jose), form_of(jose)).status_code == 302
    jose.refresh_from_db()
    assert jose.version == 1


def test_who_saves_over_somebody_elses_change_is_told_what_changed(
    desk: Client, jose: Customer
) -> None:
    opened = form_of(jose, notes="mine", first_name="José")
    customer.update("JOSE-1", notes="theirs", status="prospect")
    answer = desk.post(page(jose), opened)
    assert answer.status_code == 200
    shown = text(answer)
    assert "Somebody else changed this while you had it open" in shown
    assert "It is now: theirs" in shown
    assert "It is now: Prospect" in shown
    assert "mine</textarea>" in shown
    jose.refresh_from_db()
    assert (jose.notes, jose.version) == ("theirs", 2)
    # Saving what is on the screen now is a decision.
    again = desk.post(page(jose), {**opened, "shown_version": "2"})
    assert again.status_code == 302
    assert 'name="shown_version" value="2"' in shown
    jose.refresh_from_db()
    assert (jose.notes, jose.version) == ("mine", 3)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"document": "111"}, "This is not a valid document number."),
        ({"birth_date": "1800-01-01"}, "A birth date lies between 1900 and today."),
        ({"metadata": "[1]"}, "Metadata is a JSON object within the size limit."),
        ({"status": "inactive"}, "Select a valid choice."),
        ({"shown_version": ""}, "This field is required."),
    ],
)
def test_what_the_service_refuses_is_said_in_the_form(
    desk: Client, jose: Customer, changes: dict[str, Any], sentence: str
) -> None:
    answer = desk.post(page(jose), form_of(jose, **changes))
    assert answer.status_code == 200
    assert sentence in text(answer)
    jose.refresh_from_db()
    assert jose.version == 1


def test_a_document_of_somebody_else_is_refused_beside_its_field(
    desk: Client, jose: Customer
) -> None:
    other = CustomerFactory()
    answer = desk.post(page(other), form_of(other, document="529.982.247-25"))
    assert "Another active customer has this document." in str(
        answer.context["adminform"].form.errors["document"]
    )


def test_staff_of_another_shop_cannot_be_assigned(
    desk: Client, jose: Customer, other_tenant: Tenant
) -> None:
    stranger = member(other_tenant)
    answer = desk.post(page(jose), form_of(jose, assigned_to=stranger.pk))
    assert "assigned_to" in answer.context["adminform"].form.errors
    jose.refresh_from_db()
    assert jose.assigned_to is None


def test_a_customer_is_made_with_phone_and_email(desk: Client) -> None:
    CustomerGroupFactory(code="retail", is_default=True)
    answer = desk.post(
        f"{LIST}add/",
        {
            "first_name": "Ana",
            "customer_type": "person",
            "status": "prospect",
            "first_phone": "11 98765-4321",
            "first_email": "Ana@Example.com",
            "metadata": "{}",
        },
    )
    assert answer.status_code == 302, text(answer)
    row = Customer.objects.get()
    assert (row.phone, row.email, row.source) == ("+5511987654321", "ana@example.com", "staff")
    assert (row.status, row.group.code) == ("prospect", "retail")
    assert ContactPoint.objects.count() == 2
    assert str(row.uuid) in desk.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first_phone": "123"}, "first_phone"),
        ({"first_email": "nobody"}, "first_email"),
        ({"chosen_code": "JOSE-1"}, "chosen_code"),
    ],
)
def test_what_cannot_be_made_is_said_beside_the_field(
    desk: Client, jose: Customer, given: dict[str, str], field: str
) -> None:
    sent = {"customer_type": "person", "status": "active", "metadata": "{}", **given}
    answer = desk.post(f"{LIST}add/", sent)
    assert field in answer.context["adminform"].form.errors
    assert Customer.objects.count() == 1


# -- acts -----------------------------------------------------------------------------------------


def test_an_inactive_customer_is_looked_at_and_reactivated(desk: Client, jose: Customer) -> None:
    assert desk.get(page(jose, "deactivate")).status_code == 200
    jose.refresh_from_db()
    assert jose.is_active
    assert desk.post(page(jose, "deactivate"), {}).status_code == 200
    assert desk.post(page(jose, "deactivate"), {"reason": "moved away"}).status_code == 302
    jose.refresh_from_db()
    assert jose.status == "inactive"
    assert AuditEntry.objects.get(action="customer.deactivate").reason == "moved away"
    shown = text(desk.get(page(jose)))
    assert page(jose, "reactivate") in shown
    assert page(jose, "deactivate") not in shown
    assert 'name="_save"' not in shown
    assert desk.post(page(jose), form_of(jose, notes="x")).status_code == 403
    assert desk.post(page(jose, "reactivate")).status_code == 302
    jose.refresh_from_db()
    assert jose.is_active


def test_the_phone_changes_on_its_own_page(desk: Client, jose: Customer) -> None:
    url = page(jose, "change-phone")
    refused = desk.post(url, {"phone": "123", "reference": "called"})
    assert refused.context["form"].errors["phone"]
    answer = desk.post(url, {"phone": "11 91234-5678", "reference": "called"})
    assert (answer.status_code, answer["Location"]) == (302, page(jose))
    jose.refresh_from_db()
    assert jose.phone == "+5511912345678"
    assert ContactPoint.objects.get(match_key="+5511987654321").released_at


def test_contacts_addresses_and_accounts_are_added(desk: Client, jose: Customer) -> None:
    desk.post(page(jose, "add-contact"), {"kind": "instagram", "value": "@jose"})
    desk.post(page(jose, "link-identity"), {"provider": "manychat", "subject_name": "123"})
    home = {"purpose": "delivery", "street": "Rua Augusta", "number": "100", "city": "São Paulo"}
    desk.post(page(jose, "add-address"), home)
    assert ContactPoint.objects.get(kind="instagram").source == "staff"
    assert ExternalIdentity.objects.get().subject == "123"
    assert CustomerAddress.objects.get().country == "BR"
    shown = text(desk.get(page(jose)))
    for said in ("jose", "manychat", "Rua Augusta 100, São Paulo"):
        assert said in shown


# -- panels and history ---------------------------------------------------------------------------


def test_the_page_shows_the_latest_changes_and_the_history_all_of_them(
    desk: Client, jose: Customer
) -> None:
    CustomerGroupFactory(code="vip", name="Very good customers")
    customer.update("JOSE-1", group_code="vip")
    for number in range(60):
        customer.update("JOSE-1", notes=f"note {number}")
    assert len(text(desk.get(page(jose))).split("Details changed")) == 6
    first, second = (desk.get(page(jose, "history"), {"p": each}) for each in (1, 2))
    assert len(first.context["entries"]) == 50
    assert len(second.context["entries"]) == 12
    assert not desk.get(page(jose, "history"), {"p": "9" * 5000}).context["entries"]
    assert "Very good customers" in text(second)
    assert "José" in text(second)


def test_others_add_panels_to_the_customers_page(desk: Client, jose: Customer) -> None:
    panel = Panel(
        key="test",
        title="Test",
        template="shopman/admin/history_entries.html",
        facts=lambda request, row: {"entries": []} if row.first_name == "José" else None,
    )
    panels.register("guestman.customer", panel)
    try:
        assert 'id="panel-test"' in text(desk.get(page(jose)))
        assert 'id="panel-test"' not in text(desk.get(page(CustomerFactory())))
    finally:
        panels.unregister("guestman.customer", "test")


def test_the_page_costs_a_fixed_number_of_queries(
    desk: Client,
    jose: Customer,
    settings: Settings,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "TENANT_CACHE_SECONDS": 60}
    group.create(code="vip", name="VIP")
    for number in range(10):
        contact_point.add(customer=jose, kind="phone", value=f"+55119800000{number:02d}")
        address.add(customer=jose, street=f"Rua {number}", city="São Paulo")
        external_identity.link(customer=jose, provider="manychat", subject=str(number))
    desk.get(page(jose))
    with django_assert_max_num_queries(29):
        desk.get(page(jose))
