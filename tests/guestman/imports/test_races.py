"""Imports at the same moment as others. PostgreSQL only: SQLite's writers take turns."""

from __future__ import annotations

from functools import partial

import pytest

from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.imports.errors import ImportTakenOver
from guestman.contrib.imports.models import ImportRow
from guestman.contrib.imports.services import runs
from guestman.models import ContactPoint, Customer
from tests.conftest import Race
from tests.guestman.imports.files import Write, source

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PEOPLE = [f"{n},Pessoa{n} Silva,11 98765-{4000 + n},p{n}@loja.com.br" for n in range(60)]


def test_one_file_imported_twice_at_once_makes_its_customers_once(write: Write, race: Race) -> None:
    path = write("id,name,phone,email", *PEOPLE)
    outcomes = race(
        *(partial(runs.run, source(path), batch_customers=7) for _ in range(3)),
        timeout_seconds=120,
    )
    errors = [each.error for each in outcomes if each.error is not None]
    assert all(isinstance(error, ImportTakenOver) for error in errors), errors
    assert len(errors) < 3
    assert Customer.objects.count() == 60
    assert ImportRow.objects.filter(outcome="created").count() == 60


def test_two_files_of_the_same_people_at_once_make_them_once(write: Write, race: Race) -> None:
    one = write("id,name,phone,email", *PEOPLE, name="one.csv")
    other = write("id,name,phone,email", *reversed(PEOPLE), name="other.csv")
    outcomes = race(
        partial(runs.run, source(one, system="one"), batch_customers=7),
        partial(runs.run, source(other, system="other"), batch_customers=11),
        timeout_seconds=120,
    )
    assert [each.error for each in outcomes if each.error is not None] == []
    assert Customer.objects.count() == 60
    assert ContactPoint.objects.count() == 120


def test_visitors_who_come_during_an_import_are_not_made_twice(write: Write, race: Race) -> None:
    path = write("id,name,phone,email", *PEOPLE)

    def visit(n: int) -> None:
        IdentityResolver().resolve_identity(
            phone=f"11 98765-{4000 + n}", name=f"Pessoa{n} Silva", source="checkout"
        )

    outcomes = race(
        partial(runs.run, source(path), batch_customers=5),
        *(partial(visit, n) for n in range(0, 60, 7)),
        timeout_seconds=120,
    )
    assert [each.error for each in outcomes if each.error is not None] == []
    assert Customer.objects.count() == 60
