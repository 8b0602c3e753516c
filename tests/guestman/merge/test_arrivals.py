"""What is made after a merge goes, when that is taken back, to whom it came in by."""

from __future__ import annotations

from typing import Any

import pytest

from guestman.contrib.identifiers.models import CustomerIdentifier, RecordLink, ReviewParty
from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.identifiers.service import IdentifierService
from guestman.contrib.identifiers.services import consistency
from guestman.contrib.merge.models import Merge, MergeReturn
from guestman.contrib.merge.service import execute, foretell, preview, unmerge
from guestman.contrib.merge.service.images import image
from guestman.models import ContactPoint, Customer, CustomerAddress, ExternalIdentity
from guestman.services import address, contact_point, customer, external_identity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

OLD, NEW = "+5511987654321", "+5511987654322"
MINE, THEIRS = "ana@loja.com.br", "anna@loja.com.br"


def pair() -> tuple[Customer, Customer]:
    """Two records of Ana: the one who stays has an address, the other one a proved number."""
    kept = customer.create(first_name="Ana", email=MINE)
    double = customer.create(first_name="Ana", phone=OLD)
    contact_point.verify(contact_point=double.contact_points.get(), method="otp_sms")
    return kept, double


def merged(survivor: Customer, duplicate: Customer) -> Merge:
    rows = Customer.objects.in_bulk([survivor.pk, duplicate.pk])
    return execute(preview=preview(survivor=rows[survivor.pk], duplicate=rows[duplicate.pk]))


def told(outcome: str) -> set[tuple[str, Any]]:
    """What an un-merge listed under an outcome, as model and key."""
    rows = MergeReturn.objects.filter(outcome=outcome)
    return set(rows.values_list("model", "row"))


def test_what_was_added_to_the_merged_record_by_name_leaves_with_it() -> None:
    kept, double = pair()
    merge = merged(kept, double)
    street = address.add(customer=double, street="Rua Nova", city="Rio")
    mail = contact_point.add(customer=double, kind="email", value=THEIRS)
    account = external_identity.link(customer=double, provider="google", subject="g-1")
    own = address.add(customer=kept, street="Rua Velha", city="Rio")
    assert {street.customer_id, mail.customer_id, account.customer_id} == {kept.pk}

    unmerge(merge=merge)

    assert list(double.addresses.all()) == [street]
    assert set(double.contact_points.values_list("value", flat=True)) == {OLD, THEIRS}
    assert list(double.external_identities.all()) == [account]
    assert list(kept.addresses.all()) == [own]
    assert told("stayed") == {("guestman.customeraddress", own.pk)}
    assert told("returned") == {
        (type(row)._meta.label_lower, row.pk) for row in (street, mail, account)
    }
    found = Customer.objects.get(pk=double.pk)
    assert found.email == THEIRS
    assert THEIRS in found.search_text
    assert Customer.objects.get(pk=kept.pk).email == MINE
    assert consistency.check().is_consistent


def test_what_came_in_by_an_identifier_leaves_with_it() -> None:
    kept, double = pair()
    merge = merged(kept, double)
    found = IdentityResolver().resolve_identity(
        phone=OLD,
        email=THEIRS,
        external=("instagram", "ig-1"),
        cards={"loyalty_card": "77"},
        evidence={"phone": "V", "email": "A", "external": "A", "loyalty_card": "A"},
        method="otp_sms",
        record=("booking", "1"),
        source="bookings",
    )
    assert found.customer_uuid == kept.pk
    IdentityResolver().resolve_identity(email=MINE, record=("booking", "2"), source="bookings")

    unmerge(merge=merge)

    links = RecordLink.objects.values_list("source_id", "customer")
    assert dict(links) == {"1": double.pk, "2": kept.pk}
    assert ContactPoint.objects.get(match_key=THEIRS).customer == double
    assert ExternalIdentity.objects.get().customer == double
    assert CustomerIdentifier.objects.get(family="loyalty_card").customer == double
    assert consistency.check().is_consistent


def test_a_claim_and_its_matter_leave_with_the_identifier_they_were_typed_beside() -> None:
    kept, double = pair()
    merge = merged(kept, double)
    IdentityResolver().resolve_identity(phone=OLD, email=THEIRS, record=("order", "1"))
    assert CustomerIdentifier.objects.get(is_pending=True).customer == kept
    assert ReviewParty.objects.get().customer == kept

    unmerge(merge=merge)

    assert CustomerIdentifier.objects.get(is_pending=True).customer == double
    assert ReviewParty.objects.get().customer == double
    assert RecordLink.objects.get().customer == double


def test_what_came_in_by_something_that_came_in_leaves_too() -> None:
    kept, double = pair()
    merge = merged(kept, double)
    card = IdentifierService.add(customer=double, kind="loyalty_card", value="77")
    IdentityResolver().resolve_identity(
        cards={"loyalty_card": "77"}, evidence="A", record=("booking", "1")
    )
    assert RecordLink.objects.get().came_by == card.pk

    unmerge(merge=merge)

    assert RecordLink.objects.get().customer == double


def test_its_own_number_given_up_and_written_again_comes_back_as_it_was() -> None:
    kept, double = pair()
    before = image(double.contact_points.get())
    merge = merged(kept, double)
    contact_point.release(contact_point=ContactPoint.objects.get(match_key=OLD))
    again = contact_point.add(customer=kept, kind="phone", value=OLD)
    contact_point.verify(contact_point=again, method="otp_sms")

    unmerge(merge=merge)

    assert image(ContactPoint.objects.get(pk=before["uuid"])) == before
    again.refresh_from_db()
    assert again.customer == double
    assert again.released_at is not None
    assert told("returned") == {("guestman.contactpoint", again.pk)}
    assert customer.get_by_phone(OLD) == double
    assert consistency.check().is_consistent


def test_its_own_account_and_card_given_up_and_noted_again() -> None:
    kept, double = pair()
    external_identity.link(customer=double, provider="google", subject="g-1")
    IdentifierService.add(customer=double, kind="loyalty_card", value="77")
    rows = [ExternalIdentity.objects.get(), CustomerIdentifier.objects.get(family="loyalty_card")]
    before = [image(row) for row in rows]
    merge = merged(kept, double)
    external_identity.unlink(external_identity=ExternalIdentity.objects.get())
    external_identity.link(customer=kept, provider="google", subject="g-1")
    IdentifierService.release(identifier=CustomerIdentifier.objects.get(family="loyalty_card"))
    IdentifierService.add(customer=kept, kind="loyalty_card", value="77")

    unmerge(merge=merge)

    assert [image(type(row).objects.get(pk=row.pk)) for row in rows] == before
    assert not kept.external_identities.filter(is_active=True).exists()
    deciding = CustomerIdentifier.objects.filter(is_pending=False, family="loyalty_card")
    assert deciding.get().customer == double
    assert consistency.check().is_consistent


def test_through_a_merge_of_the_survivor_and_its_being_taken_back() -> None:
    kept, double = pair()
    inner = merged(kept, double)
    street = address.add(customer=double, street="Rua Nova", city="Rio")
    head = customer.create(first_name="Ana")
    outer = merged(head, kept)
    later = address.add(customer=double, street="Rua Mais Nova", city="Rio")

    unmerge(merge=inner)
    assert set(double.addresses.all()) == {street, later}
    unmerge(merge=outer)

    assert set(double.addresses.all()) == {street, later}
    assert not CustomerAddress.objects.exclude(customer=double).exists()


def test_from_the_outside_in_it_goes_one_step_at_a_time() -> None:
    kept, double = pair()
    inner = merged(kept, double)
    head = customer.create(first_name="Ana")
    outer = merged(head, kept)
    street = address.add(customer=double, street="Rua Nova", city="Rio")

    unmerge(merge=outer)
    assert list(kept.addresses.all()) == [street]
    unmerge(merge=inner)

    assert list(double.addresses.all()) == [street]


def test_what_another_merge_brought_was_not_made_here() -> None:
    kept, double = pair()
    merge = merged(kept, double)
    third = customer.create(first_name="Ana")
    theirs = address.add(customer=third, street="Rua Três", city="Rio")
    other = merged(kept, third)

    unmerge(merge=merge)
    assert told("stayed") == set()
    unmerge(merge=other)

    assert list(third.addresses.all()) == [theirs]


def test_what_will_leave_and_what_will_stay_is_foretold() -> None:
    kept, double = pair()
    merge = merged(kept, double)
    address.add(customer=double, street="Rua Nova", city="Rio")
    address.add(customer=kept, street="Rua Velha", city="Rio")

    notes = foretell(merge=merge).notes

    assert sorted(each.outcome for each in notes) == ["returned", "stayed"]
    assert double.addresses.count() == 0
