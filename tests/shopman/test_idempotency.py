"""Idempotency-Key."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from shopman import clock, tenancy
from shopman.api import idempotency
from shopman.models import IdempotencyRecord, Organization, Tenant
from tests.conftest import Race
from tests.shopman.conftest import API
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.urls(API)]

URL = "/api/v1/organizations"
NORTH = {"slug": "north", "name": "North"}


def post(client: APIClient, body: Any, key: str | None = "k1") -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(URL, body, headers=headers)


def slugs(tenant: Tenant) -> list[str]:
    with tenancy.use(tenant):
        return sorted(Organization.objects.values_list("slug", flat=True))


def test_the_same_key_and_body_replays_the_stored_answer(
    staff_client: APIClient, tenant: Tenant
) -> None:
    first, second = post(staff_client, NORTH), post(staff_client, NORTH)
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert second["Content-Type"] == "application/json"
    assert second["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert slugs(tenant) == ["north"]


def test_the_order_of_keys_makes_no_other_body(staff_client: APIClient, tenant: Tenant) -> None:
    post(staff_client, {"slug": "north", "name": "North"})
    assert post(staff_client, {"name": "North", "slug": "north"}).status_code == 201


def test_the_same_key_with_another_body_is_422(staff_client: APIClient, tenant: Tenant) -> None:
    post(staff_client, NORTH)
    answer = post(staff_client, {"slug": "south", "name": "South"})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert slugs(tenant) == ["north"]


def test_without_a_key_the_work_runs_each_time(staff_client: APIClient, tenant: Tenant) -> None:
    post(staff_client, NORTH, key=None)
    post(staff_client, {"slug": "south", "name": "South"}, key=None)
    assert slugs(tenant) == ["north", "south"]
    assert not IdempotencyRecord.all_tenants.exists()


@pytest.mark.parametrize("name", ["fail", "teapot"])
def test_failed_work_stores_nothing_and_may_be_repeated(
    staff_client: APIClient, tenant: Tenant, name: str
) -> None:
    assert post(staff_client, {"slug": "north", "name": name}).status_code == 409
    assert not IdempotencyRecord.all_tenants.exists()
    if name == "fail":
        assert slugs(tenant) == []
        assert post(staff_client, NORTH).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "é", "a" * 256, "\x7f"])
def test_a_key_is_up_to_255_visible_ascii_characters(
    staff_client: APIClient, tenant: Tenant, key: str
) -> None:
    answer = post(staff_client, NORTH, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_idempotency_key")
    assert slugs(tenant) == []


def test_a_key_of_255_characters_works(staff_client: APIClient, tenant: Tenant) -> None:
    assert post(staff_client, NORTH, key="~" * 255).status_code == 201


def test_keys_of_two_callers_and_two_tenants_do_not_meet(
    staff_client: APIClient, owner: User, tenant: Tenant
) -> None:
    post(staff_client, NORTH)
    colleague = APIClient()
    colleague.force_login(member(tenant))
    assert post(colleague, {"slug": "south", "name": "South"}).status_code == 201
    assert slugs(tenant) == ["north", "south"]


def test_a_key_is_forgotten_after_a_day(staff_client: APIClient, tenant: Tenant) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        post(staff_client, NORTH)
        traveller.shift(dt.timedelta(hours=23, minutes=59))
        assert "Idempotency-Replayed" in post(staff_client, NORTH)
        traveller.shift(dt.timedelta(minutes=2))
        assert post(staff_client, {"slug": "south", "name": "South"}).status_code == 201
    assert slugs(tenant) == ["north", "south"]


def test_expired_records_are_purged_in_batches(staff_client: APIClient, tenant: Tenant) -> None:
    with time_machine.travel(clock.now() - dt.timedelta(hours=25)):
        for number in range(5):
            post(staff_client, {"slug": f"s{number}", "name": "S"}, key=f"old-{number}")
    post(staff_client, NORTH)
    assert idempotency.purge(batch_size=2) == 5
    assert IdempotencyRecord.all_tenants.get().key == "k1"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_row_and_one_answer(tenant: Tenant, race: Race) -> None:
    user = member(tenant)

    def call() -> Any:
        client = APIClient()
        client.force_login(user)
        return post(client, NORTH)

    answers = [outcome.value for outcome in race(*[call] * 8)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 7
    assert slugs(tenant) == ["north"]
