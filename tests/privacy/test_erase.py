"""After an erasure nothing names the person outside what is held by law."""

from __future__ import annotations

from typing import Any

import pytest

from doorman.models import CustomerSession
from guestman.contrib.privacy.errors import ReasonMissing, StalePreview
from guestman.contrib.privacy.models import Erasure, Suppression
from guestman.contrib.privacy.service import erase, preview_erasure
from guestman.errors import CustomerErased, CustomerInactive, CustomerNotFound
from guestman.models import ContactPoint, Customer
from guestman.services import contact_point, customer
from omniman.models import Order, OrderRedaction
from shopman.canonical import digest
from shopman.models import AuditEntry, OutboxEvent, Permit, Tenant
from tests.guestman.factories import CustomerFactory
from tests.privacy import dumps, someone

pytestmark = pytest.mark.django_db


def erased(of: Customer, **options: Any) -> Erasure:
    return erase(customer=of, reason="request 17", **options)


class TestTheDump:
    def test_names_the_person_in_many_places_before(self, marina: Customer) -> None:
        assert len(dumps.traces(someone.VALUES)) > 14

    def test_names_the_person_only_in_held_orders_after(
        self, marina: Customer, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            erased(marina)
        left = dumps.traces(someone.VALUES)
        assert set(left) == {"omniman_order"}
        assert left["omniman_order"] <= set(someone.HELD)

    def test_is_silent_where_nothing_is_held(
        self, marina: Customer, settings: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        settings.OMNIMAN = {**settings.OMNIMAN, "ORDER_HOLD_YEARS": 0}
        with django_capture_on_commit_callbacks(execute=True):
            erased(marina)
        assert dumps.traces(someone.VALUES) == {}


class TestOrders:
    def test_keep_their_amounts_and_a_true_digest(self, marina: Customer) -> None:
        before = {row.pk: (row.total_amount, row.data["lines"]) for row in Order.objects.all()}
        erased(marina)
        for row in Order.objects.all():
            assert (row.total_amount, row.data["lines"]) == before[row.pk]
            assert row.data_digest == digest(row.data)
            assert row.customer_code is None

    def test_hold_the_document_until_the_law_lets_go(self, marina: Customer) -> None:
        erasure = erased(marina)
        held = Order.objects.get(customer_uuid=marina.pk)
        assert held.data["customer"]["document"] == someone.DOCUMENT
        assert held.data["customer"]["email"] == ""
        until = f"{held.placed_at.year + 5}-12-31"
        assert held.data["redaction"]["until"] == until
        assert [hold["until"] for hold in erasure.holds] == [until]
        assert OrderRedaction.objects.filter(held_until__isnull=False).count() == 1

    def test_of_guests_who_gave_the_same_contacts_lose_them(self, marina: Customer) -> None:
        other = someone.as_guest(guest_name="Otto Lima", guest_phone="+5511987659999")
        erased(marina)
        for row in Order.objects.filter(customer_uuid=None).exclude(pk=other.pk):
            assert row.data["customer"]["name"] == ""
        assert Order.objects.get(pk=other.pk).data["customer"]["name"] == "Otto Lima"

    def test_of_guests_stay_whose_contact_somebody_else_has_too(self, marina: Customer) -> None:
        other = customer.create(first_name="Otto", last_name="Lima")
        contact_point.add(customer=other, kind="phone", value="+5511987651111")
        contact_point.add(customer=marina, kind="phone", value="+5511987651111")
        placed = someone.as_guest(guest_name="Otto Lima", guest_phone="+5511987651111")
        erased(marina)
        assert Order.objects.get(pk=placed.pk).data["customer"]["name"] == "Otto Lima"


class TestTheRecord:
    def test_is_empty_and_closed(self, marina: Customer) -> None:
        erased(marina)
        marina.refresh_from_db()
        assert marina.erased_at is not None
        assert marina.name == ""
        assert not marina.is_active
        with pytest.raises(CustomerErased):
            customer.reactivate(marina.pk)
        with pytest.raises(CustomerInactive):
            contact_point.add(customer=marina, kind="phone", value=someone.PHONE)

    def test_is_found_by_nobody(self, marina: Customer) -> None:
        erased(marina)
        assert customer.get("CLI-QUARESMA") is None
        assert customer.get_by_uuid(marina.pk) is None
        assert customer.get_by_phone(someone.OTHER_PHONE) is None
        assert list(customer.search("Quaresma")) == []

    def test_takes_the_merged_ones_along(self, marina: Customer) -> None:
        alias = CustomerFactory(first_name="Marina", last_name="Quaresma")
        Customer.objects.filter(pk=alias.pk).update(merged_into=marina, is_active=True)
        erased(alias)
        for row in Customer.objects.filter(pk__in=[alias.pk, marina.pk]):
            assert row.erased_at is not None

    def test_leaves_other_people_alone(self, marina: Customer) -> None:
        other = customer.create(first_name="Otto", phone="+5511987652222", notes="likes tea")
        erased(marina)
        other.refresh_from_db()
        assert (other.first_name, other.notes) == ("Otto", "likes tea")
        assert ContactPoint.objects.filter(customer=other).count() == 1
        entry = AuditEntry.objects.get(subject=other.subject)
        assert entry.after["first_name"] == "Otto"

    def test_frees_the_contacts(self, marina: Customer) -> None:
        erased(marina)
        again = customer.create(first_name="M", phone=someone.OTHER_PHONE)
        assert again.pk != marina.pk


class TestDoingIt:
    def test_needs_a_reason(self, marina: Customer) -> None:
        with pytest.raises(ReasonMissing):
            erase(customer=marina, reason="  ")

    def test_keeps_the_reason_without_names(self, marina: Customer) -> None:
        done = erase(customer=marina, reason=f"Marina asked from {someone.EMAIL}, request 17")
        assert done.reason == "[erased] asked from [erased], request 17"

    def test_is_done_once(self, marina: Customer) -> None:
        first = erased(marina)
        assert erased(marina).pk == first.pk
        assert Erasure.objects.count() == 1

    def test_takes_the_preview_that_was_shown(self, marina: Customer) -> None:
        shown = preview_erasure(customer=marina)
        assert erased(marina, preview=shown).customer_uuid == marina.pk

    def test_refuses_a_preview_that_is_out_of_date(self, marina: Customer) -> None:
        shown = preview_erasure(customer=marina)
        someone.place(marina)
        with pytest.raises(StalePreview):
            erased(marina, preview=shown.digest)
        marina.refresh_from_db()
        assert marina.erased_at is None

    def test_is_on_record_without_values(self, marina: Customer) -> None:
        done = erased(marina)
        entry = AuditEntry.objects.get(action="privacy.erase")
        assert (entry.subject, entry.after) == (marina.subject, {})
        assert done.counts["guestman.addresses"] == 1
        assert not Permit.objects.exists()

    def test_tells_the_others(self, marina: Customer) -> None:
        erased(marina)
        event = OutboxEvent.objects.get(name="guestman.customer_erased")
        assert event.payload["customer_uuids"] == [str(marina.pk)]
        assert not CustomerSession.objects.exists()

    def test_of_an_unknown_customer_is_refused(self, opened: Tenant) -> None:
        with pytest.raises(CustomerNotFound):
            erase(customer=Customer(), reason="x")

    def test_leaves_keyed_hashes(self, marina: Customer) -> None:
        erased(marina)
        kinds = Suppression.objects.values_list("kind", flat=True)
        assert {"phone", "email", "document", "code", "provider:google"} <= set(kinds)
