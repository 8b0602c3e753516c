"""Every view of the project names who may use it, and the schema describes all of them."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
import zeal
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from openapi_spec_validator import validate
from rest_framework.permissions import BasePermission
from rest_framework.settings import api_settings
from rest_framework.test import APIClient
from rest_framework.views import APIView

from shopman import tenancy
from shopman.api.permissions import DenyAll
from shopman.api.views import StaffView, StoreView
from shopman.models import Membership, Tenant
from tests.shopman.conftest import API
from tests.shopman.factories import UserFactory


def patterns(of: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in of.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, route)
        else:
            yield route, each


def api_views(urlconf: str | None = None) -> list[tuple[str, type[APIView]]]:
    found = []
    for route, pattern in patterns(get_resolver(urlconf)):
        kind = getattr(pattern.callback, "cls", None)
        if route.startswith("api/"):
            assert issubclass(kind or object, APIView), f"{route} is no API view"
            found.append((route, kind))
    return found


def test_the_project_denies_by_default() -> None:
    assert [DenyAll] == api_settings.DEFAULT_PERMISSION_CLASSES
    request: Any = None
    assert DenyAll().has_permission(request, None) is False


def test_every_api_view_says_who_may_use_it() -> None:
    views = api_views()
    assert views
    for route, kind in views:
        permissions = list(kind.permission_classes)
        assert permissions, route
        assert DenyAll not in permissions, f"{route} has no permission_classes"
        assert BasePermission not in permissions, route


def test_staff_and_store_views_stand_where_they_belong() -> None:
    for route, kind in api_views():
        if route.startswith("api/v1/store/"):
            assert issubclass(kind, StoreView), route
        elif route.startswith("api/v1/"):
            assert issubclass(kind, StaffView), route


def test_no_api_address_ends_with_a_slash() -> None:
    for route, _ in api_views():
        assert route in ("api/schema/", "api/docs/") or not route.endswith("/"), route


def spectacular(urlconf: str | None = None) -> dict[str, Any]:
    out, err = io.StringIO(), io.StringIO()
    options = {"urlconf": urlconf} if urlconf else {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call_command(
            "spectacular", "--validate", "--fail-on-warn", stdout=out, stderr=err, **options
        )
    schema: dict[str, Any] = yaml.safe_load(out.getvalue())
    return schema


def test_the_schema_is_valid_without_warnings_and_has_every_path() -> None:
    schema = spectacular()
    assert schema["openapi"].startswith("3.1")
    validate(schema)
    expected = {
        "/" + route for route, _ in api_views() if route not in ("api/schema/", "api/docs/")
    }
    assert len(schema["paths"]) == len(expected)


def test_the_schema_tells_what_the_conventions_add() -> None:
    schema = spectacular(API)
    assert len(schema["paths"]) == len(api_views(API))
    listing = schema["paths"]["/api/v1/organizations"]["get"]
    names = {each["name"] for each in listing["parameters"]}
    assert names >= {"cursor", "page_size", "ordering", "fields", "total", "code", "made"}
    page = listing["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert page == "#/components/schemas/OrganizationRowPage"
    problem = listing["responses"]["400"]["content"]
    assert set(problem) == {"application/problem+json"}
    create = schema["paths"]["/api/v1/organizations"]["post"]
    assert "Idempotency-Key" in {each["name"] for each in create["parameters"]}
    assert {"201", "409", "422"} <= set(create["responses"])
    patch = schema["paths"]["/api/v1/events/{uuid}"]["patch"]
    assert {each["name"]: each.get("required") for each in patch["parameters"]}["If-Match"] is True
    assert {"412", "428"} <= set(patch["responses"])
    assert "ETag" in patch["responses"]["200"]["headers"]
    assert "security" in listing


@pytest.mark.django_db
def test_schema_and_reference_need_no_tenant_and_no_sign_in(client: Client, settings: Any) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "DEFAULT_TENANT": None}
    answer = client.get("/api/schema/", {"format": "json"})
    assert answer.status_code == 200
    assert json.loads(answer.content)["paths"]
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert b"<script>" not in page.content
    assert b"https://" not in page.content
    assert client.get("/api/docs/", {"script": ""}).status_code == 200


@pytest.mark.django_db
def test_a_query_per_row_is_noticed(in_tenant: Tenant) -> None:
    for _ in range(3):
        Membership.objects.create(user=UserFactory(), role="clerk")
    with pytest.raises(zeal.NPlusOneError), zeal.zeal_context():
        assert [membership.user.username for membership in Membership.objects.all()]


@pytest.mark.django_db
@pytest.mark.urls(API)
def test_a_list_costs_the_same_for_one_row_and_for_many(
    staff_client: APIClient, tenant: Tenant, django_assert_num_queries: Any
) -> None:
    for count in (1, 50):
        with tenancy.use(tenant):
            for number in range(count):
                Membership.organizations.rel.model.objects.create(
                    slug=f"{count}-{number}", name="x"
                )
        with django_assert_num_queries(4):
            staff_client.get("/api/v1/organizations")
