"""What happens around a request: its tenant, its id, its actor, its log line, its health pages."""

from __future__ import annotations

import json
import logging
from typing import Any

import orjson
import pytest
from django.db import DatabaseError
from django.test import Client
from rest_framework.test import APIClient

from shopman import actor, tenancy
from shopman.health import views as health
from shopman.logs import ConsoleFormatter, ContextFilter, JSONFormatter, without_personal_data
from shopman.models import Tenant
from shopman.tenancy import staff
from tests.shopman.conftest import API
from tests.shopman.factories import (
    OrganizationFactory,
    TenantDomainFactory,
    TenantFactory,
    UserFactory,
    join,
    member,
)

pytestmark = pytest.mark.django_db

ORGANIZATIONS = "/api/v1/organizations"
api = pytest.mark.urls(API)


@pytest.fixture
def no_default(settings: Any) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "DEFAULT_TENANT": None}


@pytest.fixture
def any_host(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]


def seen_by(client: Client, **extra: Any) -> list[str]:
    answer = client.get(ORGANIZATIONS, **extra)
    assert answer.status_code == 200, answer.content
    return [row["code"] for row in answer.json()["results"]]


@pytest.fixture
def two(tenant: Tenant, other_tenant: Tenant) -> None:
    for each, slug in ((tenant, "ours"), (other_tenant, "theirs")):
        with tenancy.use(each):
            OrganizationFactory(slug=slug)


@api
def test_the_host_decides_before_anything_else(
    two: None, any_host: None, tenant: Tenant, other_tenant: Tenant
) -> None:
    TenantDomainFactory(tenant=other_tenant, host="other.example")
    client = APIClient()
    client.force_login(join(member(tenant), other_tenant))
    assert seen_by(client, HTTP_HOST="other.example") == ["theirs"]
    assert seen_by(client, HTTP_HOST="Other.Example:8000") == ["theirs"]
    assert seen_by(client, HTTP_HOST="unknown.example") == ["ours"]


@api
def test_staff_of_one_tenant_get_nothing_on_anothers_host(
    two: None, any_host: None, tenant: Tenant, other_tenant: Tenant
) -> None:
    TenantDomainFactory(tenant=other_tenant, host="other.example")
    client = APIClient()
    client.force_login(member(tenant))
    answer = client.get(ORGANIZATIONS, HTTP_HOST="other.example")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_a_member")
    assert client.get("/admin/", HTTP_HOST="other.example").status_code in (302, 404)


@api
def test_an_inactive_tenant_is_unknown_and_does_not_fall_through(
    tenant: Tenant, any_host: None, client: Client
) -> None:
    closed = TenantFactory(is_active=False)
    TenantDomainFactory(tenant=closed, host="closed.example")
    answer = client.get("/api/v1/store/visitor", HTTP_HOST="closed.example")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


@api
def test_without_a_default_an_unknown_host_is_404(
    no_default: None, tenant: Tenant, client: Client
) -> None:
    answer = client.get("/api/v1/store/visitor")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@api
def test_the_only_shop_of_a_member_is_taken(
    no_default: None, two: None, other_tenant: Tenant
) -> None:
    client = APIClient()
    client.force_login(member(other_tenant))
    assert seen_by(client) == ["theirs"]


@api
def test_a_member_of_several_shops_chooses_one(
    no_default: None, two: None, tenant: Tenant, other_tenant: Tenant
) -> None:
    client = APIClient()
    client.force_login(join(member(tenant), other_tenant))
    assert client.get(ORGANIZATIONS).status_code == 404
    choose(client, other_tenant.slug)
    assert seen_by(client) == ["theirs"]
    choose(client, tenant.slug)
    assert seen_by(client) == ["ours"]


@api
def test_a_shop_one_does_not_work_for_cannot_be_chosen(
    no_default: None, two: None, tenant: Tenant, other_tenant: Tenant
) -> None:
    client = APIClient()
    client.force_login(member(tenant))
    choose(client, other_tenant.slug)
    assert client.get(ORGANIZATIONS).status_code == 404


def choose(client: APIClient, slug: str) -> None:
    session = client.session
    session[staff.SELECTED_TENANT] = slug
    session.save()


def test_the_choice_page_sets_the_shop(
    no_default: None, tenant: Tenant, other_tenant: Tenant, client: Client
) -> None:
    assert client.get("/admin/shop/").status_code == 404
    client.force_login(join(member(tenant), other_tenant))
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/admin/shop/"
    assert client.post("/admin/shop/", {"shop": "nobody"}).status_code == 200
    answer = client.post("/admin/shop/", {"shop": other_tenant.slug})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.session[staff.SELECTED_TENANT] == other_tenant.slug
    assert client.get("/admin/").status_code == 200


@api
def test_a_remembered_host_costs_no_query(
    tenant: Tenant, settings: Any, client: Client, django_assert_num_queries: Any
) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "TENANT_CACHE_SECONDS": 60}
    with django_assert_num_queries(1):
        client.get("/api/v1/store/visitor")
    with django_assert_num_queries(0):
        client.get("/api/v1/store/visitor")


@api
def test_a_staff_request_costs_tenant_session_and_user(
    staff_client: APIClient, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):
        staff_client.get(ORGANIZATIONS)


@api
@pytest.mark.parametrize("given", ["abc", "0192f6a4-7b1c", "A.b_c-9" * 9])
def test_a_sane_request_id_is_echoed(client: Client, tenant: Tenant, given: str) -> None:
    answer = client.get("/api/v1/store/visitor", headers={"X-Request-ID": given})
    assert answer["X-Request-ID"] == given


@api
@pytest.mark.parametrize("given", ["", "a" * 65, "a b", 'x"y', "ü", "-x", "a\tb", "<script>"])
def test_another_request_id_is_replaced(client: Client, tenant: Tenant, given: str) -> None:
    answer = client.get("/api/v1/store/visitor", headers={"X-Request-ID": given})
    assert len(answer["X-Request-ID"]) == 36
    assert answer["X-Request-ID"] != given


@api
def test_errors_carry_the_request_id_too(client: Client, tenant: Tenant) -> None:
    assert client.get("/api/v1/nothing")["X-Request-ID"]


@api
def test_one_access_line_a_request_in_json_without_secrets(
    staff_client: APIClient, tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Collector()
    handler.addFilter(ContextFilter())
    handler.setFormatter(JSONFormatter())
    log = logging.getLogger("shopman.access")
    log.addHandler(handler)
    caplog.set_level(logging.INFO, "shopman.access")
    try:
        staff_client.get(f"{ORGANIZATIONS}?code=ana@loja.com", headers={"X-Request-ID": "r1"})
        staff_client.get("/api/v1/store/orders/track/Zm9vYmFyYmF6cXV4cXV1eGNvcmdl")
    finally:
        log.removeHandler(handler)
    first, second = map(json.loads, lines)
    assert first["message"] == "GET 200"
    assert (first["request_id"], first["status"]) == ("r1", 200)
    assert first["path"] == ORGANIZATIONS
    assert second["path"] == "/api/v1/store/orders/track/•••"
    assert set(first) >= {"time", "level", "logger", "message", "request_id", "tenant", "path"}


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("mail to ana.souza@loja.com.br failed", "ana.souza"),
        ("mail to <ana@loja.com>", "ana@"),
        ("email=ana+x@loja.com", "ana+x"),
        ("called +5511999998888", "99999"),
        ("called +55 (11) 99999-8888 twice", "99999"),
        ("called (11) 99999-8888", "99999"),
        ("11 99999-8888", "99999"),
        ("phone: 11999998888.", "99999"),
        ("tel 0049 30 1234567", "1234567"),
        ("x='jo\u00e3o@loja.com'", "jo\u00e3o"),
    ],
)
def test_personal_data_is_masked(text: str, hidden: str) -> None:
    assert hidden not in without_personal_data(text)


@pytest.mark.parametrize(
    "text",
    [
        "customer 0192f6a4-7b1c-7def-8123-456789abcdef was made",
        "at 2026-11-21T03:19:15.123456Z",
        "at 2026-11-21 03:19:15",
        "took 1234.5 ms for 5000 rows",
        "127.0.0.1:8000",
        "order BR-2026-000123",
    ],
)
def test_ids_and_times_stay_readable(text: str) -> None:
    assert without_personal_data(text) == text


def test_arguments_and_tracebacks_are_masked_too() -> None:
    try:
        raise ValueError("no customer ana@loja.com")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    for formatter in (JSONFormatter(), ConsoleFormatter()):
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "%s called %s", ("ana@loja.com", "+5511999998888"), info
        )
        assert ContextFilter().filter(record)
        line = formatter.format(record)
        assert "ana@" not in line
        assert "99999" not in line
    assert orjson.loads(JSONFormatter().format(record))["level"] == "ERROR"


def test_the_log_knows_request_and_tenant(in_tenant: Tenant) -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "hello", (), None)
    with actor.use(actor.SYSTEM, request_id="r9"):
        ContextFilter().filter(record)
    entry = orjson.loads(JSONFormatter().format(record))
    assert (entry["request_id"], entry["tenant"]) == ("r9", in_tenant.slug)


def test_livez_and_readyz_need_no_tenant(no_default: None, client: Client) -> None:
    assert client.get("/livez").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.content
    assert set(answer.json()["checks"]) == {"database", "migrations", "cache", "broker"}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("part", ["database", "migrations", "cache", "broker"])
def test_readyz_names_the_part_that_fails_and_nothing_else(
    client: Client, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def fail() -> None:
        raise DatabaseError("password authentication failed for user shop at 10.0.0.7")

    monkeypatch.setitem(health.CHECKS, part, fail)
    answer = client.get("/readyz")
    body = answer.json()
    assert (answer.status_code, body["code"]) == (503, "not_ready")
    assert [each["field"] for each in body["errors"]] == [part]
    assert b"10.0.0.7" not in answer.content
    assert answer["Retry-After"]
    assert client.get("/livez").status_code == 200


@pytest.mark.redis
def test_a_broker_that_is_away_is_noticed(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    def fail(*, timeout_seconds: float) -> None:
        raise health.BrokerDown

    monkeypatch.setattr(health, "reach_broker", fail)
    assert [each["field"] for each in client.get("/readyz").json()["errors"]] == ["broker"]


@api
def test_the_actor_is_the_member_of_staff(staff_client: APIClient, owner: Any) -> None:
    seen: list[actor.Actor] = []

    def spy(request: Any, response: Any) -> Any:
        seen.append(actor.current())
        return response

    middleware = __import__("shopman.middleware", fromlist=["x"]).RequestContextMiddleware
    request = staff_client.get(ORGANIZATIONS).wsgi_request
    request.user = owner
    middleware(lambda r: spy(r, __import__("django.http").http.HttpResponse()))(request)
    assert seen == [actor.Actor(kind="user", id=str(owner.pk), label=owner.username)]


def test_policies_differ_by_the_kind_of_address(
    client: Client, tenant: Tenant, admin_user: Any
) -> None:
    header = "Content-Security-Policy"
    assert client.get("/api/v1/nothing")[header].startswith("default-src 'none'")
    docs = client.get("/api/docs/")
    assert docs.status_code == 200
    assert "unsafe-eval" not in docs[header]
    assert "script-src" not in docs[header] or "unsafe-inline" not in docs[header].split("style")[0]
    client.force_login(admin_user)
    assert "'unsafe-eval'" in client.get("/admin/")[header]


def test_a_csrf_failure_is_a_calm_page(tenant: Tenant) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(is_superuser=True))
    answer = client.post("/admin/shop/", {"shop": tenant.slug})
    assert answer.status_code == 403
    assert b"too long" in answer.content
