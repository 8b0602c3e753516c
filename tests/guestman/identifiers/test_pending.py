"""Claims that staff accept or refuse, and matters that end with a merge."""

from __future__ import annotations

import pytest
from django.test import Client

from guestman.adapters.doorman import GuestmanCustomerResolver
from guestman.contrib.identifiers.errors import IdentifierNotFound
from guestman.contrib.identifiers.models import CustomerIdentifier, ReviewItem
from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.identifiers.service import IdentifierService
from guestman.contrib.identifiers.services import consistency
from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.errors import EmailTaken
from guestman.models import Customer
from guestman.services import contact_point, customer
from shopman.errors import Failure
from shopman.models import AuditEntry, Tenant
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

PHONE, EMAIL = "+5511987654321", "ana.souza@loja.com.br"


@pytest.fixture
def ana() -> Customer:
    """Somebody of whom an address was typed beside her number."""
    made = customer.create(first_name="Ana", phone=PHONE)
    IdentityResolver().resolve_identity(
        phone=PHONE, email=EMAIL, cards={"loyalty_card": "77"}, source="checkout"
    )
    return made


def claim(family: str = "email") -> CustomerIdentifier:
    found: CustomerIdentifier = CustomerIdentifier.objects.get(family=family, is_pending=True)
    return found


def test_what_staff_accept_finds_the_customer_and_opens_no_door(ana: Customer) -> None:
    assert customer.get_by_email(EMAIL) is None
    IdentifierService.accept(identifier=claim(), reason="she said so on the phone")

    assert customer.get_by_email(EMAIL) == ana
    assert ana.contact_points.get(kind="email").evidence == "A"
    assert GuestmanCustomerResolver().get_by_email(EMAIL) is None
    told = AuditEntry.objects.get(action="identifier.accept")
    assert (told.subject, told.reason) == (ana.subject, "she said so on the phone")
    assert EMAIL not in str(told.after)
    assert consistency.check().is_consistent


def test_a_number_without_another_home_is_accepted(ana: Customer) -> None:
    assert IdentifierService.find("loyalty_card", "77") is None
    IdentifierService.accept(identifier=claim("loyalty_card"), reason="showed the card")
    assert IdentifierService.find("loyalty_card", "77") == ana


def test_what_is_refused_is_gone_and_the_matter_ends_with_the_last_claim(ana: Customer) -> None:
    item = ReviewItem.objects.open().get(kind="pending")
    IdentifierService.refuse(identifier=claim(), reason="a typing error")
    item.refresh_from_db()
    assert item.status == "open"
    IdentifierService.accept(identifier=claim("loyalty_card"), reason="showed the card")

    item.refresh_from_db()
    assert (item.status, item.reason) == ("resolved", "showed the card")
    assert not ana.contact_points.filter(kind="email").exists()
    assert not CustomerIdentifier.objects.filter(family="email").exists()


def test_what_somebody_else_proved_stays_theirs(ana: Customer) -> None:
    pending = claim()
    bia = customer.create(first_name="Bia")
    theirs = contact_point.add(customer=bia, kind="email", value=EMAIL)
    contact_point.verify(contact_point=theirs, method="email_link")
    # A proof ends the claims of others; one that is put back meanwhile takes nothing.
    with pytest.raises(IdentifierNotFound):
        IdentifierService.accept(identifier=pending, reason="x")
    pending.save(force_insert=True)
    with pytest.raises(EmailTaken):
        IdentifierService.accept(identifier=pending, reason="x")
    assert customer.get_by_email(EMAIL) == bia


def test_a_card_of_somebody_else_is_taken_by_name(ana: Customer) -> None:
    IdentifierService.add(
        customer=customer.create(first_name="Bia"), kind="loyalty_card", value="77"
    )
    with pytest.raises(Failure) as raised:
        IdentifierService.accept(identifier=claim("loyalty_card"), reason="x")
    assert raised.value.code == "identifier_taken"
    assert claim("loyalty_card").customer == ana


def desk(tenant: Tenant, role: str) -> Client:
    client = Client()
    client.force_login(member(tenant, role))
    return client


def test_staff_decide_on_the_customers_page_and_in_the_matter(
    tenant: Tenant, ana: Customer
) -> None:
    acts = f"/admin/guestman_identifiers/customeridentifier/{claim().pk}/"
    item = ReviewItem.objects.get()
    pages = (
        f"/admin/guestman/customer/{ana.pk}/change/",
        f"/admin/guestman_identifiers/reviewitem/{item.pk}/change/",
    )
    for page in pages:
        assert f"{acts}accept/" in desk(tenant, "clerk").get(page).content.decode()
        assert f"{acts}accept/" not in desk(tenant, "read_only").get(page).content.decode()
    assert desk(tenant, "read_only").post(f"{acts}accept/", {"reason": "x"}).status_code == 403
    assert EMAIL in desk(tenant, "owner").get(f"{acts}accept/").content.decode()
    answer = desk(tenant, "clerk").post(f"{acts}refuse/", {"reason": "not hers"})
    assert answer.headers["location"] == pages[0]
    assert not CustomerIdentifier.objects.filter(family="email").exists()
    assert desk(tenant, "clerk").get(f"{acts}refuse/").status_code == 302


def test_a_conflict_ends_with_the_merge_of_its_customers_and_opens_with_its_end() -> None:
    ana, bia, cleo = (
        customer.create(first_name="Ana", email=EMAIL),
        customer.create(first_name="Ana", phone=PHONE),
        customer.create(first_name="Ana"),
    )
    resolve = IdentityResolver().resolve_identity
    item = resolve(email=EMAIL, phone=PHONE).review
    assert item is not None
    before = ReviewItem.objects.values().get()

    inner = _merged(cleo, ana)
    assert ReviewItem.objects.get().status == "open"
    outer = _merged(bia, cleo)
    settled = ReviewItem.objects.get()
    assert (settled.status, settled.settled_by_merge) == ("resolved", outer.pk)

    unmerge(merge=inner)
    assert ReviewItem.objects.values().get() == before
    unmerge(merge=outer)
    assert ReviewItem.objects.values().get() == before
    actions = AuditEntry.objects.filter(subject=f"review_item:{item.pk}").order_by("uuid")
    assert [each.action for each in actions] == [
        "review_item.open", "review_item.resolve", "review_item.reopen",
    ]  # fmt: skip


def test_what_staff_settled_stays_settled() -> None:
    ana = customer.create(first_name="Ana", email=EMAIL)
    bia = customer.create(first_name="Ana", phone=PHONE)
    IdentityResolver().resolve_identity(email=EMAIL, phone=PHONE)
    merge = _merged(ana, bia)
    ReviewItem.objects.update(settled_by_merge=None)
    unmerge(merge=merge)
    assert ReviewItem.objects.get().status == "resolved"


def _merged(survivor: Customer, duplicate: Customer) -> Merge:
    rows = Customer.objects.in_bulk([survivor.pk, duplicate.pk])
    return execute(preview=preview(survivor=rows[survivor.pk], duplicate=rows[duplicate.pk]))
