"""Guestman's events end sessions through the project's wiring and the real resolver."""

from __future__ import annotations

import pytest

from doorman.models import CustomerSession
from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.services import contact_point, customer
from tests.doorman.conftest import PHONE, Caller, Door, caller, door

__all__ = ["caller", "door"]

GUESTMAN = "guestman.adapters.doorman.GuestmanCustomerResolver"


@pytest.mark.django_db(transaction=True)
def test_deactivating_a_customer_ends_the_sessions(caller: Caller, door: Door) -> None:
    door.set(CUSTOMER_RESOLVER=GUESTMAN)
    entered = caller.login(door).json()
    assert entered["customer"]["code"]
    assert entered["created"] is True
    found = customer.get(entered["customer"]["code"])
    assert found is not None
    assert found.phone == PHONE
    customer.deactivate(found.uuid, reason="asked for it")
    row = CustomerSession.objects.get()
    assert (row.ended_at is not None, row.end_reason) == (True, "customer_inactive")
    assert caller.get("/api/auth/v1/session").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_releasing_the_phone_ends_the_sessions(caller: Caller, door: Door) -> None:
    door.set(CUSTOMER_RESOLVER=GUESTMAN)
    code = caller.login(door).json()["customer"]["code"]
    found = customer.get(code)
    assert found is not None
    contact_point.release(contact_point=found.contact_points.get())
    assert CustomerSession.objects.get().end_reason == "contact_released"


@pytest.mark.django_db(transaction=True)
def test_taking_a_merge_back_ends_the_sessions_of_whom_it_was_merged_into(
    caller: Caller, door: Door
) -> None:
    door.set(CUSTOMER_RESOLVER=GUESTMAN)
    found = customer.create(first_name="Ana", phone=PHONE)
    other = customer.create(first_name="Ana")
    merge = execute(preview=preview(survivor=other, duplicate=found))
    # Whose number it is signs in as the survivor.
    assert caller.login(door).json()["customer"]["code"] == other.code
    unmerge(merge=merge)
    assert CustomerSession.objects.get().end_reason == "customer_unmerged"
    assert caller.get("/api/auth/v1/session").status_code == 401
