"""Owners copy and erase people from the customer's page; nobody else does."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from django.test import Client

from guestman.contrib.privacy.models import Erasure
from guestman.models import Customer
from guestman.services import contact_point, customer
from omniman.models import Order
from shopman.models import AuditEntry, Membership, Organization, Tenant
from tests.privacy import someone
from tests.shopman.factories import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(opened: Tenant, client: Client) -> Client:
    client.force_login(member(opened, "owner", username="olga"))
    return client


def erase_page(of: Customer) -> str:
    return f"/admin/guestman_privacy/erasure/{of.pk}/erase/"


def copy_page(of: Customer) -> str:
    return f"/admin/guestman_privacy/erasure/{of.pk}/copy/"


def shown(client: Client, of: Customer) -> str:
    body: str = client.get(erase_page(of)).content.decode()
    return body


def form(client: Client, of: Customer, **given: str) -> dict[str, str]:
    found = re.search(r'name="digest" value="(\w+)"', shown(client, of))
    assert found
    return {"code": of.code, "reason": "request 17", "digest": found[1], **given}


class TestTheCustomersPage:
    def test_offers_both_to_owners(self, owner: Client, marina: Customer) -> None:
        body = owner.get(f"/admin/guestman/customer/{marina.pk}/change/").content.decode()
        assert erase_page(marina) in body
        assert copy_page(marina) in body

    def test_says_that_somebody_was_erased(self, owner: Client, marina: Customer) -> None:
        owner.post(erase_page(marina), form(owner, marina))
        body = owner.get(f"/admin/guestman/customer/{marina.pk}/change/").content.decode()
        assert "empty and closed for good" in body
        assert "reactivate" not in body
        assert "Quaresma" not in body


class TestTheCopy:
    def test_is_a_zip_that_is_stored_nowhere(self, owner: Client, marina: Customer) -> None:
        answer: Any = owner.post(copy_page(marina))
        assert "no-store" in answer["Cache-Control"]
        with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
            assert "index.html" in archive.namelist()
        assert AuditEntry.objects.get(action="privacy.export").actor_label == "olga"

    def test_is_asked_about_first(self, owner: Client, marina: Customer) -> None:
        assert "this person only" in owner.get(copy_page(marina)).content.decode()
        assert not AuditEntry.objects.filter(action="privacy.export").exists()


class TestErasing:
    def test_says_what_stays_and_until_when(self, owner: Client, marina: Customer) -> None:
        body = shown(owner, marina)
        assert "CTN" in body or "Tributário" in body
        assert "Addresses (1)" in body

    def test_erases_when_the_code_is_typed(self, owner: Client, marina: Customer) -> None:
        answer = owner.post(erase_page(marina), form(owner, marina))
        assert answer.status_code == 302
        marina.refresh_from_db()
        assert marina.erased_at is not None
        assert Erasure.objects.get().entry.actor_label == "olga"

    @pytest.mark.parametrize("given", [{"code": "C-1"}, {"reason": ""}, {"digest": "0" * 64}])
    def test_does_nothing_otherwise(
        self, owner: Client, marina: Customer, given: dict[str, str]
    ) -> None:
        answer = owner.post(erase_page(marina), form(owner, marina, **given))
        assert answer.status_code == 200
        marina.refresh_from_db()
        assert marina.erased_at is None

    def test_shows_what_changed_meanwhile_and_then_takes_it(
        self, owner: Client, marina: Customer
    ) -> None:
        sent = form(owner, marina)
        customer.update(marina.code, notes="rang again")
        body = owner.post(erase_page(marina), sent).content.decode()
        assert "Something changed" in body
        found = re.search(r'name="digest" value="(\w+)"', body)
        assert found
        assert found[1] != sent["digest"]
        assert owner.post(erase_page(marina), {**sent, "digest": found[1]}).status_code == 302


class TestWhatMayBeThePersons:
    NUMBER = "+5511987652222"

    @pytest.fixture
    def doubtful(self, marina: Customer) -> Order:
        contact_point.add(customer=marina, kind="phone", value=self.NUMBER)
        return someone.deliver(someone.as_guest(guest_name="Otto Lima", guest_phone=self.NUMBER))

    def test_is_asked_about(self, owner: Client, marina: Customer, doubtful: Order) -> None:
        body = shown(owner, marina)
        assert f"Order {doubtful.ref}" in body
        assert "Otto Lima" in body
        answer = owner.post(erase_page(marina), form(owner, marina))
        assert answer.status_code == 200
        assert "This field is required" in answer.content.decode()

    @pytest.mark.parametrize("is_hers", [True, False])
    def test_goes_or_stays_as_staff_say(
        self, owner: Client, marina: Customer, doubtful: Order, is_hers: bool
    ) -> None:
        sent: dict[str, Any] = {**form(owner, marina), "looked": "on"}
        if is_hers:
            sent["also"] = [str(doubtful.pk)]
        assert owner.post(erase_page(marina), sent).status_code == 302
        doubtful.refresh_from_db()
        assert doubtful.data["customer"]["name"] == ("" if is_hers else "Otto Lima")
        erasure = Erasure.objects.get()
        assert erasure.left == ({} if is_hers else {"omniman.orders": 1})
        body = owner.get(f"/admin/guestman_privacy/erasure/{erasure.pk}/change/").content.decode()
        assert ("Orders: 1" in body) is not is_hers

    def test_is_not_asked_where_there_is_nothing(self, owner: Client, marina: Customer) -> None:
        assert "What may be this person" not in shown(owner, marina)


class TestWhoMayNot:
    @pytest.mark.parametrize("role", ["manager", "clerk", "read_only"])
    def test_other_roles(self, opened: Tenant, marina: Customer, client: Client, role: str) -> None:
        client.force_login(member(opened, role))
        for page in (erase_page(marina), copy_page(marina)):
            assert client.get(page).status_code == 403
            assert client.post(page, {}).status_code == 403
        body = client.get(f"/admin/guestman/customer/{marina.pk}/change/").content.decode()
        assert erase_page(marina) not in body
        assert client.get("/admin/guestman_privacy/erasure/").status_code == 403

    def test_an_owner_of_some_organizations_only(
        self, opened: Tenant, marina: Customer, client: Client
    ) -> None:
        branch = Organization.objects.create(slug="branch", name="Branch")
        user = member(opened, "owner")
        Membership.objects.get(user=user).organizations.add(
            branch, through_defaults={"tenant": opened}
        )
        client.force_login(user)
        assert client.get(erase_page(marina)).status_code == 403

    def test_an_owner_of_another_shop(
        self, other_tenant: Tenant, marina: Customer, client: Client
    ) -> None:
        client.force_login(member(other_tenant, "owner", username="otto"))
        answer = client.get(erase_page(marina), headers={"host": "testserver"})
        assert answer.status_code in (302, 403, 404)
        assert someone.EMAIL not in answer.content.decode()


def test_an_erased_customer_has_no_pages(owner: Client, marina: Customer) -> None:
    owner.post(erase_page(marina), form(owner, marina))
    assert owner.get(erase_page(marina)).status_code == 404
    assert owner.post(copy_page(marina)).status_code == 404


def test_the_list_names_nobody(owner: Client, marina: Customer) -> None:
    owner.post(erase_page(marina), form(owner, marina))
    key = Erasure.objects.get().pk
    for page in ("", f"{key}/change/"):
        body = owner.get(f"/admin/guestman_privacy/erasure/{page}").content.decode()
        assert "request 17" in body
        assert "Quaresma" not in body
