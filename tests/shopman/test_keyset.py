"""Keyset pages."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import pytest
from rest_framework.test import APIClient

from shopman import clock, tenancy
from shopman.models import OutboxEvent, Tenant
from tests.shopman.conftest import API
from tests.shopman.factories import OrganizationFactory, OutboxEventFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls(API)]

URL = "/api/v1/events"


def walk(client: APIClient, url: str, link: str = "next") -> tuple[list[str], str]:
    """All keys of a list by following its links, and the address of the last page."""
    seen: list[str] = []
    while True:
        answer = client.get(url)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        keys = [row["uuid"] for row in body["results"]]
        seen = seen + keys if link == "next" else keys + seen
        if body[link] is None:
            return seen, url
        url = body[link]


def make_events(count: int, **facts: Any) -> list[OutboxEvent]:
    return OutboxEvent.objects.bulk_create(OutboxEventFactory.build_batch(count, **facts))


def test_three_thousand_equal_timestamps_come_once_each(
    staff_client: APIClient, in_tenant: Tenant
) -> None:
    made = make_events(3000, occurred_at=clock.now())
    seen, _ = walk(staff_client, f"{URL}?page_size=200")
    assert len(seen) == 3000
    assert set(seen) == {str(event.uuid) for event in made}


@pytest.mark.parametrize("ordering", ["occurred_at", "-occurred_at", "attempts", "-attempts"])
@pytest.mark.parametrize("size", [1, 3, 7, 50])
def test_pages_equal_the_whole_list_and_lead_back(
    staff_client: APIClient, in_tenant: Tenant, ordering: str, size: int
) -> None:
    now = clock.now()
    for number in range(13):
        make_events(1, occurred_at=now + dt.timedelta(days=number % 4), attempts=number % 3)
    sign = "-" if ordering.startswith("-") else ""
    whole = [
        str(key)
        for key in OutboxEvent.objects.order_by(ordering, f"{sign}pk").values_list("pk", flat=True)
    ]
    seen, last = walk(staff_client, f"{URL}?page_size={size}&ordering={ordering}")
    assert seen == whole
    back, first = walk(staff_client, last, "previous")
    assert back == whole
    assert staff_client.get(first).json()["previous"] is None


@pytest.mark.parametrize("ordering", ["delivered_at", "-delivered_at"])
@pytest.mark.parametrize("size", [1, 2, 5, 50])
def test_rows_without_a_value_have_their_place(
    staff_client: APIClient, in_tenant: Tenant, ordering: str, size: int
) -> None:
    now = clock.now()
    for number in range(11):
        at = now + dt.timedelta(days=number // 3) if number % 2 else None
        make_events(1, delivered_at=at)
    seen, last = walk(staff_client, f"{URL}?page_size={size}&ordering={ordering}")
    assert len(seen) == len(set(seen)) == 11
    delivered = dict(OutboxEvent.objects.values_list("pk", "delivered_at"))
    filled = [str(key) for key in delivered if delivered[key]]
    ends = seen[len(filled) :] if ordering == "delivered_at" else seen[: 11 - len(filled)]
    assert all(key not in filled for key in ends)
    assert walk(staff_client, last, "previous")[0] == seen


def test_total_is_counted_only_when_asked(
    staff_client: APIClient, in_tenant: Tenant, django_assert_num_queries: Any
) -> None:
    make_events(3)
    # Tenant, session, user with memberships, rows.
    with django_assert_num_queries(4):
        assert "total" not in staff_client.get(f"{URL}?page_size=2").json()
    with django_assert_num_queries(5):
        assert staff_client.get(f"{URL}?page_size=2&total=1").json()["total"] == 3


def test_fields_narrow_the_output_and_paging_still_works(
    staff_client: APIClient, in_tenant: Tenant
) -> None:
    make_events(3)
    body = staff_client.get(f"{URL}?page_size=2&fields=name").json()
    assert body["results"] == [{"name": "tests.happened"}] * 2
    assert len(staff_client.get(body["next"]).json()["results"]) == 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("page_size=0", "invalid_page_size"),
        ("page_size=201", "invalid_page_size"),
        ("page_size=²", "invalid_page_size"),
        ("page_size=99999999999999999", "invalid_page_size"),
        ("page_size=", "invalid_page_size"),
        ("page_size=0200000", "invalid_page_size"),
        ("page_size=007", "invalid_page_size"),
        ("page_size=0100" + "9" * 30, "invalid_page_size"),
        ("page_size=0100" + "0" * 5000, "invalid_page_size"),
        ("page_size=1&page_size=2", "bad_request"),
        ("ordering=attempts&ordering=attempts", "bad_request"),
        ("fields=name&fields=uuid", "bad_request"),
        ("ordering=payload", "unknown_ordering"),
        ("ordering=--attempts", "unknown_ordering"),
        ("ordering=", "unknown_ordering"),
        ("fields=secret", "unknown_field"),
        ("fields=", "unknown_field"),
        ("colour=red", "unknown_parameter"),
        ("total=maybe", "bad_request"),
        ("cursor=", "invalid_cursor"),
        ("cursor=!!!", "invalid_cursor"),
        ("cursor=AAAA", "invalid_cursor"),
        ("cursor=é", "invalid_cursor"),
    ],
)
def test_what_the_query_string_may_not_say_is_400(
    staff_client: APIClient, query: str, code: str
) -> None:
    answer = staff_client.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == code


@pytest.mark.parametrize(
    "content",
    [
        b'["-occurred_at",0,"yesterday","00000000-0000-0000-0000-000000000000"]',
        b'["-occurred_at",0,{"a":1},"00000000-0000-0000-0000-000000000000"]',
        b'["-occurred_at",0,[],"00000000-0000-0000-0000-000000000000"]',
        b'["-occurred_at",0,true,"00000000-0000-0000-0000-000000000000"]',
        b'["-occurred_at",0,null,17]',
        b'["occurred_at",0,null,"00000000-0000-0000-0000-000000000000"]',
        b'["-occurred_at",0,null,"00000000-0000-0000-0000-000000000000"]',
        b'["-occurred_at",0,"0001-01-01T00:00:00+14:00","00000000-0000-0000-0000-000000000000"]',
        b'["-occurred_at",0,"9999-12-31T23:59:59-14:00","00000000-0000-0000-0000-000000000000"]',
        b'["-occurred_at",0,"2026-01-01","00000000-0000-0000-0000-000000000000"]',
        b'["-occurred_at",0,"2026-01-01T00:00:00","00000000-0000-0000-0000-000000000000"]',
        b'["-occurred_at",0,"2026-01-01T00:00:00+01:00","00000000-0000-0000-0000-000000000000"]',
        b'["-occurred_at",true,"2026-01-01T00:00:00Z","00000000-0000-0000-0000-000000000000"]',
        b'["-occurred_at",2,"2026-01-01T00:00:00Z","00000000-0000-0000-0000-000000000000"]',
        b'["-occurred_at",0,"2026-01-01T00:00:00Z","{00000000000000000000000000000000}"]',
        b'{"a": 1}',
        b"7",
    ],
)
def test_a_forged_cursor_is_400(staff_client: APIClient, content: bytes) -> None:
    cursor = base64.urlsafe_b64encode(content).decode().rstrip("=")
    answer = staff_client.get(URL, {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_the_first_and_last_moments_are_places(staff_client: APIClient, at: str) -> None:
    content = f'["-occurred_at",0,"{at}","00000000-0000-0000-0000-000000000000"]'.encode()
    cursor = base64.urlsafe_b64encode(content).decode().rstrip("=")
    assert staff_client.get(URL, {"cursor": cursor}).status_code == 200


@pytest.mark.parametrize("value", ["true", "1.0", '"1"', "1.5", "-9223372036854775809"])
def test_a_cursor_says_a_number_as_its_column_does(staff_client: APIClient, value: str) -> None:
    content = f'["attempts",0,{value},"00000000-0000-0000-0000-000000000000"]'.encode()
    cursor = base64.urlsafe_b64encode(content).decode().rstrip("=")
    answer = staff_client.get(URL, {"cursor": cursor, "ordering": "attempts"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


def test_a_number_too_large_for_the_column_is_400(staff_client: APIClient) -> None:
    content = b'["attempts",0,' + b"9" * 30 + b',"00000000-0000-0000-0000-000000000000"]'
    cursor = base64.urlsafe_b64encode(content).decode().rstrip("=")
    answer = staff_client.get(URL, {"cursor": cursor, "ordering": "attempts"})
    assert answer.status_code == 400


def test_a_page_never_shows_another_tenants_rows(
    staff_client: APIClient, tenant: Tenant, other_tenant: Tenant
) -> None:
    with tenancy.use(other_tenant):
        make_events(3)
    assert staff_client.get(URL).json() == {"results": [], "next": None, "previous": None}


def test_sources_follow_relations(staff_client: APIClient, in_tenant: Tenant) -> None:
    OrganizationFactory(slug="north", name="North")
    (row,) = staff_client.get("/api/v1/organizations").json()["results"]
    assert (row["code"], row["name"], row["shop"]) == ("north", "North", in_tenant.slug)


def test_filters_narrow_and_bad_values_are_400(staff_client: APIClient, in_tenant: Tenant) -> None:
    OrganizationFactory(slug="north")
    OrganizationFactory(slug="south")
    body = staff_client.get("/api/v1/organizations?code=south").json()
    assert [row["code"] for row in body["results"]] == ["south"]
    answer = staff_client.get("/api/v1/organizations?made=soon")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_filter"
    assert answer.json()["errors"][0]["field"] == "made"
