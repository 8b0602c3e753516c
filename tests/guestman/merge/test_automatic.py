"""Merges that nobody agreed to one by one: wanted, capped, and taken back a day at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from guestman.contrib.merge.checks import settings_check
from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service import automatic, execute, preview, unmerge
from guestman.models import Customer
from guestman.services import customer, merging
from shopman import tenancy
from shopman.errors import Conflict
from shopman.models import AuditEntry, Tenant
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

Wanted = Callable[..., None]


@pytest.fixture
def wanted(settings: Settings, in_tenant: Tenant) -> Wanted:
    def choose(**facts: Any) -> None:
        chosen = {"AUTOMATIC_IN": [in_tenant.slug], **facts}
        settings.GUESTMAN = {**settings.GUESTMAN, "MERGE": chosen}

    return choose


def pair(**facts: Any) -> tuple[Customer, Customer]:
    one = customer.create(first_name="Ana", last_name="Souza")
    return one, customer.create(**{"first_name": "Ana", "last_name": "Sousa", **facts})


def by_itself(one: Customer, other: Customer) -> Any:
    return merging.merge_automatically(one.pk, other.pk, because="certain")


def test_no_shop_merges_by_itself_unless_it_wants_to(wanted: Wanted, other_tenant: Tenant) -> None:
    one, other = pair()
    assert (by_itself(one, other), merging.automatic_room()) == (None, 0)
    wanted()
    with tenancy.use(other_tenant):
        assert (by_itself(*pair()), merging.automatic_room()) == (None, 0)
    assert Merge.all_tenants.count() == 0

    assert by_itself(one, other) == one.pk
    made = Merge.objects.get()
    assert (made.survivor, made.duplicate, made.actor) == (one, other, "system")
    assert made.automatic_because == "certain"
    told = AuditEntry.objects.get(action="customer.merge").after
    assert told["automatic"] == f"{made.automatic_on} certain"


@pytest.mark.parametrize(
    "facts",
    [
        {"first_name": "Roberto", "last_name": "Dias"},
        # A name that is not known fits anybody: somebody has to look.
        {"first_name": "", "last_name": ""},
        {"customer_type": "company"},
    ],
)
def test_whatever_speaks_against_it_is_enough(wanted: Wanted, facts: dict[str, Any]) -> None:
    wanted()
    one, other = pair(**facts)
    assert by_itself(one, other) is None
    assert Customer.objects.filter(merged_into=None).count() == 2


def test_what_other_rooms_object_to_is_not_merged(
    wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted()
    monkeypatch.setattr(merging, "_objections", [lambda one, other: Conflict()])
    assert by_itself(*pair()) is None


def test_a_day_has_room_for_a_few(wanted: Wanted) -> None:
    wanted(AUTOMATIC_PER_DAY=2)
    with time_machine.travel(dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC), tick=False):
        assert by_itself(*pair()) is not None
        assert merging.automatic_room() == 1
        # Merges that somebody agreed to take no room.
        one, other = pair()
        execute(preview=preview(survivor=one, duplicate=other))
        assert by_itself(*pair()) is not None
        assert by_itself(*pair()) is None
    with time_machine.travel(dt.datetime(2026, 5, 5, 12, tzinfo=dt.UTC), tick=False):
        assert by_itself(*pair()) is not None


def test_a_day_is_taken_back_at_once_and_is_over(wanted: Wanted) -> None:
    wanted()
    agreed = pair()
    execute(preview=preview(survivor=agreed[0], duplicate=agreed[1]))
    with time_machine.travel(dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC), tick=False):
        assert by_itself(*pair()) is not None
    with time_machine.travel(dt.datetime(2026, 5, 5, 12, tzinfo=dt.UTC), tick=False):
        # A chain, and one that was taken back already.
        a, b = pair()
        c = customer.create(first_name="Ana", last_name="Souza")
        assert by_itself(a, b) == a.pk
        assert by_itself(a, c) == a.pk
        assert by_itself(*pair()) is not None
        unmerge(merge=Merge.objects.latest("uuid"))
        assert by_itself(*pair()) is None

        found = automatic.take_back(day=dt.date(2026, 5, 5), reason="Too eager")
        assert (found.back, found.left) == (2, 0)
        assert merging.automatic_room() == 0
    assert Customer.objects.filter(pk__in=[a.pk, b.pk, c.pk], merged_into=None).count() == 3
    # The other day's, and what somebody agreed to, stand.
    assert Merge.objects.standing().count() == 2


def test_staff_take_a_day_back_with_one_click(wanted: Wanted, in_tenant: Tenant) -> None:
    wanted()
    one, other = pair()
    by_itself(one, other)
    third, fourth = pair()
    by_itself(third, fourth)
    fifth, sixth = pair()
    agreed = execute(preview=preview(survivor=fifth, duplicate=sixth))
    desk = Client()
    desk.force_login(member(in_tenant, "manager", username="bia"))

    def act(merge: Merge) -> str:
        return reverse("admin:guestman_merge_merge_take_back_day", args=[merge.pk])

    made = Merge.objects.get(duplicate=other)
    page = desk.get(reverse("admin:guestman_merge_merge_change", args=[made.pk]))
    assert act(made) in page.content.decode()
    page = desk.get(reverse("admin:guestman_merge_merge_change", args=[agreed.pk]))
    assert act(agreed) not in page.content.decode()
    assert desk.post(act(agreed), {"reason": "No"}).status_code == 302
    assert Merge.objects.standing().count() == 3
    assert desk.post(act(made), {"reason": "Two people"}).status_code == 302
    assert list(Merge.objects.standing()) == [agreed]


def test_a_negative_cap_is_told(wanted: Wanted) -> None:
    assert settings_check(None) == []
    wanted(AUTOMATIC_PER_DAY=-1)
    assert [each.id for each in settings_check(None)] == ["guestman_merge.E004"]
