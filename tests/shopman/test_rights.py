"""What the roles may do, as code asks."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from shopman.checks import contact_roles
from shopman.models import Membership, Tenant
from shopman.tenancy import rights
from shopman.tenancy.rights import Right
from shopman.tenancy.staff import Access

Role = Membership.Role


def test_every_role_has_its_rights_and_a_larger_one_those_of_a_smaller() -> None:
    assert rights.RIGHTS.keys() == set(Role.values)
    manager = {Right.CHANGE, Right.REFUND, Right.SET_PRICES, Right.EXPORT, Right.BULK}
    manager |= {Right.MERGE, Right.SEE_CONTACTS}
    assert rights.of_role(Role.READ_ONLY) == {Right.REVEAL_CONTACTS}
    assert rights.of_role(Role.CLERK) == {Right.CHANGE, Right.SEE_CONTACTS}
    assert rights.of_role(Role.MANAGER) == manager
    assert rights.of_role(Role.OWNER) == manager | {Right.MANAGE_SHOP, Right.PRIVACY}


def test_a_shop_says_who_reads_contacts(settings: Settings) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "CONTACT_ROLES": ["owner"]}
    clerk = Access(tenant=Tenant(), role=Role.CLERK)
    assert not clerk.may(Right.SEE_CONTACTS)
    assert clerk.may(Right.REVEAL_CONTACTS)
    assert clerk.may_write
    settings.SHOPMAN = {**settings.SHOPMAN, "CONTACT_REVEAL_MINUTES": 0}
    assert not clerk.may(Right.REVEAL_CONTACTS)


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ({}, []),
        ({"CONTACT_ROLES": ["owner", "clerk"]}, []),
        ({"CONTACT_ROLES": ["owner", "clark"]}, ["shopman.E007"]),
        ({"CONTACT_ROLES": [None]}, ["shopman.E007"]),
        ({"CONTACT_REVEAL_MINUTES": -1}, ["shopman.E008"]),
    ],
)
def test_a_role_that_does_not_exist_is_a_check_error(
    settings: Settings, given: dict[str, Any], ids: list[str]
) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, **given}
    found = contact_roles(None)
    assert [each.id for each in found] == ids
    if "clark" in str(given):
        assert found[0].hint == 'Did you mean "clerk"?'
