"""An erasure empties what merges remember of the person, and nothing of anybody else."""

from __future__ import annotations

import datetime as dt

import pytest

from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.contrib.privacy.service import erase
from guestman.models import Customer
from guestman.services import customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opened")]


def merged(survivor: Customer, duplicate: Customer) -> Merge:
    rows = Customer.objects.in_bulk([survivor.pk, duplicate.pk])
    return execute(preview=preview(survivor=rows[survivor.pk], duplicate=rows[duplicate.pk]))


def test_a_later_merge_can_be_taken_back_exactly_when_an_earlier_one_was_a_mistake() -> None:
    ana = customer.create(first_name="Ana")
    stranger = customer.create(first_name="Ana", notes="allergic to zinnias")
    double = customer.create(first_name="Ana", notes="rings twice", birth_date=dt.date(1987, 3, 14))
    unmerge(merge=merged(ana, stranger))
    merge = merged(ana, double)
    erase(customer=stranger, reason="request 17")

    unmerge(merge=merge)

    ana, double = (Customer.objects.get(pk=each.pk) for each in (ana, double))
    assert (ana.notes, ana.birth_date) == ("", None)
    assert (double.notes, str(double.birth_date)) == ("rings twice", "1987-03-14")
    assert not Customer.objects.filter(merged_into__isnull=False).exists()
