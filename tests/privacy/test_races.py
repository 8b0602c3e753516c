"""Whatever happens at the moment of an erasure, nothing of the person is left behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.db import OperationalError

from doorman.services import session
from guestman.adapters.doorman import GuestmanCustomerResolver
from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.contrib.privacy import consumers
from guestman.contrib.privacy.models import Erasure
from guestman.contrib.privacy.service import erase
from guestman.errors import CustomerErased, CustomerInactive
from guestman.models import ContactPoint, Customer
from guestman.services import contact_point, customer
from omniman.errors import CustomerUnavailable
from omniman.models import Order
from omniman.services import cart, checkout, order
from shopman.errors import Failure
from shopman.models import OutboxEvent, Tenant
from tests.conftest import Race
from tests.privacy import someone

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 5
PHONE = "+5511987653333"


@pytest.fixture
def ann(opened: Tenant) -> Callable[[], Customer]:
    """Makes the customer anew: a round needs one that is not erased."""

    def make() -> Customer:
        made = customer.create(first_name="Annelise", last_name="Brandt", phone=PHONE)
        contact_point.verify(contact_point=made.contact_points.get(), method="otp_sms")
        return made

    return make


def erased(key: UUID) -> Erasure:
    return erase(customer=Customer.objects.get(pk=key), reason="request 17")


def is_empty(key: UUID) -> bool:
    row = Customer.objects.get(pk=key)
    return row.erased_at is not None and row.name == "" and not row.contact_points.exists()


def test_two_erasures_are_one(ann: Callable[[], Customer], race: Race) -> None:
    for number in range(1, ROUNDS + 1):
        key = ann().pk
        outcomes = race(*[lambda key=key: erased(key).pk for _ in range(3)])
        assert len({each.value for each in outcomes}) == 1, outcomes
        assert Erasure.objects.count() == number


def test_an_order_is_refused_or_erased_with_its_customer(
    ann: Callable[[], Customer], race: Race
) -> None:
    for number in range(ROUNDS):
        made = ann()
        open_cart = cart.open_for_customer(customer_uuid=made.pk)
        cart.set_line(cart=open_cart, sku="TEA", quantity=1)
        full = checkout.describe(cart=open_cart, delivery_address=someone.HOME)
        _, placed = race(
            lambda key=made.pk: erased(key),
            lambda full=full, number=number: order.commit(cart=full, idempotency_key=f"k{number}"),
        )
        if placed.error is not None:
            assert isinstance(placed.error, (CustomerUnavailable, cart.CartNotFound)), placed
        for row in Order.objects.filter(customer_uuid=made.pk):
            # It could still be delivered.
            order.transition(order=row, to="cancelled")
            row.refresh_from_db()
            assert "Annelise" not in str(row.data)
            assert "Jacarandás" not in str(row.data)
        assert is_empty(made.pk)


def test_an_edit_is_refused_or_erased(ann: Callable[[], Customer], race: Race) -> None:
    for _ in range(ROUNDS):
        made = ann()
        _, edited = race(
            lambda key=made.pk: erased(key),
            lambda key=made.pk: customer.update(key, notes="Annelise likes tea"),
        )
        assert edited.error is None or isinstance(edited.error, CustomerInactive), edited
        assert is_empty(made.pk)
        assert Customer.objects.get(pk=made.pk).notes == ""


def test_a_login_leads_to_nobody_erased(ann: Callable[[], Customer], race: Race) -> None:
    for _ in range(ROUNDS):
        made = ann()

        def login(key: UUID = made.pk) -> str:
            found = GuestmanCustomerResolver().create_for_phone(PHONE)
            return session.open(customer_uuid=found.uuid, amr="sms").secret

        done, entered = race(lambda key=made.pk: erased(key), login)
        assert done.error is None, done
        assert not isinstance(entered.error, OperationalError), entered
        assert is_empty(made.pk)
        for event in OutboxEvent.objects.filter(name="guestman.customer_erased"):
            consumers.consume(event)
        if entered.error is None:
            visit = session.identify(secret=entered.value)
            assert getattr(visit.customer, "uuid", None) != made.pk
        for other in Customer.objects.filter(erased_at=None):
            erased(other.pk)


class TestBesideMerges:
    """Whoever comes first, the outcome is that of one after the other, and nobody waits in vain."""

    @pytest.fixture
    def pairs(self, opened: Tenant) -> Iterator[tuple[Customer, Customer]]:
        """Ann twice, anew for each round."""

        def make(number: int) -> tuple[Customer, Customer]:
            first = customer.create(first_name="Ann", last_name="Brandt", phone=PHONE)
            second = customer.create(first_name="Ann", last_name="Brandt", notes=f"rings {number}")
            # In either order of the keys: locks are taken by key, whoever survives.
            return (first, second) if number % 2 else (second, first)

        return (make(number) for number in range(2 * ROUNDS))

    def test_a_merge_is_refused_or_erased_whole(
        self, pairs: Iterator[tuple[Customer, Customer]], race: Race
    ) -> None:
        for survivor, duplicate in pairs:
            shown = preview(survivor=survivor, duplicate=duplicate)
            gone, merged = race(
                lambda key=duplicate.pk: erased(key), lambda shown=shown: execute(preview=shown)
            )
            assert gone.error is None, gone
            assert is_empty(duplicate.pk)
            if merged.error is None:
                assert is_empty(survivor.pk)
                assert Customer.objects.get(pk=duplicate.pk).merged_into_id == survivor.pk
            else:
                assert isinstance(merged.error, Failure), merged
                assert Customer.objects.get(pk=survivor.pk).erased_at is None
                erased(survivor.pk)

    def test_an_unmerge_is_refused_or_spares_the_other(
        self, pairs: Iterator[tuple[Customer, Customer]], race: Race
    ) -> None:
        for survivor, duplicate in pairs:
            merge = execute(preview=preview(survivor=survivor, duplicate=duplicate))
            gone, apart = race(
                lambda key=survivor.pk: erased(key), lambda merge=merge: unmerge(merge=merge)
            )
            assert gone.error is None, gone
            assert is_empty(survivor.pk)
            if apart.error is None:
                left = Customer.objects.get(pk=duplicate.pk)
                assert (left.erased_at, left.merged_into_id) == (None, None)
                assert left.name == "Ann Brandt"
                erased(left.pk)
            else:
                assert isinstance(apart.error, CustomerErased), apart
                assert is_empty(duplicate.pk)
        assert Merge.objects.count() == 2 * ROUNDS

    def test_opposite_ends_of_one_person_are_one_erasure(
        self, pairs: Iterator[tuple[Customer, Customer]], race: Race
    ) -> None:
        for survivor, duplicate in pairs:
            execute(preview=preview(survivor=survivor, duplicate=duplicate))
            ends = race(
                lambda key=survivor.pk: erased(key).pk, lambda key=duplicate.pk: erased(key).pk
            )
            assert len({each.value for each in ends}) == 1, ends
            assert is_empty(survivor.pk)
            assert is_empty(duplicate.pk)


def test_who_is_resolved_meanwhile_is_erased_or_new(
    ann: Callable[[], Customer], race: Race
) -> None:
    for _ in range(ROUNDS):
        made = ann()

        def resolve() -> UUID:
            found = IdentityResolver().resolve_identity(
                phone=PHONE, email="ann@exemplo.com.br", evidence={"phone": "V"}, method="otp_sms"
            )
            return found.customer.pk

        done, found = race(lambda key=made.pk: erased(key), resolve)
        assert done.error is None, done
        assert found.error is None or isinstance(found.error, Failure), found
        assert is_empty(made.pk)
        holders = ContactPoint.objects.filter(match_key=PHONE).values_list("customer", flat=True)
        assert set(holders) <= {found.value} - {made.pk}
        for other in Customer.objects.filter(erased_at=None):
            erased(other.pk)
