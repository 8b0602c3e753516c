"""Guestman's events end sessions through the project's wiring and the real resolver."""

from __future__ import annotations

import pytest

from doorman.models import CustomerSession
from doorman.services import login
from doorman.services.challenge_row import Claim
from guestman.services import contact_point, customer
from shopman.models import Tenant
from tests.conftest import Race
from tests.doorman.conftest import PHONE, Caller, Door
from tests.doorman.test_codes_under_attack import start

pytestmark = pytest.mark.django_db

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


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_c1_sixty_four_first_logins_of_one_phone_make_one_customer(
    door: Door, in_tenant: Tenant, race: Race
) -> None:
    door.open_wide()
    door.set(CUSTOMER_RESOLVER=GUESTMAN, FAILURES_PER_ADDRESS_5_MINUTES=1000)
    door.set(FAILURES_PER_IDENTIFIER_HOUR=50)
    asked = [(start(), door.code) for _ in range(64)]

    def enter(secret: str, code: str) -> login.Login:
        return login.verify(
            claim=Claim(secret=secret, flow=None), code=code, address="192.0.2.1", user_agent=""
        )

    outcomes = race(*[lambda pair=pair: enter(pair[0].secret, pair[1]) for pair in asked])
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert len({outcome.value.customer.uuid for outcome in outcomes}) == 1
    assert customer.get_by_phone(PHONE) is not None
