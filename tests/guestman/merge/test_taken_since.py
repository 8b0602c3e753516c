"""What somebody else has by the time a merge is taken back stays theirs."""

from __future__ import annotations

import pytest

from guestman.adapters.doorman import GuestmanCustomerResolver
from guestman.contrib.identifiers.models import CustomerIdentifier
from guestman.contrib.identifiers.service import IdentifierService
from guestman.contrib.merge.models import Merge, MergeReturn
from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.models import ContactPoint, Customer
from guestman.services import contact_point, customer, external_identity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

PHONE = "+5511987654321"
CPF = "529.982.247-25"
door = GuestmanCustomerResolver()


def trio() -> tuple[Customer, Customer, Customer]:
    """Two records of Ana, and Rui."""
    kept, double, rui = (customer.create(first_name=name) for name in ("Ana", "Ana", "Rui"))
    return kept, double, rui


def merged(survivor: Customer, duplicate: Customer) -> Merge:
    rows = Customer.objects.in_bulk([survivor.pk, duplicate.pk])
    return execute(preview=preview(survivor=rows[survivor.pk], duplicate=rows[duplicate.pk]))


def holder(family: str) -> Customer:
    """Whom the one identifier of this family leads to."""
    return CustomerIdentifier.objects.get(family=family).customer


def outcomes() -> set[str]:
    return set(MergeReturn.objects.values_list("outcome", flat=True))


def test_an_account_that_is_linked_to_somebody_else_since() -> None:
    ana, double, rui = trio()
    external_identity.link(customer=double, provider="google", subject="g-1")
    merge = merged(ana, double)
    external_identity.unlink(external_identity=ana.external_identities.get())
    external_identity.link(customer=rui, provider="google", subject="g-1")

    unmerge(merge=merge)

    assert holder("provider:google") == rui
    assert not double.external_identities.filter(is_active=True).exists()
    assert "taken" in outcomes()
    assert Customer.objects.get(pk=double.pk).merged_into_id is None


def test_a_card_that_was_given_to_somebody_else_since() -> None:
    ana, double, rui = trio()
    IdentifierService.add(customer=double, kind="loyalty_card", value="77")
    merge = merged(ana, double)
    IdentifierService.release(identifier=CustomerIdentifier.objects.get(customer=ana))
    IdentifierService.add(customer=rui, kind="loyalty_card", value="77")

    unmerge(merge=merge)

    assert holder("loyalty_card") == rui
    assert outcomes() == {"taken"}


def test_a_document_that_was_given_to_somebody_else_since() -> None:
    ana, double, rui = trio()
    customer.update(double.pk, document=CPF)
    merge = merged(ana, double)
    customer.update(ana.pk, document=None)
    customer.update(rui.pk, document=CPF)

    unmerge(merge=merge)

    assert customer.get_by_document(CPF) == rui
    assert holder("document") == rui


def test_a_number_that_was_removed_and_proved_by_somebody_else_since() -> None:
    ana, double, _rui = trio()
    contact = contact_point.add(customer=double, kind="phone", value=PHONE)
    merge = merged(ana, double)
    contact_point.remove(contact_point=ContactPoint.objects.get(pk=contact.pk))
    entered = door.create_for_phone(PHONE)

    unmerge(merge=merge)

    found = door.get_by_phone(PHONE)
    assert found is not None
    assert found.uuid == entered.uuid
    assert ContactPoint.objects.get(pk=contact.pk).released_at is not None
    assert holder("phone").pk == entered.uuid


def test_a_proved_number_that_was_given_up_and_proved_by_somebody_else_since() -> None:
    ana, _double, _rui = trio()
    double = Customer.objects.get(pk=door.create_for_phone(PHONE).uuid)
    merge = merged(ana, double)
    contact_point.release(contact_point=ContactPoint.objects.get())
    entered = door.create_for_phone(PHONE)
    assert entered.uuid not in (ana.pk, double.pk)

    unmerge(merge=merge)

    found = door.get_by_phone(PHONE)
    assert found is not None
    assert found.uuid == holder("phone").pk == entered.uuid
