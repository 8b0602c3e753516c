"""The queue over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.services import decisions, marks
from guestman.services import customer
from shopman import tenancy
from shopman.models import Membership, Tenant
from tests.shopman.factories import OrganizationFactory, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

QUEUE = "/api/v1/duplicates"
BORN = dt.date(1980, 5, 17)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def made(last: str = "Krull", day: dt.date = BORN) -> DuplicatePair:
    one = customer.create(first_name="Ana", last_name=last, birth_date=day)
    customer.create(first_name="Anna", last_name=last, birth_date=day)
    marks.compare_changed()
    return DuplicatePair.objects.of(one.pk).get()


def desk(tenant: Tenant, role: str = "clerk") -> Client:
    client = Client()
    client.force_login(member(tenant, role, username=f"{role}-{tenant.slug}"))
    return client


def post(client: Client, pair: Any, act: str, **facts: Any) -> Any:
    return client.post(f"{QUEUE}/{pair}/{act}", facts, content_type="application/json")


def test_the_list_has_what_is_to_decide_with_reasons(in_tenant: Tenant) -> None:
    pair = made()
    told_apart = made("Peixoto", dt.date(1951, 1, 2))
    decisions.different(told_apart.pk)
    client = desk(in_tenant)
    [row] = client.get(QUEUE).json()["results"]
    assert row["uuid"] == str(pair.pk)
    assert {row["customer_uuid"], row["other_uuid"]} == {str(pair.low_id), str(pair.high_id)}
    assert any(each.startswith("Birth date: the same (+") for each in row["reasons"])
    assert row["score"] == round(-13 + sum(each["weight"] for each in row["evidence"]), 2)
    [other] = client.get(QUEUE, {"state": "different"}).json()["results"]
    assert other["uuid"] == str(told_apart.pk)
    assert client.get(QUEUE, {"customer": str(uuid4())}).json()["results"] == []
    assert len(client.get(QUEUE, {"customer": str(pair.high_id)}).json()["results"]) == 1


def test_a_decision_and_its_undo(in_tenant: Tenant) -> None:
    pair, client = made(), desk(in_tenant)
    answer = post(client, pair.pk, "different", reason="mother and daughter")
    assert (answer.status_code, answer.json()["state"]) == (200, "different")
    assert answer.json()["reason"] == "mother and daughter"
    assert post(client, pair.pk, "reopen").json()["state"] == "open"
    pair.refresh_from_db()
    assert (pair.state, pair.decisions.count()) == ("open", 2)


def test_a_merged_pair_is_a_conflict(in_tenant: Tenant) -> None:
    pair, client = made(), desk(in_tenant)
    decisions.on_merge(survivor=pair.low, duplicate=pair.high, merge=None)
    answer = post(client, pair.pk, "different")
    assert (answer.status_code, answer.json()["code"]) == (409, "pair_merged")


def test_who_may_only_look_decides_nothing(in_tenant: Tenant) -> None:
    pair, client = made(), desk(in_tenant, "read_only")
    assert client.get(f"{QUEUE}/{pair.pk}").status_code == 200
    assert post(client, pair.pk, "different").status_code == 403
    assert Client().get(QUEUE).status_code in (401, 403)


def test_another_shop_finds_nothing(in_tenant: Tenant, other_tenant: Tenant) -> None:
    pair, client = made(), desk(other_tenant)
    assert client.get(f"{QUEUE}/{pair.pk}").status_code == 404
    assert post(client, pair.pk, "different").status_code == 404
    pair.refresh_from_db()
    assert pair.state == "open"


def test_a_pair_of_another_branch_is_not_there(in_tenant: Tenant) -> None:
    branch, other = OrganizationFactory(), OrganizationFactory()
    with tenancy.use(in_tenant, organization=other):
        pair = made()
    user = member(in_tenant, "clerk", username="rui")
    Membership.objects.get(user=user).organizations.add(branch)
    client = Client()
    client.force_login(user)
    assert client.get(QUEUE).json()["results"] == []
    assert post(client, pair.pk, "different").json()["code"] == "pair_not_found"
