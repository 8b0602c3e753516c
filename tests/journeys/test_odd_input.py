"""Nothing that somebody types or sends makes a page of staff break."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from omniman.models import Channel
from shopman.models import Tenant
from tests.journeys.test_isolation import world
from tests.shopman.factories import member

pytestmark = pytest.mark.django_db

#: What a search box, a filter or a link may bring.
ODD = {
    "nul": "a\x00b",
    "long": "x" * 10_000,
    "emoji": "👩‍👩‍👧‍👦 🇧🇷 é́́́",
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd",
    "lone half": "%ED%A0%80",
    "huge": "9" * 400,
    "negative": "-1",
    "infinite": "NaN",
    "markup": "\"><script>alert('x')</script>",
    "pattern": "(a+)+$ %_\\",
}
CURSORS = ["x", "=" * 50, base64.urlsafe_b64encode(b'["-pk",0,"\x00","nothing"]').decode()]


@pytest.fixture
def desk(tenant: Tenant, client: Client) -> Client:
    world(tenant, "own")
    client.force_login(member(tenant, "owner", username="rita", is_superuser=True))
    # A page that breaks answers as it does to people.
    client.raise_request_exception = False
    return client


def lists() -> Iterator[str]:
    for model in admin.site._registry:
        yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def queries() -> Iterator[str]:
    for name, text in ODD.items():
        given = text if text.startswith("%") else quote(text)
        yield f"?q={given}"
        if name in ("nul", "huge"):
            yield f"?o={given}&p={given}&uuid={given}"
    for text in CURSORS:
        yield f"?cursor={quote(text)}"
    yield "?e=1&q=a&q=b&o=1.2.3.-4&_facets=1&all="


def test_no_list_breaks_at_what_an_address_says(desk: Client) -> None:
    for address in lists():
        for query in queries():
            answer = desk.get(f"{address}{query}")
            assert answer.status_code < 500, f"{address}{query[:60]}: {answer.status_code}"
            assert b"<script>alert(" not in answer.content


def test_no_filter_of_a_list_breaks_at_its_value(desk: Client) -> None:
    for address in lists():
        shown = desk.get(address).context["cl"]
        names = {name for spec in shown.filter_specs for name in spec.expected_parameters() if name}
        for name in sorted(names):
            for odd in ("nul", "huge", "emoji"):
                given = quote(ODD[odd])
                answer = desk.get(f"{address}?{name}={given}")
                assert answer.status_code < 500, f"{address}?{name}={given[:40]}"


def test_a_nul_in_a_filter_is_an_odd_address(desk: Client) -> None:
    answer = desk.get("/admin/shopman/job/?status__exact=a%00b")
    assert answer.status_code == 302
    assert answer["Location"].endswith("?e=1")


@pytest.mark.parametrize("odd", ["nul", "huge", "emoji", "negative"])
def test_a_chosen_row_that_is_no_key_is_said_to_be_wrong(desk: Client, odd: str) -> None:
    text = ODD[odd]
    sent = {"price_list": text, "product": text, "minimum_quantity": text, "amount": text}
    answer = desk.post("/admin/offerman/pricelistitem/add/", sent)
    assert answer.status_code == 200
    assert {"price_list", "product"} <= answer.context["adminform"].form.errors.keys()
    member_form = desk.post(
        "/admin/shopman/membership/add/",
        {
            "username": "x",
            "role": "clerk",
            "limits-TOTAL_FORMS": "1",
            "limits-INITIAL_FORMS": "0",
            "limits-0-organization": text,
        },
    )
    assert member_form.status_code == 200


@pytest.mark.parametrize("given", ["NaN", '{"a": NaN}', '{"a": "\\u0000"}', "[1]", '"x"'])
def test_settings_of_a_channel_are_what_both_databases_take(
    desk: Client, tenant: Tenant, given: str
) -> None:
    row = Channel.all_tenants.filter(tenant=tenant).first()
    assert row is not None
    answer = desk.post(
        f"/admin/omniman/channel/{row.pk}/change/",
        {"name": "x", "settings": given, "shown_version": "1", "is_active": "on"},
    )
    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.settings == {}


def test_no_key_in_an_address_breaks_a_page(desk: Client) -> None:
    for address in lists():
        for odd in ("nul", "long", "markup"):
            given = quote(ODD[odd], safe="")
            answer = desk.get(f"{address}{given}/change/")
            assert answer.status_code < 500, f"{address}{given[:40]}/change/"
