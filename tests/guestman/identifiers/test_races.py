"""Claims that arrive at the same moment. PostgreSQL only: SQLite's writers take turns."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import transaction
from django.db.models import Count

from guestman.contrib.identifiers.models import CustomerIdentifier, ReviewItem
from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.identifiers.services import consistency, derivation
from guestman.models import ContactPoint, Customer
from guestman.services import contact_point, customer, locks
from tests.conftest import Race

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("in_tenant"),
]

ROUNDS = 20
NAMES = ("Ana Souza", "Bruno Lima", "Caio Dias")
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


def test_crosswise_conflicts_end_without_deadlock_while_one_of_them_is_closed(race: Race) -> None:
    keys = [(f"+55119876800{n:02}", f"k{n}@loja.com.br", name) for n, name in enumerate(NAMES)]
    people = [resolve(phone=phone, name=name, evidence="V").customer for phone, _, name in keys]
    for person, (_, email, _) in zip(people, keys, strict=True):
        contact = contact_point.add(customer=person, kind="email", value=email)
        contact_point.verify(contact_point=contact, method="email_link")
    calls = [
        partial(resolve, phone=keys[n % 3][0], email=keys[(n + 1 + n // 3 % 2) % 3][1])
        for n in range(18)
    ]

    outcomes = race(*calls, partial(customer.deactivate, people[0].pk, reason="moved away"))

    assert [each.error for each in outcomes if each.error] == []
    items = ReviewItem.objects.open().filter(kind="conflict").values_list("digest", flat=True)
    assert len(items) == len(set(items)) > 0


def test_more_keys_than_a_row_has_columns_are_locked_at_once() -> None:
    with transaction.atomic():
        locks.keys(("phone", str(number)) for number in range(2000))


def test_a_proof_during_a_repair_is_not_undone(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    made = customer.create(phone=spellings(1)[0])
    contact = made.contact_points.get()
    CustomerIdentifier.objects.update(strength="weak")
    has_read, has_proved = threading.Event(), threading.Event()
    derive = derivation.of_contact

    def slowly(row: ContactPoint) -> CustomerIdentifier:
        derived = derive(row)
        if threading.current_thread() is repairer.get("thread"):
            has_read.set()
            has_proved.wait(timeout=1)
        return derived

    repairer: dict[str, threading.Thread] = {}
    monkeypatch.setattr(derivation, "of_contact", slowly)

    def repair() -> None:
        repairer["thread"] = threading.current_thread()
        consistency.check(repair=True)

    def prove() -> None:
        has_read.wait(timeout=30)
        contact_point.verify(contact_point=contact, method="otp_sms")
        has_proved.set()

    assert [each.error for each in race(repair, prove) if each.error] == []
    assert CustomerIdentifier.objects.get().strength == "verified"
    assert consistency.check().is_consistent
