"""What asks for a merged customer gets the survivor, in one query, and no chain can come to be."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.models import Customer
from guestman.services import customer
from guestman.triggers import NAMES
from shopman.triggers import installed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]


def chain() -> tuple[Customer, Customer, Customer]:
    """A was merged into B, B into C."""
    a, b, c = (customer.create(code=code, document=None, first_name="Ana") for code in "ABC")
    for survivor, duplicate in ((b, a), (c, b)):
        rows = Customer.objects.in_bulk([survivor.pk, duplicate.pk])
        execute(preview=preview(survivor=rows[survivor.pk], duplicate=rows[duplicate.pk]))
    return a, b, c


def test_chains_are_one_step_long_and_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    a, b, c = chain()
    for alias in (a, b):
        with django_assert_num_queries(1):
            by_uuid = customer.get_by_uuid(alias.pk)
        with django_assert_num_queries(1):
            by_code = customer.get(alias.code)
        assert by_uuid is not None
        assert by_code is not None
        assert by_uuid.pk == by_code.pk == c.pk
    rows = Customer.objects.filter(merged_into=c).values_list("pk", flat=True)
    assert set(rows) == {a.pk, b.pk}


def test_an_inner_merge_taken_back_leaves_the_outer_one() -> None:
    a, b, c = chain()
    unmerge(merge=_merge_of(a))
    assert Customer.objects.get(pk=a.pk).merged_into_id is None
    assert Customer.objects.get(pk=b.pk).merged_into_id == c.pk
    unmerge(merge=_merge_of(b))
    assert not Customer.objects.filter(merged_into__isnull=False).exists()


def test_an_outer_merge_taken_back_takes_the_inner_alias_along() -> None:
    a, b, c = chain()
    unmerge(merge=_merge_of(b))
    assert Customer.objects.get(pk=a.pk).merged_into_id == b.pk
    assert Customer.objects.get(pk=b.pk).merged_into_id is None
    assert customer.get("A") == b
    assert customer.get("C") == c


@pytest.mark.parametrize(("alias", "target"), [("C", "A"), ("C", "D"), ("D", "A")])
def test_the_database_refuses_chains_and_cycles(alias: str, target: str) -> None:
    chain()
    customer.create(code="D")
    with pytest.raises(IntegrityError, match="alias"), transaction.atomic():
        Customer.objects.filter(code=alias).update(merged_into=Customer.objects.get(code=target))


def test_the_triggers_are_there() -> None:
    assert set(NAMES) <= installed(connection)


def _merge_of(duplicate: Customer) -> Merge:
    return Merge.objects.get(duplicate=duplicate)
