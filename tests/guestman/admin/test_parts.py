"""Contacts, addresses, accounts and groups in the admin."""

from __future__ import annotations

import pytest
from django.test import Client

from guestman.models import (
    ContactPoint,
    ContactVerification,
    Customer,
    CustomerAddress,
    CustomerGroup,
    ExternalIdentity,
)
from guestman.services import address, external_identity, group
from shopman import tenancy
from shopman.models import Tenant
from tests.guestman.admin.conftest import at_desk
from tests.guestman.factories import ContactPointFactory, CustomerGroupFactory
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

MODELS = (
    "contactpoint",
    "contactverification",
    "customeraddress",
    "externalidentity",
    "customergroup",
)


def at(row: object, act: str = "change") -> str:
    return f"/admin/guestman/{type(row).__name__.lower()}/{row.pk}/{act}/"  # type: ignore[attr-defined]


def page(row: Customer) -> str:
    return f"/admin/guestman/customer/{row.uuid}/change/"


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_and_can_be_searched(desk: Client, jose: Customer, model: str) -> None:
    ContactPoint.objects.first().mark_verified(method="otp_sms")
    address.add(customer=jose, street="Rua Augusta", city="São Paulo")
    external_identity.link(customer=jose, provider="manychat", subject="1")
    group.create(code="vip", name="Jose's group")
    url = f"/admin/guestman/{model}/"
    assert desk.get(url).context["cl"].result_list
    for query in ("jose", "--", "98765"):
        assert desk.get(url, {"q": query}).status_code == 200
    if model in ("contactpoint", "customeraddress", "externalidentity"):
        assert desk.get(url, {"q": "jose alv"}).context["cl"].result_list
        assert not desk.get(url, {"q": "maria"}).context["cl"].result_list
    row = desk.get(url).context["cl"].result_list[0]
    assert desk.get(at(row)).status_code == 200


def test_a_contact_is_verified_by_staff(desk: Client, jose: Customer) -> None:
    phone = ContactPoint.objects.get(kind="phone")
    url = at(phone, "verify")
    assert desk.get(url).status_code == 200
    assert desk.post(url, {}).status_code == 200
    answer = desk.post(url, {"reference": "saw a bill"})
    assert (answer.status_code, answer["Location"]) == (302, page(jose))
    phone.refresh_from_db()
    assert (phone.evidence, phone.verification_method) == ("V", "manual")
    history = ContactVerification.objects.get()
    assert (history.reference, history.actor.startswith("user:")) == ("saw a bill", True)


def test_a_verification_leads_to_its_contact(desk: Client, jose: Customer) -> None:
    phone = ContactPoint.objects.get(kind="phone")
    desk.post(at(phone, "verify"), {"reference": "saw a bill"})
    history = ContactVerification.objects.get()
    for shown in ("/admin/guestman/contactverification/", at(history)):
        answer = desk.get(shown)
        assert f'<a href="{at(phone)}">' in answer.content.decode(), shown
    assert desk.get(at(phone)).status_code == 200


def test_a_contact_taken_by_another_is_refused_with_a_sentence(
    desk: Client, jose: Customer
) -> None:
    phone = ContactPoint.objects.get(kind="phone")
    ContactPointFactory(value=phone.value, evidence="V")
    answer = desk.post(at(phone, "verify"), {"reference": "x"})
    assert answer.status_code == 200
    assert b"verified for another customer" in answer.content
    phone.refresh_from_db()
    assert phone.evidence == "A"


def test_a_contact_becomes_primary_is_released_and_removed(desk: Client, jose: Customer) -> None:
    second = ContactPointFactory(customer=jose, value="+5511912345678")
    third = ContactPointFactory(customer=jose, value="+5511912345679")
    assert desk.post(at(second, "make-primary")).status_code == 302
    jose.refresh_from_db()
    assert jose.phone == "+5511912345678"
    assert desk.post(at(second, "release")).status_code == 302
    second.refresh_from_db()
    assert second.released_at is not None
    assert at(second, "release").encode() not in desk.get(at(second)).content
    assert desk.post(at(third, "remove")).status_code == 302
    assert not ContactPoint.objects.filter(pk=third.pk).exists()


def test_opening_an_act_changes_nothing(desk: Client, jose: Customer) -> None:
    phone = ContactPoint.objects.get(kind="phone")
    for act in ("verify", "make-primary", "release", "remove"):
        assert desk.get(at(phone, act)).status_code == 200
    phone.refresh_from_db()
    assert (phone.evidence, phone.released_at) == ("A", None)


def test_an_address_is_edited_through_the_service(desk: Client, jose: Customer) -> None:
    row = address.add(customer=jose, street="Rua Augusta", city="São Paulo")
    sent = {
        "street": "Rua Bela",
        "city": "São Paulo",
        "country": "BR",
        "shown_version": 1,
    }
    answer = desk.post(at(row), sent)
    assert (answer.status_code, answer["Location"]) == (302, page(jose))
    row.refresh_from_db()
    assert (row.street, row.version) == ("Rua Bela", 2)
    stale = desk.post(at(row), {**sent, "street": "Rua Feia"})
    assert b"Somebody else changed this" in stale.content
    row.refresh_from_db()
    assert row.street == "Rua Bela"


def test_addresses_become_default_and_go(desk: Client, jose: Customer) -> None:
    first = address.add(customer=jose, street="Rua Augusta", city="São Paulo")
    second = address.add(customer=jose, street="Rua Bela", city="São Paulo")
    desk.post(at(second, "make-default"))
    assert CustomerAddress.objects.get(is_default=True) == second
    desk.post(at(second, "remove"))
    assert CustomerAddress.objects.get(is_default=True) == first
    assert desk.post(at(second), {"street": "X"}).status_code == 403


def test_an_account_is_unlinked(desk: Client, jose: Customer) -> None:
    row = external_identity.link(customer=jose, provider="manychat", subject="1")
    assert desk.post(at(row, "unlink")).status_code == 302
    assert not ExternalIdentity.objects.get().is_active
    assert desk.get(at(row, "history")).status_code == 302


def test_groups_are_made_changed_and_made_the_default(tenant: Tenant) -> None:
    desk = at_desk(member(tenant, "manager"))
    url = "/admin/guestman/customergroup/add/"
    sent = {"name": "VIP", "code": "vip", "price_list_code": "gold", "priority": "5"}
    assert desk.post(url, sent).status_code == 302
    row = CustomerGroup.objects.get()
    assert (row.code, row.price_list_code) == ("vip", "gold")
    refused = desk.post(url, sent)
    assert refused.context["adminform"].form.errors
    changed = {"name": "Gold", "price_list_code": "", "priority": "5", "shown_version": 1}
    assert desk.post(at(row), changed).status_code == 302
    assert desk.post(at(row, "make-default")).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.price_list_code, row.is_default, row.version) == ("Gold", "", True, 3)
    assert len(desk.get(at(row, "history")).context["entries"]) == 3


def test_a_read_only_role_does_nothing(tenant: Tenant, jose: Customer) -> None:
    client = at_desk(member(tenant, "read_only"))
    phone = ContactPoint.objects.get(kind="phone")
    assert client.get(at(phone)).status_code == 200
    assert client.post(at(phone, "release")).status_code == 403
    phone.refresh_from_db()
    assert phone.released_at is None


def test_another_tenants_rows_are_not_there(tenant: Tenant, other_tenant: Tenant) -> None:
    desk = at_desk(member(tenant, "manager"))
    with tenancy.use(other_tenant):
        phone, foreign = ContactPointFactory(), CustomerGroupFactory()
    assert desk.get(at(phone)).status_code == 302
    assert desk.post(at(phone, "release")).status_code == 302
    assert desk.post(at(foreign, "make-default")).status_code == 302
    with tenancy.use(other_tenant):
        assert ContactPoint.objects.get().released_at is None
        assert not CustomerGroup.objects.get().is_default
