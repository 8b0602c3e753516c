"""Claims that arrive at the same moment. PostgreSQL only: SQLite's writers take turns."""

from __future__ import annotations

from functools import partial

import pytest
from django.db.models import Count

from guestman.contrib.identifiers.models import CustomerIdentifier, ReviewItem
from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.models import ContactPoint, Customer
from tests.conftest import Race

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("in_tenant"),
]

ROUNDS = 20
resolve = IdentityResolver().resolve_identity


def spellings(number: int) -> list[str]:
    tail = f"{number:04}"
    return [
        f"+551198765{tail}",
        f"(11) 98765-{tail}",
        f"011 98765 {tail}",
        f"tel:+55-11-98765-{tail}",
    ]


def test_one_new_phone_in_many_spellings_makes_one_customer(race: Race) -> None:
    for number in range(ROUNDS):
        forms = spellings(2000 + number)
        outcomes = race(*(partial(resolve, phone=forms[n % 4]) for n in range(64)))

        assert [each.error for each in outcomes if each.error] == []
        assert len({each.value.customer_uuid for each in outcomes}) == 1
        assert sum(each.value.created for each in outcomes) == 1
        assert Customer.objects.count() == number + 1
    assert CustomerIdentifier.objects.count() == ContactPoint.objects.count() == ROUNDS


@pytest.mark.parametrize("evidence", ["U", "V"])
def test_claims_crosswise_end_without_deadlock_and_with_one_owner_each(
    race: Race, evidence: str
) -> None:
    for number in range(5):
        phones = [f"+55119876{number}{each:04}" for each in range(4)]
        emails = [f"c{number}-{each}@loja.com.br" for each in range(4)]
        calls = [
            partial(
                resolve,
                phone=phones[n % 4],
                email=emails[(n * 3 + n // 4) % 4],
                evidence=evidence,  # type: ignore[arg-type]
            )
            for n in range(24)
        ]

        outcomes = race(*calls)

        assert [each.error for each in outcomes if each.error] == []
    owners = (
        CustomerIdentifier.objects.filter(is_pending=False)
        .values("family", "match_key")
        .annotate(owners=Count("customer", distinct=True))
    )
    assert {each["owners"] for each in owners} == {1}
    open_items = ReviewItem.objects.open().values_list("kind", "digest")
    assert len(open_items) == len(set(open_items))
