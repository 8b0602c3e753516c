"""An erased person's merges: their copies of rows are emptied, and they stand for good."""

from __future__ import annotations

import pytest

from guestman.contrib.merge.models import Merge, MergeMove
from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.contrib.privacy.service import erase
from guestman.errors import CustomerErased
from guestman.models import Customer
from guestman.services import customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]


def test_an_erased_person_leaves_nothing_in_the_moves() -> None:
    kept = customer.create(first_name="Anastasia", phone="+5511987654321")
    away = customer.create(first_name="Anastasia", last_name="Souzinha", email="anastasia@x.com")
    merge = execute(preview=preview(survivor=kept, duplicate=away), reason="Anastasia Souzinha")
    assert "Souzinha" in str(list(MergeMove.objects.values_list("before", "after")))
    erase(customer=Customer.objects.get(pk=kept.pk), reason="Request 7")
    told = str([*MergeMove.objects.values(), *Merge.objects.values()])
    assert not [word for word in ("Souzinha", "anastasia@x.com", "5511987654321") if word in told]
    with pytest.raises(CustomerErased):
        unmerge(merge=merge)
    other = customer.create(first_name="Ana")
    with pytest.raises(CustomerErased):
        preview(survivor=other, duplicate=Customer.objects.get(pk=kept.pk))
