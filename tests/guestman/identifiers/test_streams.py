"""Random streams of claims on the database, beside the naive model of ``memory``.

``IDENTITY_STREAMS=5000`` tries more of them than the gate does.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guestman.adapters.doorman import GuestmanCustomerResolver
from guestman.contrib.identifiers.models import CustomerIdentifier, ReviewItem
from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.identifiers.rules.claims import Claim
from guestman.contrib.identifiers.services import consistency
from guestman.models import ContactPoint, ContactVerification, Customer
from shopman.models import Tenant
from tests.guestman.identifiers.memory import Memory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

STREAMS = int(os.environ.get("IDENTITY_STREAMS", "300"))
EMAILS = ("ana@loja.com.br", "bia@correio.com.br", "kim@posta.com.br")
PHONES = ("+5511987654321", "+5521976543210", "+5531965432109")
NAMES = ("", "Ana Souza", "Aninha Souza", "Roberto Dias", "Kim Oh")
LEVELS = "UUUAV"
door = GuestmanCustomerResolver()


class Undone(Exception):
    """Takes everything of a stream back."""


@settings(
    max_examples=STREAMS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(code=st.binary(min_size=3, max_size=15))
def test_the_database_answers_as_the_model(in_tenant: Tenant, code: bytes) -> None:
    try:
        with transaction.atomic():
            follow(code)
            raise Undone
    except Undone:
        pass


def follow(code: bytes) -> None:
    memory = Memory()
    people: dict[UUID, UUID] = {}
    for said, name in steps(code):
        before = owners()
        claims = [
            Claim(family=kind, key=key, evidence=level) for kind, (key, level) in said.items()
        ]
        expected = memory.answer(claims, name)
        found = resolve(said, name)
        again = resolve(said, name)

        assert expected is not None
        # The same customer as in the model, and the same again.
        assert people.setdefault(expected, found) == found == again
        assert len(set(people.values())) == len(people) == Customer.objects.count()
        proved = {key for key, level in said.values() if level == "V"}
        check(before, proved)
    doors = {key: people[owner] for (_, key), owner in memory.verified_keys().items()}
    assert owners() == doors
    assert {key: reached(key) for key in doors} == doors


def check(before: dict[str, UUID], proved: set[str]) -> None:
    """What must hold after every step."""
    moved = {key for key, owner in owners().items() if before.get(key) != owner}
    assert moved <= proved
    verified = set(
        ContactVerification.objects.filter(change="verified").values_list(
            "contact_point__match_key", flat=True
        )
    )
    assert moved <= verified
    matters = Counter(ReviewItem.objects.open().values_list("kind", "digest"))
    assert set(matters.values()) <= {1}
    assert all(each.parties.exists() for each in ReviewItem.objects.all())
    homeless = Customer.objects.exclude(contact_points__isnull=False)
    assert not homeless.exists()
    assert consistency.check().is_consistent
    pending = CustomerIdentifier.objects.filter(is_pending=True).values_list("match_key", flat=True)
    assert not proved & set(pending)


def steps(code: bytes) -> Iterator[tuple[dict[str, tuple[str, Any]], str]]:
    """Three bytes a step: which contacts, how well known, under which name."""
    for one, two, three in zip(*[iter(code)] * 3, strict=False):
        said: dict[str, tuple[str, Any]] = {}
        if one & 3:
            said["email"] = (EMAILS[(one & 3) - 1], LEVELS[two % 5])
        if one >> 2 & 3:
            said["phone"] = (PHONES[(one >> 2 & 3) - 1], LEVELS[two // 5 % 5])
        if said:
            yield said, NAMES[three % len(NAMES)]


def resolve(said: dict[str, tuple[str, Any]], name: str) -> UUID:
    found = IdentityResolver().resolve_identity(
        **{kind: key for kind, (key, _) in said.items()},
        name=name,
        evidence={kind: level for kind, (_, level) in said.items()},
        source="test",
    )
    return found.customer_uuid


def owners() -> dict[str, UUID]:
    return dict(ContactPoint.objects.owning().values_list("match_key", "customer"))


def reached(key: str) -> UUID | None:
    found = door.get_by_email(key) if "@" in key else door.get_by_phone(key)
    return found.uuid if found else None


def test_the_stream_of_the_documentation() -> None:
    email, phone = EMAILS[0], PHONES[0]
    told: list[tuple[int, bool]] = []

    def step(name: str = "", **said: tuple[str, str]) -> UUID:
        found = IdentityResolver().resolve_identity(
            **{kind: value for kind, (value, _) in said.items()},  # type: ignore[arg-type]
            name=name,
            evidence={kind: level for kind, (_, level) in said.items()},  # type: ignore[misc]
        )
        told.append((found.row, found.created))
        return found.customer_uuid

    ana = step("Ana Souza", email=(email, "U"), phone=(phone, "U"))
    assert step(phone=(phone, "U")) == ana
    stranger = step(phone=(phone, "V"))
    assert step("Ana", email=(email, "U"), phone=(phone, "U")) == stranger
    assert step("Ana", email=(email, "U"), phone=(phone, "U")) == stranger
    roberto = step("Roberto Dias", email=(email, "U"))
    assert step("Roberto", email=(email, "U")) == roberto
    assert len({ana, stranger, roberto}) == 3
    assert told == [
        (11, True),
        (5, False),
        (9, True),
        (7, False),
        (7, False),
        (6, True),
        (5, False),
    ]
    assert ReviewItem.objects.get().kind == "conflict"
