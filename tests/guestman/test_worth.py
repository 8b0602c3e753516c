"""What customers are worth, as the rooms that know it say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

import pytest

from guestman.contrib.insights.models import CustomerInsight
from guestman.services import worth
from shopman import clock
from tests.guestman.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]


def much(customers: Collection[UUID]) -> Mapping[UUID, int]:
    return dict.fromkeys(customers, 900)


@pytest.fixture
def another_source() -> Iterator[None]:
    worth.register(much)
    yield
    worth.unregister(much)


def test_nobody_is_worth_anything_before_it_is_known() -> None:
    assert worth.of([CustomerFactory().pk]) == {}


def test_insights_say_what_was_spent_and_is_expected() -> None:
    one, other = CustomerFactory(), CustomerFactory()
    now = clock.now()
    for customer, expected in ((one, None), (other, 4000)):
        CustomerInsight.objects.create(
            customer=customer,
            currency="BRL",
            net_total_amount=1500,
            total_value_amount=expected,
            segment="regular",
            as_of=now,
            calculated_at=now,
        )
    assert worth.of([one.pk, other.pk]) == {one.pk: 1500, other.pk: 4000}


@pytest.mark.usefixtures("another_source")
def test_the_largest_amount_counts() -> None:
    customer, now = CustomerFactory(), clock.now()
    CustomerInsight.objects.create(
        customer=customer,
        currency="BRL",
        net_total_amount=-500,
        segment="regular",
        as_of=now,
        calculated_at=now,
    )
    assert worth.of([customer.pk]) == {customer.pk: 900}
