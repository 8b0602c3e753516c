"""Merging while others are at it, on connections of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from guestman.contrib.identifiers.models import RecordLink
from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.identifiers.services import consistency
from guestman.contrib.merge import errors
from guestman.contrib.merge.models import Merge, MergeUndo
from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.models import ContactPoint, Customer
from guestman.services import address, contact_point, customer
from omniman.models import Cart, Order
from omniman.services import cart, order
from shopman import tenancy
from shopman.models import Tenant
from tests.conftest import Race
from tests.journeys import shop

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 10


@pytest.fixture(autouse=True)
def open_shop(tenant: Tenant) -> Iterator[None]:
    shop.open_shop(tenant)
    with tenancy.use(tenant):
        yield


def pair() -> tuple[Customer, Customer]:
    one = customer.create(first_name="Ana")
    other = customer.create(first_name="Ana", email=f"{one.code}@x.com".lower())
    return one, other


def test_of_opposite_merges_one_wins_and_the_other_is_a_named_conflict(race: Race) -> None:
    for _ in range(ROUNDS):
        one, other = pair()
        there = preview(survivor=one, duplicate=other).digest
        back = preview(survivor=other, duplicate=one).digest
        outcomes = race(lambda d=there: execute(preview=d), lambda d=back: execute(preview=d))
        failed = [each.error for each in outcomes if each.error]
        assert [type(each) for each in failed] == [errors.AlreadyMerged], failed
        assert Customer.objects.filter(pk__in=[one.pk, other.pk], merged_into=None).count() == 1


def test_crosswise_merges_of_three_end_without_a_chain(race: Race) -> None:
    for _ in range(ROUNDS):
        a, b = pair()
        c = customer.create(first_name="Ana")
        digests = [
            preview(survivor=survivor, duplicate=duplicate).digest
            for survivor, duplicate in ((b, a), (c, b), (a, c))
        ]
        outcomes = race(*(lambda d=digest: execute(preview=d) for digest in digests))
        named = (errors.AlreadyMerged, errors.StalePreview)
        assert all(each.error is None or isinstance(each.error, named) for each in outcomes)
        assert any(each.error is None for each in outcomes)
        assert not Customer.objects.filter(merged_into__merged_into__isnull=False).exists()


def test_an_edit_meanwhile_is_on_the_survivor_or_makes_the_preview_stale(race: Race) -> None:
    for _ in range(ROUNDS):
        one, other = pair()
        digest = preview(survivor=one, duplicate=other).digest
        merging, editing = race(
            lambda d=digest: execute(preview=d),
            lambda code=other.code: customer.update(code, notes="Rings twice"),
        )
        assert editing.error is None
        if merging.error is None:
            assert Customer.objects.get(pk=one.pk).notes == "Rings twice"
        else:
            assert isinstance(merging.error, errors.StalePreview)
            assert Customer.objects.get(pk=other.pk).notes == "Rings twice"


def test_a_proof_meanwhile_is_not_lost(race: Race) -> None:
    for _ in range(ROUNDS):
        one, other = pair()
        digest = preview(survivor=one, duplicate=other).digest
        contact = other.contact_points.get()
        merging, proving = race(
            lambda d=digest: execute(preview=d),
            lambda c=contact: contact_point.verify(contact_point=c, method="email_link"),
        )
        assert proving.error is None, proving.error
        assert merging.error is None or isinstance(merging.error, errors.StalePreview)
        found = ContactPoint.objects.get(pk=contact.pk)
        assert found.is_verified
        assert found.released_at is None
        assert found.customer_id == (one.pk if merging.error is None else other.pk)


def test_an_address_meanwhile_is_kept(race: Race) -> None:
    for _ in range(ROUNDS):
        one, other = pair()
        digest = preview(survivor=one, duplicate=other).digest
        merging, adding = race(
            lambda d=digest: execute(preview=d),
            lambda o=other: address.add(customer=o, street="Rua A", city="Rio"),
        )
        assert adding.error is None
        assert merging.error is None or isinstance(merging.error, errors.StalePreview)
        owner = one if merging.error is None else other
        assert owner.addresses.count() == 1


def test_claims_meanwhile_end_with_the_survivor_or_with_whom_they_were(race: Race) -> None:
    resolve = IdentityResolver().resolve_identity
    for number in range(ROUNDS):
        one, other = pair()
        digest = preview(survivor=one, duplicate=other).digest
        merging, claiming = race(
            lambda d=digest: execute(preview=d),
            lambda o=other, n=number: resolve(
                email=o.email,
                phone=f"+55119876{n:05}",
                evidence="V",
                method="manual",
                record=("booking", str(n)),
            ),
        )
        assert claiming.error is None, claiming.error
        assert merging.error is None or isinstance(merging.error, errors.StalePreview)
        owner = one if merging.error is None else other
        assert {each.customer for each in ContactPoint.objects.filter(is_primary=True)} >= {owner}
        assert RecordLink.objects.get(source_id=str(number)).customer == owner
        assert consistency.check().is_consistent


def test_of_a_rival_that_changes_meanwhile_nothing_is_lost(race: Race) -> None:
    for _ in range(ROUNDS):
        one, other = pair()
        rival = contact_point.add(customer=one, kind="email", value=other.email)
        digest = preview(survivor=one, duplicate=other).digest
        merging, proving = race(
            lambda d=digest: execute(preview=d),
            lambda c=rival: contact_point.verify(contact_point=c, method="email_link"),
        )
        assert proving.error is None, proving.error
        assert merging.error is None or isinstance(merging.error, errors.StalePreview)
        held = ContactPoint.objects.live().filter(match_key=rival.match_key)
        assert [each.pk for each in held if each.is_verified] == [rival.pk]
        assert consistency.check().is_consistent


def test_a_contact_given_up_meanwhile_is_given_up(race: Race) -> None:
    for _ in range(ROUNDS):
        one, other = pair()
        rival = contact_point.add(customer=one, kind="email", value=other.email)
        digest = preview(survivor=one, duplicate=other).digest
        merging, releasing = race(
            lambda d=digest: execute(preview=d),
            lambda c=rival: contact_point.remove(contact_point=c),
        )
        assert releasing.error is None, releasing.error
        assert merging.error is None or isinstance(merging.error, errors.StalePreview)
        assert not ContactPoint.objects.filter(pk=rival.pk).exists()


def test_a_cart_that_is_opened_meanwhile_is_one_of_two_or_makes_the_preview_stale(
    race: Race,
) -> None:
    for _ in range(ROUNDS):
        one, other = pair()
        basket = cart.open_for_customer(customer_uuid=other.pk)
        cart.add_line(cart=basket, sku="TEA", quantity=1)
        digest = preview(survivor=one, duplicate=other).digest
        merging, opening = race(
            lambda d=digest: execute(preview=d),
            lambda o=one: cart.open_for_customer(customer_uuid=o.pk),
        )
        assert opening.error is None, opening.error
        assert merging.error is None or isinstance(merging.error, errors.StalePreview), merging
        assert Cart.objects.filter(customer_uuid=one.pk, committed_at=None).count() == 1
        basket.refresh_from_db()
        assert basket.customer_uuid in (one.pk, other.pk)


def test_an_order_meanwhile_counts_for_the_survivor(race: Race) -> None:
    for number in range(ROUNDS):
        one, other = pair()
        basket = cart.open_for_customer(customer_uuid=other.pk)
        cart.add_line(cart=basket, sku="TEA", quantity=1)
        digest = preview(survivor=one, duplicate=other).digest
        merging, ordering = race(
            lambda d=digest: execute(preview=d),
            lambda b=basket, n=number: order.commit(cart=b, idempotency_key=f"key-{n}"),
        )
        assert ordering.error is None, ordering.error
        assert merging.error is None or isinstance(merging.error, errors.StalePreview)
        placed = Order.objects.get(pk=ordering.value.pk)
        assert placed.customer_uuid in (one.pk, other.pk)


def test_a_merge_is_taken_back_once_by_two_at_once(race: Race) -> None:
    for _ in range(ROUNDS):
        one, other = pair()
        merge = execute(preview=preview(survivor=one, duplicate=other))
        outcomes = race(*(lambda m=merge: unmerge(merge=m) for _ in range(2)))
        failed = [each.error for each in outcomes if each.error]
        assert [type(each) for each in failed] == [errors.AlreadyUnmerged]
        assert MergeUndo.objects.filter(merge=merge).count() == 1


def test_a_merge_is_taken_back_while_its_people_are_merged_again(race: Race) -> None:
    for _ in range(ROUNDS):
        a, b = pair()
        c = customer.create(first_name="Ana")
        before = {row.pk: row.customer_id for row in ContactPoint.objects.all()}
        merge = execute(preview=preview(survivor=b, duplicate=a))
        b.refresh_from_db()
        onward = preview(survivor=c, duplicate=b).digest
        undone, again = race(lambda m=merge: unmerge(merge=m), lambda d=onward: execute(preview=d))
        assert undone.error is None, undone.error
        assert again.error is None or isinstance(again.error, errors.StalePreview), again
        if again.error is None:
            unmerge(merge=again.value)
        assert {row.pk: row.customer_id for row in ContactPoint.objects.all()} == before
        assert not Customer.objects.filter(merged_into__isnull=False).exists()


def test_an_outer_and_an_inner_merge_are_taken_back_at_once(race: Race) -> None:
    for _ in range(ROUNDS):
        a, b = pair()
        c = customer.create(first_name="Ana")
        inner = execute(preview=preview(survivor=b, duplicate=a))
        b.refresh_from_db()
        outer = execute(preview=preview(survivor=c, duplicate=b))
        outcomes = race(lambda m=inner: unmerge(merge=m), lambda m=outer: unmerge(merge=m))
        assert all(each.error is None for each in outcomes), outcomes
        keys = [a.pk, b.pk, c.pk]
        assert not Customer.objects.filter(pk__in=keys, merged_into__isnull=False).exists()
    assert Merge.objects.standing().count() == 0
