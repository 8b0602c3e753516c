"""Guestman's events end sessions through the project's wiring and the real resolver."""

from __future__ import annotations

import pytest

from doorman.models import CustomerSession, Token, TokenFamily
from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service import execute, preview, unmerge
from guestman.contrib.privacy.service import erase
from guestman.models import Customer
from guestman.services import contact_point, customer
from shopman.models import Tenant
from tests.doorman.conftest import PHONE, Caller, Door, caller, door
from tests.doorman.test_tokens_under_attack import App

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


def end_by(end: str, found: Customer, merge: Merge | None) -> None:
    if end == "deactivated":
        customer.deactivate(found.uuid, reason="asked for it")
    elif end == "contact released":
        contact_point.release(contact_point=found.contact_points.get())
    elif end == "merged":
        other = customer.create(first_name="Ana")
        execute(preview=preview(survivor=other, duplicate=found))
    elif end == "unmerged":
        assert merge is not None
        unmerge(merge=merge)
    else:
        erase(customer=found, reason="asked for it")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["deactivated", "contact released", "merged", "unmerged", "erased"])
def test_apps_end_as_sessions_do(door: Door, in_tenant: Tenant, end: str) -> None:
    door.set(CUSTOMER_RESOLVER=GUESTMAN)
    found, merge = customer.create(first_name="Ana", phone=PHONE), None
    if end == "unmerged":
        duplicate = found
        found = customer.create(first_name="Ana")
        merge = execute(preview=preview(survivor=found, duplicate=duplicate))
    app = App()
    assert app.sign_in(door)["customer"]["code"] == found.code
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {app.access}"}
    assert app.get("/api/v1/store/orders", **bearer).status_code == 200
    end_by(end, found, merge)
    if end == "erased":
        assert not Token.objects.exists()
        assert not TokenFamily.objects.exists()
    else:
        assert TokenFamily.objects.get().ended_at is not None
    assert app.exchange(app.refresh).json()["code"] == "token_invalid"
    assert app.get("/api/v1/store/orders", **bearer).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_a_token_for_the_account_does_not_open_the_store(door: Door, in_tenant: Tenant) -> None:
    door.set(CUSTOMER_RESOLVER=GUESTMAN)
    app = App()
    app.sign_in(door, scopes=["account"])
    assert app.look().status_code == 200
    for path in ("/api/v1/store/orders", "/api/v1/store/products"):
        answer = app.get(path, HTTP_AUTHORIZATION=f"Bearer {app.access}")
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
