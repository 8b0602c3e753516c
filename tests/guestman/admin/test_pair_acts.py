"""What staff may do with two customers that may be one, as rooms register it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import HttpRequest

from guestman.admin import pair_acts
from guestman.admin.pair_acts import PairAct
from guestman.models import Customer
from shopman.models import Tenant
from shopman.tenancy.rights import Right
from tests.guestman.factories import CustomerFactory
from tests.shopman.factories import member

pytestmark = pytest.mark.django_db


def address(one: Customer, other: Customer) -> str:
    return f"/pair/{one.code}/{other.code}/"


FUSE = PairAct(key="fuse", label="Fuse", address=address, right=Right.BULK, shortcut="f")


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    pair_acts.register(FUSE)
    yield
    pair_acts.unregister("fuse")


def asked_by(tenant: Tenant, role: str) -> HttpRequest:
    request = HttpRequest()
    request.user = member(tenant, role)
    return request


def test_an_act_is_offered_to_whoever_may_do_it(in_tenant: Tenant) -> None:
    one, other = CustomerFactory(code="ONE"), CustomerFactory(code="TWO")
    offered = pair_acts.offered(asked_by(in_tenant, "manager"), one, other)
    assert {"key": "fuse", "label": "Fuse", "url": "/pair/ONE/TWO/", "shortcut": "f"} in offered
    for role in ("clerk", "read_only"):
        keys = [each["key"] for each in pair_acts.offered(asked_by(in_tenant, role), one, other)]
        assert "fuse" not in keys


def test_two_acts_of_one_name_are_refused() -> None:
    pair_acts.register(FUSE)
    with pytest.raises(ValueError, match="fuse"):
        pair_acts.register(PairAct(key="fuse", label="Other", address=address))
