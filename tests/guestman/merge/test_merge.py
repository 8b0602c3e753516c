"""Merging two customers, and taking it back."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.db.models import Sum

from guestman.contrib.merge import errors
from guestman.contrib.merge.models import Merge, MergeMove, MergeReturn
from guestman.contrib.merge.service import MergePreview, execute, preview, suggest, unmerge
from guestman.errors import CustomerInactive, CustomerNotFound
from guestman.models import ContactPoint, Customer, CustomerAddress
from guestman.services import address, contact_point, customer, external_identity
from shopman import actor, tenancy
from shopman.models import AuditEntry, Immutable, Tenant
from tests.guestman.factories import ContactPointFactory
from tests.guestman.merge.conftest import differences, everything
from tests.guestman.merge.ledger import LedgerEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

STAFF = actor.Actor(kind="user", id="7", label="bia")


def merged(survivor: Customer, duplicate: Customer) -> Merge:
    return execute(preview=preview(survivor=survivor, duplicate=duplicate))


def pair() -> tuple[Customer, Customer]:
    one = customer.create(first_name="Ana", phone="+5511987654321", email="ana@x.com")
    other = customer.create(first_name="Ana", last_name="Souza", phone="+5511987654321")
    return one, other


def test_the_duplicate_becomes_an_alias_of_the_survivor() -> None:
    ana, double = pair()
    external_identity.link(customer=double, provider="google", subject="g-1")
    address.add(customer=double, street="Rua A", city="São Paulo")
    merged(ana, double)
    for found in (
        customer.get(double.code),
        customer.get_by_uuid(double.pk),
        customer.get_by_phone("+5511987654321"),
    ):
        assert found is not None
        assert found.pk == ana.pk
    ana.refresh_from_db()
    assert ana.name == "Ana Souza"
    assert ana.external_identities.count() == ana.addresses.count() == 1


def test_the_receipt_is_the_preview_byte_for_byte() -> None:
    ana, double = pair()
    foreseen = preview(survivor=ana, duplicate=double)
    merge = execute(preview=foreseen.digest, actor=STAFF, reason="Same person")
    assert merge.receipt == foreseen.receipt
    assert merge.digest == hashlib.sha256(foreseen.receipt.encode()).hexdigest()
    assert merge.digest in foreseen.digest
    assert (merge.actor, merge.reason) == ("bia", "Same person")
    assert not any(told in merge.receipt for told in ("Ana", "Souza", "ana@x.com", "98765"))


def test_taking_back_is_the_identity() -> None:
    ana, double = pair()
    contact_point.add(customer=double, kind="email", value="other@x.com")
    address.add(customer=ana, street="Rua B", city="Rio")
    address.add(customer=double, street="Rua A", city="São Paulo")
    customer.update(double.code, birth_date=dt.date(1990, 5, 1), notes="Likes tea")
    before = everything()
    merge = merged(ana, double)
    assert everything() != before
    unmerge(merge=merge)
    assert differences(before, everything()) == {}


def test_a_proved_contact_takes_the_place_of_a_typed_one() -> None:
    ana, double = pair()
    theirs = contact_point.verify(
        contact_point=contact_point.add(customer=double, kind="email", value="b@x.com"),
        method="email_link",
    )
    # An import may note what somebody else proved; the services would not.
    typed = ContactPointFactory(customer=ana, kind="email", value="b@x.com", evidence="U")
    ana.search_text += "\nb@x.com"
    ana.save()
    before = everything()
    merge = merged(ana, double)
    live = {each.pk for each in ContactPoint.objects.live().filter(customer=ana, kind="email")}
    assert theirs.pk in live
    assert typed.pk not in live
    assert ContactPoint.objects.get(pk=theirs.pk).evidence == "V"
    unmerge(merge=merge)
    assert differences(before, everything()) == {}


def test_what_clashes_is_parked_and_found_by_nobody() -> None:
    ana, double = pair()
    parked = double.contact_points.get(kind="phone")
    merge = merged(ana, double)
    move = MergeMove.objects.get(merge=merge, row=parked.pk)
    assert move.kind == "parked"
    assert move.beside == ana.contact_points.get(kind="phone").pk
    parked.refresh_from_db()
    assert parked.released_at is not None
    contact_point.release(contact_point=ana.contact_points.get(kind="phone"))
    assert customer.get_by_phone("+5511987654321") is None


def test_marks_of_moved_rows_step_back_only_beside_the_survivors() -> None:
    ana = customer.create(first_name="Ana", phone="+5511911111111")
    double = customer.create(first_name="Ana", phone="+5511922222222", email="ana@x.com")
    address.add(customer=ana, street="Rua B", city="Rio")
    address.add(customer=double, street="Rua A", city="Rio")
    address.add(customer=double, street="Rua C", city="Rio", purpose="billing")
    merged(ana, double)
    ana.refresh_from_db()
    assert (ana.phone, ana.email) == ("+5511911111111", "ana@x.com")
    primary = set(ana.contact_points.filter(is_primary=True).values_list("match_key", flat=True))
    assert primary == {"+5511911111111", "ana@x.com"}
    defaults = set(ana.addresses.filter(is_default=True).values_list("street", flat=True))
    assert defaults == {"Rua B", "Rua C"}


def test_a_stale_preview_is_refused() -> None:
    ana, double = pair()
    foreseen = preview(survivor=ana, duplicate=double)
    address.add(customer=double, street="Rua A", city="Rio")
    with pytest.raises(errors.StalePreview):
        execute(preview=foreseen)
    assert not Merge.objects.exists()
    for nonsense in ("", "abc", f"{ana.pk}.{double.pk}", "é" * 36 + "." + "1" * 36 + ".x"):
        with pytest.raises(errors.InvalidPreview):
            execute(preview=nonsense)
    with pytest.raises(errors.StalePreview):
        execute(preview=f"{ana.pk}.{double.pk}.{'0' * 64}")


def test_a_customer_is_not_merged_with_itself_and_nothing_is_deleted() -> None:
    ana, _double = pair()
    before = everything()
    with pytest.raises(errors.SelfMerge):
        preview(survivor=ana, duplicate=Customer.objects.get(pk=ana.pk))
    with pytest.raises(errors.SelfMerge):
        execute(preview=f"{ana.pk}.{ana.pk}.{'0' * 64}")
    assert differences(before, everything()) == {}


def test_two_shops_customers_are_not_merged(other_tenant: Tenant) -> None:
    ana, _double = pair()
    with tenancy.use(other_tenant):
        stranger = customer.create(first_name="Ana")
        with pytest.raises(errors.ForeignMerge):
            preview(survivor=stranger, duplicate=ana)
        with pytest.raises(CustomerNotFound):
            execute(preview=f"{stranger.pk}.{ana.pk}.{'0' * 64}")
    with pytest.raises(errors.ForeignMerge):
        preview(survivor=ana, duplicate=stranger)


def test_who_differs_in_what_nobody_shares_is_not_merged() -> None:
    def refused(error: type[Exception], one: Customer, other: Customer) -> None:
        with pytest.raises(error):
            preview(survivor=one, duplicate=other)

    ana, double = pair()
    refused(errors.DifferentTypes, ana, customer.create(customer_type="company"))
    ana = customer.update(ana.code, document="529.982.247-25", birth_date=dt.date(1990, 1, 2))
    refused(errors.DifferentDocuments, ana, customer.create(document="111.444.777-35"))
    refused(errors.DifferentBirthDates, ana, customer.create(birth_date=dt.date(1990, 2, 1)))
    customer.deactivate(double.code, reason="closed")
    refused(CustomerInactive, ana, double)


def test_who_was_merged_already_is_not_merged_again() -> None:
    ana, double = pair()
    third = customer.create(first_name="Ana")
    merged(ana, double)
    with pytest.raises(errors.AlreadyMerged):
        preview(survivor=third, duplicate=double)
    with pytest.raises(errors.AlreadyMerged):
        preview(survivor=double, duplicate=third)


def test_a_merge_is_taken_back_once() -> None:
    merge = merged(*pair())
    unmerge(merge=merge.pk)
    with pytest.raises(errors.AlreadyUnmerged):
        unmerge(merge=merge)
    with pytest.raises(errors.MergeNotFound):
        unmerge(merge=merge.survivor_id)


def test_history_cannot_be_edited() -> None:
    merge = merged(*pair())
    with pytest.raises(Immutable):
        Merge.objects.update(reason="other")
    with pytest.raises(Immutable):
        merge.save()
    with pytest.raises(Immutable):
        MergeMove.objects.all().delete()


def test_documents_go_over_and_come_back() -> None:
    ana, double = pair()
    double = customer.update(double.code, document="529.982.247-25")
    before = everything()
    merge = merged(ana, double)
    found = customer.get_by_document("52998224725")
    assert found is not None
    assert found.pk == ana.pk
    unmerge(merge=merge)
    assert differences(before, everything()) == {}


def test_ledgers_are_pointed_anew_and_never_summed() -> None:
    ana, double = pair()
    LedgerEntry.objects.create(customer=ana, points=10, is_welcome=True)
    LedgerEntry.objects.create(customer=double, points=10, is_welcome=True)
    for points in range(201):
        LedgerEntry.objects.create(customer=double, points=points)
    before = everything()
    total = LedgerEntry.objects.aggregate(total=Sum("points"))
    merge = merged(ana, double)
    assert LedgerEntry.objects.filter(customer=ana).count() == 202
    assert LedgerEntry.objects.filter(customer=double).count() == 1
    assert LedgerEntry.objects.aggregate(total=Sum("points")) == total
    unmerge(merge=merge)
    assert differences(before, everything()) == {}


def test_what_staff_pinned_beats_what_was_typed() -> None:
    ana, double = pair()
    with actor.use(actor.Actor(kind="client")):
        typed = customer.create(first_name="Anna")
    with actor.use(STAFF):
        pinned = customer.create(first_name="Ana Maria", last_name="Lima", notes="Pinned")
    foreseen = preview(survivor=typed, duplicate=pinned)
    by_name = {each.name: each for each in foreseen.fields}
    assert by_name["name"].choice.winner == "duplicate"
    assert by_name["name"].choice.reason == "staff"
    assert by_name["locale"].choice.reason == "empty"
    assert isinstance(foreseen, MergePreview)
    merged(typed, pinned)
    typed.refresh_from_db()
    assert (typed.name, typed.notes) == ("Ana Maria Lima", "Pinned")
    assert ana.name != double.name


def test_the_survivor_is_who_proved_more_then_who_is_older() -> None:
    ana, double = pair()
    assert suggest(double, ana) == suggest(ana, double) == (ana, double)
    contact_point.verify(contact_point=double.contact_points.get(), method="otp_sms")
    assert suggest(ana, double) == (double, ana)


def test_both_sides_are_told_in_the_audit_trail() -> None:
    ana, double = pair()
    merge = execute(preview=preview(survivor=ana, duplicate=double), actor=STAFF, reason="Same")
    unmerge(merge=merge, actor=STAFF, reason="Not the same")
    for subject, actions in (
        (ana.subject, ["customer.merge", "customer.unmerge"]),
        (double.subject, ["customer.merge_away", "customer.unmerge_back"]),
    ):
        told = AuditEntry.objects.filter(
            subject=subject, actor_label="bia", action__startswith="customer."
        ).order_by("uuid")
        assert list(told.values_list("action", flat=True)) == actions
        assert list(told.values_list("reason", flat=True)) == ["Same", "Not the same"]


def test_an_underscore_in_an_address_is_no_wildcard() -> None:
    one = customer.create(first_name="Ana", email="a_b@x.com")
    other = customer.create(first_name="Ana", email="aXb@x.com")
    merge = merged(one, other)
    assert not MergeMove.objects.filter(merge=merge, kind="parked").exists()
    assert one.contact_points.count() == 2


def test_what_changed_since_is_kept_in_the_un_merges_own_rows() -> None:
    ana, double = pair()
    home = address.add(customer=double, street="Rua A", city="Rio")
    before = everything()
    merge = merged(ana, double)
    address.update(address=CustomerAddress.objects.get(pk=home.pk), street="Rua Z")
    since = address.add(customer=ana, street="Rua N", city="Rio")
    unmerge(merge=merge)
    after = everything()
    key = f"guestman.CustomerAddress {home.pk}"
    assert after[key] == before[key]
    kept = MergeReturn.objects.get(row=home.pk)
    assert (kept.outcome, kept.found["street"]) == ("overwritten", "Rua Z")
    assert MergeReturn.objects.get(row=since.pk).outcome == "stayed"
    assert CustomerAddress.objects.get(pk=since.pk).customer_id == ana.pk


def test_what_a_third_proved_since_stays_his() -> None:
    ana, double = pair()
    contact_point.add(customer=double, kind="phone", value="+5511933333333")
    mine = double.contact_points.get(match_key="+5511933333333")
    merge = merged(ana, double)
    third = customer.create(first_name="Zé")
    contact_point.mark_proved(
        customer_uuid=third.pk, kind="phone", value="+5511933333333", method="otp_sms"
    )
    unmerge(merge=merge)
    mine.refresh_from_db()
    assert mine.customer_id == double.pk
    assert mine.released_at is not None
    assert MergeReturn.objects.get(row=mine.pk).outcome == "taken"
    found = customer.get_by_phone("+5511933333333")
    assert found is not None
    assert found.pk == third.pk


def test_a_value_changed_since_stays_with_the_survivor() -> None:
    ana, double = pair()
    customer.update(double.code, birth_date=dt.date(1990, 5, 1), locale="es")
    merge = merged(ana, double)
    customer.update(ana.code, birth_date=dt.date(1990, 5, 2))
    unmerge(merge=merge)
    ana.refresh_from_db()
    double.refresh_from_db()
    assert (ana.birth_date, ana.locale, ana.last_name) == (dt.date(1990, 5, 2), "", "")
    assert (double.birth_date, double.locale) == (dt.date(1990, 5, 1), "es")
    kept = MergeReturn.objects.get(row=ana.pk, outcome="kept")
    assert kept.found == {"birth_date": "1990-05-02"}
