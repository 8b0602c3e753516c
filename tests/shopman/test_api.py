"""Input, output, problems, preconditions and permissions of the API conventions."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest
from rest_framework import exceptions as drf
from rest_framework import serializers
from rest_framework.test import APIClient, APIRequestFactory

from shopman import clock, errors, tenancy
from shopman.api.address import client_address
from shopman.api.concurrency import etag, expected_version
from shopman.api.output import OutputSerializer
from shopman.api.renderers import dumps
from shopman.models import Organization, Tenant
from tests.shopman.api_urls import Raising, RecentShopper, Shopper
from tests.shopman.conftest import API
from tests.shopman.factories import OrganizationFactory, OutboxEventFactory, UserFactory, member

pytestmark = [pytest.mark.django_db, pytest.mark.urls(API)]

ORGANIZATIONS = "/api/v1/organizations"


@dataclass
class FakeCustomer:
    auth_time: dt.datetime
    uuid: uuid.UUID = field(default_factory=lambda: UUID(int=7))
    code: str = "WEB-1"
    is_authenticated: bool = True


def post_raw(client: APIClient, raw: bytes, content_type: str = "application/json") -> Any:
    return client.generic("POST", ORGANIZATIONS, raw, content_type=content_type)


def test_a_created_row_is_answered_and_stored(staff_client: APIClient, tenant: Tenant) -> None:
    answer = staff_client.post(ORGANIZATIONS, {"slug": "north", "name": "North"})
    assert answer.status_code == 201
    with tenancy.use(tenant):
        made = Organization.objects.get()
    assert answer.json() == {
        "uuid": str(made.uuid),
        "code": "north",
        "name": "North",
        "shop": tenant.slug,
    }


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b'{"slug": "a", "slug": "b", "name": "A"}', 400, "malformed_json"),
        (b'{"slug": "a", "name": {"a": 1, "a": 2}}', 400, "malformed_json"),
        (b'{"slug": "a", "name": NaN}', 400, "malformed_json"),
        (b'{"slug": "\xff", "name": "A"}', 400, "malformed_json"),
        (b'{"slug": "a", "name": "\\ud800"}', 400, "malformed_json"),
        (b"[" * 100_000, 400, "malformed_json"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, 400, "malformed_json"),
        (b"[" * 40 + b"]" * 40, 400, "malformed_json"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b'{"slug": "' + b"a" * 1_000_001 + b'"}', 413, "body_too_large"),
    ],
)
def test_bodies_that_are_not_strict_json_are_refused(
    staff_client: APIClient, raw: bytes, status: int, code: str
) -> None:
    answer = post_raw(staff_client, raw)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=iso-8859-1", "application/x-www-form-urlencoded", "text/plain"],
)
def test_other_media_types_are_415(staff_client: APIClient, content_type: str) -> None:
    answer = post_raw(staff_client, b'{"slug": "a", "name": "A"}', content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_thirty_two_levels_are_still_accepted(staff_client: APIClient) -> None:
    answer = post_raw(staff_client, b'{"slug":' + b"[" * 31 + b"]" * 31 + b"}")
    assert answer.status_code == 422


def test_invalid_and_unknown_fields_are_named_with_their_path(staff_client: APIClient) -> None:
    answer = staff_client.post(ORGANIZATIONS, {"slug": "a b", "name": "A", "colour": "red"})
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
        ("colour", "unknown_field")
    ]
    answer = staff_client.post(
        ORGANIZATIONS, {"slug": "a b", "name": "A", "tags": ["abc", "long", "toolong"]}
    )
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
        ("slug", "invalid"),
        ("tags.1", "max_length"),
        ("tags.2", "max_length"),
    ]


NAMED = [
    (errors.BadRequest(), 400),
    (errors.Unauthenticated(), 401),
    (errors.Denied(), 403),
    (errors.NotFound(), 404),
    (errors.Conflict(), 409),
    (errors.Gone(), 410),
    (errors.PreconditionFailed(), 412),
    (errors.Invalid(), 422),
    (errors.PreconditionRequired(), 428),
    (errors.Throttled(retry_after_seconds=7), 429),
    (errors.Unavailable(retry_after_seconds=3), 503),
]


@pytest.mark.parametrize(("error", "status"), NAMED)
def test_each_kind_of_failure_has_its_status(
    staff_client: APIClient, monkeypatch: pytest.MonkeyPatch, error: errors.Failure, status: int
) -> None:
    monkeypatch.setattr(Raising, "error", error)
    answer = staff_client.get("/api/v1/raising")
    body = answer.json()
    assert answer.status_code == body["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert set(body) == {"type", "title", "status", "detail", "code", "instance", "errors"}
    assert (body["code"], body["detail"]) == (error.code, error.detail)
    assert body["type"] == f"urn:shopman:problem:{error.code}"
    assert body["instance"] == "/api/v1/raising"
    assert answer.has_header("Retry-After") is (status in (429, 503))
    assert answer.has_header("WWW-Authenticate") is (status == 401)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Http404("row 7 of table customers"), 404),
        (PermissionDenied("rule 9"), 403),
        (ValidationError({"name": ["Too long."]}), 422),
        (drf.Throttled(wait=3.2), 429),
        (drf.NotAcceptable(), 406),
    ],
)
def test_frameworks_failures_are_problems_too(
    staff_client: APIClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    monkeypatch.setattr(Raising, "error", error)
    answer = staff_client.get("/api/v1/raising")
    assert answer.status_code == answer.json()["status"] == status
    assert b"of table" not in answer.content
    assert b"rule 9" not in answer.content


def test_an_unnamed_error_is_a_500_that_tells_nothing(
    staff_client: APIClient, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.DEBUG = False
    monkeypatch.setattr(Raising, "error", RuntimeError("the password is sesame"))
    staff_client.raise_request_exception = False
    answer = staff_client.get("/api/v1/raising")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert b"sesame" not in answer.content


def test_a_wrong_method_names_the_right_ones(staff_client: APIClient) -> None:
    answer = staff_client.put("/api/v1/events", {})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize("debug", [True, False])
def test_unknown_addresses_are_problems_under_api_and_pages_elsewhere(
    client: Any, tenant: Tenant, settings: Any, debug: bool
) -> None:
    settings.DEBUG = debug
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    page = client.get("/nothing")
    assert page.status_code == 404
    assert page["Content-Type"].startswith("text/html")


def test_an_etag_is_sent_and_if_match_is_asked(staff_client: APIClient, in_tenant: Tenant) -> None:
    event = OutboxEventFactory(attempts=3)
    url = f"/api/v1/events/{event.uuid}"
    assert staff_client.get(url)["ETag"] == '"3"'
    assert staff_client.get(f"{url}?fields=name")["ETag"] == '"3"'
    assert staff_client.patch(url, {}).status_code == 428
    assert staff_client.patch(url, {}, headers={"If-Match": '"3"'}).status_code == 200
    stale = staff_client.patch(url, {}, headers={"If-Match": '"2"'})
    assert stale.status_code == 412
    assert stale.json()["errors"] == [{"field": "name", "code": "differs", "message": "It is new."}]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('"7"', 7),
        (' "7" ', 7),
        ("", errors.PreconditionRequired),
        ("*", errors.PreconditionRequired),
        ('W/"7"', errors.PreconditionFailed),
        ('"x"', errors.PreconditionFailed),
        ("7", errors.PreconditionFailed),
        ('"7", "8"', errors.BadRequest),
        ('"' + "9" * 19 + '"', errors.PreconditionFailed),
        ('"٣"', errors.PreconditionFailed),
    ],
)
def test_if_match_is_read_strictly(header: str, expected: Any) -> None:
    request = APIRequestFactory().patch("/", headers={"If-Match": header})
    if isinstance(expected, int):
        assert expected_version(request) == expected
        assert etag(expected) == header.strip()
    else:
        with pytest.raises(expected):
            expected_version(request)


def test_ids_of_another_tenant_are_404(
    staff_client: APIClient, tenant: Tenant, other_tenant: Tenant
) -> None:
    with tenancy.use(other_tenant):
        theirs = OrganizationFactory()
    assert staff_client.get(f"{ORGANIZATIONS}/{theirs.uuid}").status_code == 404
    with tenancy.use(tenant):
        ours = OrganizationFactory()
    assert staff_client.get(f"{ORGANIZATIONS}/{ours.uuid}").status_code == 200


def test_nobody_is_401_and_strangers_are_403(tenant: Tenant, other_tenant: Tenant) -> None:
    client = APIClient()
    answer = client.get(ORGANIZATIONS)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer["WWW-Authenticate"]
    client.force_login(UserFactory(is_staff=False))
    assert client.get(ORGANIZATIONS).json()["code"] == "not_a_member"
    client.force_login(UserFactory())
    assert client.get(ORGANIZATIONS).json()["code"] == "not_a_member"
    client.force_login(member(tenant, is_active=True, is_staff=False))
    assert client.get(ORGANIZATIONS).status_code == 403
    client.force_login(UserFactory(is_superuser=True))
    assert client.get(ORGANIZATIONS).status_code == 200


def test_the_read_only_role_may_look_but_not_change(tenant: Tenant) -> None:
    client = APIClient()
    client.force_login(member(tenant, role="read_only"))
    assert client.get(ORGANIZATIONS).status_code == 200
    answer = client.post(ORGANIZATIONS, {"slug": "a", "name": "A"})
    assert (answer.status_code, answer.json()["code"]) == (403, "read_only_role")
    with tenancy.use(tenant):
        assert not Organization.objects.exists()


def test_staff_writes_need_a_csrf_token(tenant: Tenant) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(member(tenant))
    answer = client.post(ORGANIZATIONS, {"slug": "a", "name": "A"})
    assert answer.status_code == 403
    assert client.get(ORGANIZATIONS).status_code == 200


def shopper_status(view: Any, customer: Any, tenant: Tenant, method: str = "get") -> int:
    request = getattr(APIRequestFactory(), method)("/api/v1/store/shopper")
    request.customer = customer
    with tenancy.use(tenant):
        status: int = view.as_view()(request).status_code
    return status


def test_shoppers_are_known_by_request_customer(client: Any, tenant: Tenant) -> None:
    assert client.get("/api/v1/store/visitor").json() == {"kind": "customer", "id": ""}
    assert client.get("/api/v1/store/shopper").status_code == 401
    known = FakeCustomer(auth_time=clock.now())
    assert shopper_status(Shopper, known, tenant) == 200
    nobody = FakeCustomer(auth_time=clock.now(), is_authenticated=False)
    assert shopper_status(Shopper, nobody, tenant) == 401


@pytest.mark.parametrize(("minutes", "status"), [(1, 200), (9.9, 200), (10.1, 403), (-1, 403)])
def test_a_recent_proof_is_at_most_ten_minutes_old(
    tenant: Tenant, minutes: float, status: int
) -> None:

    at = clock.now() - dt.timedelta(minutes=minutes)
    assert shopper_status(RecentShopper, FakeCustomer(auth_time=at), tenant) == status


def test_json_has_native_uuids_utc_datetimes_and_decimal_strings() -> None:
    at = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    content = {"a": uuid.UUID(int=1), "b": at, "c": Decimal("1.10")}
    assert json.loads(dumps(content)) == {
        "a": str(uuid.UUID(int=1)),
        "b": "2026-01-02T03:04:05Z",
        "c": "1.10",
    }
    with pytest.raises(TypeError):
        dumps(object())


def test_an_output_that_would_need_objects_is_refused() -> None:
    class Bad(OutputSerializer):
        name = serializers.SerializerMethodField()

    with pytest.raises(TypeError):
        Bad.columns()


@pytest.mark.parametrize(
    ("count", "forwarded", "expected"),
    [
        (0, "1.1.1.1", "9.9.9.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "2.2.2.2", "2.2.2.2"),
        (1, "", "9.9.9.9"),
        (1, "1.1.1.1:4711", "1.1.1.1"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "::ffff:1.2.3.4", "1.2.3.4"),
        (1, "unknown", ""),
    ],
)
def test_the_client_address_trusts_only_the_known_proxies(
    settings: Any, count: int, forwarded: str, expected: str
) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "TRUSTED_PROXY_COUNT": count}
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "9.9.9.9", "HTTP_X_FORWARDED_FOR": forwarded}
    assert client_address(request) == expected
