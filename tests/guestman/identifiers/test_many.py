"""Many claimants at once are decided as if each had come by himself, in batches of any size."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guestman.contrib.identifiers.models import CustomerIdentifier, RecordLink, ReviewItem
from guestman.contrib.identifiers.resolver import Claimant, IdentityResolver, Resolution
from guestman.models import ContactPoint, Customer
from shopman.models import AuditEntry, Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

PHONES = ["+5511987650001", "+551187650001", "+5511987650002"]
EMAILS = ["ana@loja.com.br", "bia@loja.com.br", "ana.souza@gmail.com", "anasouza@gmail.com"]

claimants = st.builds(
    Claimant,
    email=st.sampled_from([None, *EMAILS]),
    phone=st.sampled_from([None, *PHONES]),
    name=st.sampled_from([None, "Ana Souza", "Bruno Lima"]),
    evidence=st.sampled_from(["U", "U", "A", "V"]),
    record=st.sampled_from([None, None, ("lead", "1"), ("lead", "2"), ("lead", "3")]),
)


def partition(found: list[Resolution | None]) -> list[int | None]:
    """Who is whom, whatever their keys."""
    names: dict[UUID, int] = {}
    return [each and names.setdefault(each.customer_uuid, len(names)) for each in found]


def one_by_one(many: list[Claimant]) -> list[Resolution | None]:
    return [IdentityResolver().resolve_many([each])[0] for each in many]


def state() -> list[object]:
    """What is in the database, whatever its keys."""
    identifiers = CustomerIdentifier.objects.values_list(
        "family", "match_key", "strength", "is_pending", "is_shared"
    )
    links = RecordLink.objects.values_list("source_id", "method", "evidence")
    return [
        Customer.objects.count(),
        sorted(identifiers),
        sorted(links),
        sorted(ReviewItem.objects.values_list("kind", flat=True)),
        ContactPoint.objects.count(),
    ]


def tried(many: list[Claimant], size: int | None) -> tuple[list[object], list[object]]:
    """Answers and what they left, undone again."""
    with transaction.atomic():
        found = (
            one_by_one(many)
            if size is None
            else IdentityResolver().resolve_many(many, batch_size=size)
        )
        outcome = [partition(found), [each and (each.row, each.matched_by) for each in found]]
        left = state()
        transaction.set_rollback(True)
    return outcome, left


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(many=st.lists(claimants, min_size=2, max_size=9), size=st.integers(1, 9))
def test_bulk_is_online_whatever_the_size_of_the_batches(
    in_tenant: Tenant, many: list[Claimant], size: int
) -> None:
    assert tried(many, size) == tried(many, None)


def test_records_of_known_people_are_linked_together(
    django_assert_max_num_queries: object,
) -> None:
    people = [Claimant(email=f"p{number}@loja.com.br") for number in range(20)]
    IdentityResolver().resolve_many(people)
    many = [
        Claimant(email=f"p{number % 20}@loja.com.br", record=("lead", str(number)))
        for number in range(100)
    ]
    IdentityResolver().resolve_many(many[:1])
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        found = IdentityResolver().resolve_many(many[1:])

    assert {each.row for each in found if each} == {5}
    assert RecordLink.objects.count() == 100
    assert AuditEntry.objects.filter(action="identity.match").count() >= 99
    again = IdentityResolver().resolve_many(many)
    assert {each.row for each in again if each} == {1}
