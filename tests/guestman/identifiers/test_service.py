"""Identifiers by themselves, and the proof that they follow from what they are derived from."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from guestman import errors
from guestman.adapters.doorman import GuestmanCustomerResolver
from guestman.contrib.identifiers.errors import (
    IdentifierNotFound,
    IdentifierTaken,
    InvalidIdentifier,
    OtherDocument,
    ReviewItemClosed,
    ReviewItemNotFound,
    ValueBlocked,
)
from guestman.contrib.identifiers.models import BlockedValue, CustomerIdentifier, ReviewItem
from guestman.contrib.identifiers.service import IdentifierService
from guestman.contrib.identifiers.services import blocking, consistency, reviews
from guestman.models import ContactPoint
from guestman.services import contact_point, customer, external_identity
from shopman.keys import uuid7
from shopman.models import AuditEntry
from tests.guestman.factories import ContactPointFactory, CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

PHONE, EMAIL, CPF = "+5511987654321", "ana@loja.com.br", "52998224725"


def kinds() -> dict[str, str]:
    return dict(CustomerIdentifier.objects.values_list("family", "strength"))


def test_identifiers_follow_what_they_are_derived_from() -> None:
    made = customer.create(phone=PHONE, email=EMAIL, document=CPF)
    account = external_identity.link(customer=made, provider="google", subject="1", issuer="i")
    assert kinds() == {
        "phone": "asserted",
        "email": "asserted",
        "document": "strong",
        "provider:google": "strong",
    }
    phone = ContactPoint.objects.get(kind="phone")
    contact_point.verify(contact_point=phone, method="otp_sms")
    assert kinds()["phone"] == "verified"
    contact_point.share(contact_point=phone)
    assert CustomerIdentifier.objects.get(family="phone").is_shared
    contact_point.release(contact_point=phone)
    external_identity.unlink(external_identity=account)
    assert kinds().keys() == {"email", "document"}
    customer.deactivate(made.code, reason="asked")
    assert kinds().keys() == {"email"}
    customer.reactivate(made.code)
    assert kinds().keys() == {"email", "document"}
    customer.update(made.code, document=None)
    contact_point.remove(contact_point=ContactPoint.objects.get(kind="email"))
    assert kinds() == {}
    assert consistency.check().is_consistent


def test_whose_is_this() -> None:
    made = customer.create(phone=PHONE, document=CPF)
    IdentifierService.add(customer=made, kind="loyalty_card", value="1234")
    for kind, value in (
        ("phone", "(11) 98765-4321"),
        ("whatsapp", PHONE),
        ("document", "529.982.247-25"),
        ("loyalty_card", "1234"),
    ):
        assert IdentifierService.find(kind, value) == made
    for kind, value in (("loyalty_card", "12345"), ("phone", "nonsense"), ("phone", "000000000")):
        assert IdentifierService.find(kind, value) is None
    customer.deactivate(made.code, reason="asked")
    assert IdentifierService.find("phone", PHONE) is None


def test_what_was_only_typed_is_nobodys() -> None:
    made = IdentifierService.find_or_create_customer(email=EMAIL, document=CPF, name="Ana Souza")
    assert CustomerIdentifier.objects.filter(customer=made).count() == 2
    assert IdentifierService.find("email", EMAIL) is None
    assert IdentifierService.find("document", CPF) is None
    contact_point.verify(contact_point=made.contact_points.get(), method="email_link")
    assert IdentifierService.find("email", EMAIL) == made


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone", PHONE),
        ("email", EMAIL),
        ("instagram", "ana.souza"),
        ("document", CPF),
        ("provider:google", "77"),
        ("loyalty_card", "1234"),
        ("external:erp", "77"),
    ],
)
def test_an_identifier_is_added_once_and_released(kind: str, value: str) -> None:
    made = CustomerFactory()
    row = IdentifierService.add(customer=made, kind=kind, value=value, source="staff")
    assert IdentifierService.ensure(customer=made, kind=kind, value=value) == row
    assert IdentifierService.find(kind, value) == made
    assert consistency.check().is_consistent

    IdentifierService.release(identifier=row)
    assert IdentifierService.find(kind, value) is None
    with pytest.raises(IdentifierNotFound):
        IdentifierService.release(identifier=row)
    assert AuditEntry.objects.filter(subject=made.subject).count() >= 2


def test_what_decides_has_one_owner() -> None:
    one, other = CustomerFactory(), CustomerFactory()
    IdentifierService.add(customer=one, kind="loyalty_card", value="1234")
    with pytest.raises(IdentifierTaken):
        IdentifierService.add(customer=other, kind="loyalty_card", value="1234")
    IdentifierService.add(customer=one, kind="document", value=CPF)
    with pytest.raises(errors.DocumentTaken):
        IdentifierService.add(customer=other, kind="document", value=CPF)
    with pytest.raises(OtherDocument):
        IdentifierService.add(customer=one, kind="document", value="390.533.447-05")
    one.refresh_from_db()
    assert one.document == CPF
    for kind, value in (("phone", "0000"), ("provider:", "1"), ("a b", "1"), ("loyalty_card", "")):
        with pytest.raises((InvalidIdentifier, errors.InvalidText)):
            IdentifierService.add(customer=one, kind=kind, value=value)


def test_a_customer_is_found_or_made() -> None:
    made = IdentifierService.find_or_create_customer(email=EMAIL, name="Ana")
    assert IdentifierService.find_or_create_customer(email=EMAIL) == made
    assert IdentifierService.resolve(email=EMAIL).matched_by == "email"


def test_what_is_wrong_is_found_and_put_right() -> None:
    made = customer.create(phone=PHONE, document=CPF)
    IdentifierService.add(customer=made, kind="loyalty_card", value="1234")
    external_identity.link(customer=made, provider="google", subject="1", issuer="i")
    ContactPointFactory(kind="email", value=EMAIL, evidence="V")
    CustomerIdentifier.objects.filter(family="phone").update(strength="weak")
    CustomerIdentifier(
        customer=made, kind="email", family="email", value="x", match_key="x", strength="asserted"
    ).save()

    found = consistency.check()
    assert (found.checked, found.missing, found.differing, found.surplus) == (4, 1, 1, 1)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("identifiers_check", stdout=out)
    call_command("identifiers_check", repair=True, stdout=out)
    assert "1 missing, 1 differing, 1 surplus" in out.getvalue()
    assert consistency.check().is_consistent
    assert kinds() == {
        "phone": "asserted",
        "email": "verified",
        "document": "strong",
        "loyalty_card": "strong",
        "provider:google": "strong",
    }
    call_command("identifiers_check", stdout=out)


def test_blocked_values_are_added_once_and_taken_back() -> None:
    row = blocking.block(family="phone", value="(11) 98765-4321", reason="tablet")
    assert BlockedValue.objects.get().key == PHONE
    with pytest.raises(ValueBlocked):
        blocking.block(family="phone", value=PHONE)
    with pytest.raises(errors.InvalidPhone):
        blocking.block(family="phone", value="x")
    with pytest.raises(InvalidIdentifier):
        blocking.block(family="colour", value="red")
    blocking.unblock(blocked_value=row.pk)
    assert not BlockedValue.objects.exists()
    assert PHONE not in str(list(AuditEntry.objects.values()))


def test_identifiers_of_blocked_values_are_marked() -> None:
    made = customer.create(phone=PHONE, email=EMAIL)

    def marked() -> set[str]:
        rows = CustomerIdentifier.objects.filter(blocked=True)
        return set(rows.values_list("family", flat=True))

    number = blocking.block(family="phone", value=PHONE)
    domain = blocking.block(family="domain", value="loja.com.br")
    address = blocking.block(family="email", value=EMAIL)
    assert marked() == {"phone", "email"}
    assert IdentifierService.find("phone", PHONE) is None
    # What staff write later, knowing better, is not marked; whoever proves it has it all the same.
    other = customer.create(phone=PHONE)
    assert CustomerIdentifier.objects.filter(blocked=True, family="phone").count() == 1
    assert consistency.check().is_consistent
    door = GuestmanCustomerResolver()
    contact_point.verify(contact_point=other.contact_points.get(), method="otp_sms")
    assert door.create_for_phone(PHONE).uuid == other.pk

    blocking.unblock(blocked_value=number.pk)
    blocking.unblock(blocked_value=address.pk)
    assert marked() == {"email"}
    blocking.unblock(blocked_value=domain.pk)
    assert marked() == set()
    assert made.identifiers.count() == 1
    assert consistency.check().is_consistent


def test_a_review_item_is_settled_once_with_a_reason() -> None:
    one, other = CustomerFactory(), CustomerFactory()

    def opened() -> ReviewItem:
        return reviews.open_item(
            kind="conflict",
            customers=[one.pk, other.pk],
            matter=["phone", str(one.pk)],
            values={"phone": "+55•••"},
            source="test",
        )

    item = opened()
    assert opened() == item
    assert item.parties.count() == 2
    with pytest.raises(errors.InvalidText):
        reviews.resolve(item=item.pk, reason="x" * 1001)
    done = reviews.resolve(item=item.pk, reason="two people")
    assert (done.status, done.reason) == ("resolved", "two people")
    with pytest.raises(ReviewItemClosed):
        reviews.resolve(item=item.pk, reason="again")
    with pytest.raises(ReviewItemNotFound):
        reviews.resolve(item=uuid7(), reason="x")
    assert opened() != item
