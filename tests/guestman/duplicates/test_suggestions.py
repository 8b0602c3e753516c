"""Who is suggested beside a customer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache

from guestman.contrib.duplicates.rules.scoring import Band
from guestman.contrib.duplicates.services.suggestions import suggestions
from guestman.models import Customer
from guestman.services import contact_point, customer
from shopman import tenancy
from shopman.models import Tenant
from tests.shopman.factories import OrganizationFactory, TenantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

BORN = dt.date(1980, 5, 17)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def ana(in_tenant: Tenant) -> Customer:
    return customer.create(
        first_name="Ana", last_name="Souza", birth_date=BORN, email="ana.souza@loja.com.br"
    )


def names(of: Customer, **kwargs: Any) -> list[str]:
    return [each.customer.name for each in suggestions(of, **kwargs)]


def test_a_mistyped_twin_record_is_suggested(ana: Customer) -> None:
    customer.create(first_name="Anna", last_name="Sousa", birth_date=BORN)
    customer.create(first_name="Otto", last_name="Krull", birth_date=BORN)
    [found] = suggestions(ana)
    assert found.customer.name == "Anna Sousa"
    assert {each.feature for each in found.score.evidence} == {
        "given_name",
        "family_name",
        "birth_date",
    }


def test_the_same_address_finds_another_name(ana: Customer) -> None:
    other = customer.create(first_name="Aninha", last_name="Lima")
    contact_point.add(customer=other, kind="email", value="ANA.souza@loja.com.br")
    assert names(ana) == ["Aninha Lima"]


def test_a_shared_contact_suggests_nobody() -> None:
    for first_name in ("Ana", "Rui"):
        row = customer.create(first_name=first_name, last_name=f"Da Casa {first_name}")
        contact_point.add(customer=row, kind="phone", value="+551132654321", is_shared=True)
    assert suggestions(Customer.objects.get(first_name="Ana")) == []


def test_inactive_and_unseen_customers_are_not_suggested(ana: Customer) -> None:
    branch, other = OrganizationFactory(), OrganizationFactory()
    gone = customer.create(first_name="Ana", last_name="Souza", birth_date=BORN)
    customer.deactivate(gone.code, reason="asked to")
    with tenancy.use(tenancy.current(), organization=other):
        customer.create(first_name="Ana", last_name="Souza", birth_date=BORN)
    assert names(ana, organizations=[branch.pk]) == []
    assert names(ana) == ["Ana Souza"]


def test_no_shop_sees_anothers(ana: Customer) -> None:
    with tenancy.use(TenantFactory()):
        customer.create(first_name="Ana", last_name="Souza", birth_date=BORN)
    assert suggestions(ana) == []


def test_a_company_is_no_person(ana: Customer) -> None:
    customer.create(first_name="Ana", last_name="Souza", customer_type="company")
    assert suggestions(ana) == []


def test_the_best_come_first_and_not_more_than_asked(ana: Customer) -> None:
    customer.create(first_name="Ana", last_name="Sousa", birth_date=BORN)
    same = customer.create(first_name="Ana", last_name="Souza", birth_date=BORN)
    contact_point.add(customer=same, kind="email", value="ana.souza@loja.com.br")
    found = suggestions(ana)
    assert [each.customer.last_name for each in found] == ["Souza", "Sousa"]
    assert found[0].score.band is Band.CERTAIN
    assert suggestions(ana, limit=1) == found[:1]


def test_the_number_of_queries_does_not_grow(
    ana: Customer, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        customer.create(first_name="Ana", last_name="Souza", birth_date=BORN)
    suggestions(ana)
    with django_assert_max_num_queries(12):
        suggestions(ana)
