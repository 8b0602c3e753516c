"""Merging over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from guestman.contrib.merge.models import Merge
from guestman.models import Customer
from guestman.services import address, contact_point, customer
from shopman import tenancy
from shopman.models import Membership, Tenant
from tests.shopman.factories import OrganizationFactory, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

MERGES = "/api/v1/merges"
NOBODY = UUID(int=7)


def desk(tenant: Tenant, role: str = "manager") -> Client:
    client = Client()
    client.force_login(member(tenant, role, username=f"{role}-{tenant.slug}"))
    return client


def post(client: Client, path: str, key: str = "", **facts: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"{MERGES}{path}", facts, content_type="application/json", headers=headers)


def pair() -> tuple[Customer, Customer]:
    kept = customer.create(first_name="Ana", email="ana@loja.com.br")
    double = customer.create(first_name="Ana", last_name="Souza", email="ana@loja.com.br")
    address.add(customer=double, street="Rua A", city="Rio")
    return kept, double


def foreseen(client: Client, kept: Customer, double: Customer) -> Any:
    return post(client, "/preview", survivor_uuid=str(kept.pk), duplicate_uuid=str(double.pk))


def test_a_merge_is_foreseen_made_looked_at_and_taken_back(in_tenant: Tenant) -> None:
    client, (kept, double) = desk(in_tenant), pair()
    answer = foreseen(client, kept, double)
    assert answer.status_code == 200
    told = answer.json()
    assert {"name": "name", "winner": "duplicate", "reason": "fuller"} in told["winners"]
    assert {"model": "guestman.customeraddress", "moved": 1, "parked": 0, "changed": 0} in told[
        "rows_by_model"
    ]
    assert not Merge.objects.exists()

    made = post(client, "", digest=told["digest"], reason="same address")
    assert made.status_code == 201
    merge = made.json()
    assert made.headers["Location"] == f"{MERGES}/{merge['uuid']}"
    assert (merge["survivor_code"], merge["duplicate_code"]) == (kept.code, double.code)
    assert merge["undone_at"] is None
    address.add(customer=kept, street="Rua B", city="Rio")

    back = post(client, f"/{merge['uuid']}/take-back", reason="her daughter")
    assert back.status_code == 200
    assert back.json()["returns"] == [
        {"outcome": "stayed", "model": "guestman.customeraddress", "count": 1}
    ]
    assert client.get(f"{MERGES}/{merge['uuid']}").json() == back.json()
    assert Customer.objects.get(pk=double.pk).merged_into_id is None
    again = post(client, f"/{merge['uuid']}/take-back", reason="twice")
    assert (again.status_code, again.json()["code"]) == (409, "already_unmerged")


def test_the_same_request_sent_again_merges_once(in_tenant: Tenant) -> None:
    client, (kept, double) = desk(in_tenant), pair()
    digest = foreseen(client, kept, double).json()["digest"]
    first, second = (post(client, "", key="k-1", digest=digest, reason="x") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Merge.objects.count() == 1


def test_what_changed_since_the_preview_is_a_conflict(in_tenant: Tenant) -> None:
    client, (kept, double) = desk(in_tenant), pair()
    digest = foreseen(client, kept, double).json()["digest"]
    contact_point.add(customer=double, kind="phone", value="+5511987654321")
    answer = post(client, "", digest=digest, reason="x")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_preview")
    assert not Merge.objects.exists()


@pytest.mark.parametrize(("digest", "status"), [("x", 422), (f"{NOBODY}.{NOBODY}.0", 404)])
def test_a_digest_that_is_none(in_tenant: Tenant, digest: str, status: int) -> None:
    assert post(desk(in_tenant), "", digest=digest, reason="x").status_code == status


def test_a_merge_wants_a_reason(in_tenant: Tenant) -> None:
    client, (kept, double) = desk(in_tenant), pair()
    digest = foreseen(client, kept, double).json()["digest"]
    assert post(client, "", digest=digest, reason=" ").status_code == 422
    assert not Merge.objects.exists()


def test_who_may_not_merge_only_looks(in_tenant: Tenant) -> None:
    manager, clerk, (kept, double) = desk(in_tenant), desk(in_tenant, "clerk"), pair()
    digest = foreseen(manager, kept, double).json()["digest"]
    merge = post(manager, "", digest=digest, reason="x").json()["uuid"]
    assert [each["uuid"] for each in clerk.get(MERGES).json()["results"]] == [merge]
    for path in ("", "/preview", f"/{merge}/take-back"):
        assert post(clerk, path, reason="x").status_code == 403


def test_the_list_is_narrowed_to_a_customer_and_to_what_stands(in_tenant: Tenant) -> None:
    client = desk(in_tenant)
    made = []
    for _ in range(2):
        kept, double = pair()
        digest = foreseen(client, kept, double).json()["digest"]
        made.append(post(client, "", digest=digest, reason="x").json())
    post(client, f"/{made[0]['uuid']}/take-back", reason="x")

    def listed(**query: str) -> list[str]:
        return [each["uuid"] for each in client.get(MERGES, query).json()["results"]]

    assert listed() == [made[1]["uuid"], made[0]["uuid"]]
    assert listed(customer=made[0]["duplicate_uuid"]) == [made[0]["uuid"]]
    assert listed(standing="true") == [made[1]["uuid"]]
    assert listed(standing="false") == [made[0]["uuid"]]


def test_customers_of_another_organization_are_not_there(in_tenant: Tenant) -> None:
    kept, double = pair()
    merge = post(
        desk(in_tenant),
        "",
        digest=foreseen(desk(in_tenant, "owner"), kept, double).json()["digest"],
        reason="x",
    ).json()["uuid"]
    theirs, mine = OrganizationFactory(), OrganizationFactory()
    Customer.objects.filter(pk=double.pk).update(organization=theirs)
    who = member(in_tenant, "manager", username="elsewhere")
    Membership.objects.get(user=who).organizations.add(mine)
    client = Client()
    client.force_login(who)
    assert client.get(MERGES).json()["results"] == []
    assert client.get(f"{MERGES}/{merge}").status_code == 404
    assert post(client, f"/{merge}/take-back", reason="x").status_code == 404
    assert foreseen(client, kept, double).status_code == 404


def test_merges_of_another_shop_are_not_there(in_tenant: Tenant, other_tenant: Tenant) -> None:
    client, (kept, double) = desk(in_tenant), pair()
    merge = post(
        client, "", digest=foreseen(client, kept, double).json()["digest"], reason="x"
    ).json()["uuid"]
    with tenancy.use(other_tenant):
        elsewhere = desk(other_tenant, "owner")
    assert elsewhere.get(MERGES).json()["results"] == []
    assert elsewhere.get(f"{MERGES}/{merge}").status_code == 404
