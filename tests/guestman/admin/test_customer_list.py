"""The customers' list: pages by key, what others add, and names that were mistyped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin import SimpleListFilter
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from guestman.models import Customer, CustomerGroup
from guestman.services import customer
from shopman import lists
from shopman.admin.listing import about
from shopman.lists import Column
from shopman.models import Tenant
from shopman.tenancy import resolver
from tests.guestman.factories import CustomerFactory, CustomerGroupFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

LIST = "/admin/guestman/customer/"
PAGE = "guestman.customer"


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def walk(client: Client, query: str, link: str = "next_address") -> tuple[list[Any], str]:
    """Everybody in the list by following its links, and the query string of the last page."""
    seen: list[Any] = []
    while True:
        answer = client.get(f"{LIST}{query}")
        assert answer.status_code == 200
        found = [row.pk for row in answer.context["cl"].result_list]
        seen = seen + found if link == "next_address" else found + seen
        following = getattr(answer.context["cl"], link)
        if not following:
            return seen, query
        query = following


@pytest.mark.parametrize("column", ["", "who", "-who", "changed", "-changed"])
def test_pages_are_the_whole_list_and_lead_back(desk: Client, column: str) -> None:
    CustomerFactory.create_batch(30, first_name="Ana")
    CustomerFactory.create_batch(30, first_name="Bia")
    whole = {row.pk for row in Customer.objects.all()}
    there, last = walk(desk, ordered(desk, column))
    back, _first = walk(desk, last, "previous_address")
    assert (len(there), set(there)) == (60, whole)
    assert back == there
    if column == "who":
        names = [Customer.objects.get(pk=key).first_name for key in there]
        assert names == sorted(names)


def ordered(client: Client, column: str) -> str:
    """The query string that orders the list by a column, with a second one that is ignored."""
    shown = client.get(LIST).context["cl"].list_display
    number = shown.index(column.lstrip("-")) if column else ""
    return f"?o={'-' if column.startswith('-') else ''}{number}.3" if column else "?"


def test_a_page_keeps_filters_and_search_and_no_link_keeps_the_page(desk: Client) -> None:
    CustomerFactory.create_batch(30, status="prospect", search_text="ana")
    first = desk.get(f"{LIST}?status__exact=prospect&q=ana")
    query = first.context["cl"].next_address
    assert "status__exact=prospect" in query
    assert "q=ana" in query
    second = desk.get(f"{LIST}{query}")
    shown = text(second)
    assert len(second.context["cl"].result_list) == 5
    assert re.findall(r'<input type="hidden" name="cursor"', shown) == []


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "%00", "1" * 4000])
def test_an_invented_place_leads_to_the_first_page(desk: Client, cursor: str) -> None:
    answer = desk.get(f"{LIST}?cursor={cursor}")
    assert answer.status_code == 302


@pytest.mark.parametrize("key", ["x", "9" * 30])
def test_nobody_is_assigned_to_who_is_not_of_the_team(desk: Client, key: str) -> None:
    CustomerFactory()
    assert list(desk.get(LIST, {"assigned_to": key}).context["cl"].result_list) == []


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Asia/Tokyo"])
def test_the_ends_of_the_calendar_are_days_as_any_other(
    desk: Client, tenant: Tenant, zone: str
) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(time_zone=zone)
    resolver.forget()
    CustomerFactory()
    answer = desk.get(LIST, {"created_at_from": "0001-01-01", "created_at_to": "9999-12-31"})
    assert len(answer.context["cl"].result_list) == 1


def test_what_is_shown_is_said(desk: Client, settings: Settings) -> None:
    CustomerFactory.create_batch(2)
    assert desk.get(LIST).context["cl"].summary == "2 customers"
    CustomerFactory.create_batch(30)
    assert desk.get(LIST).context["cl"].summary == "25 shown"
    assert 'id="list-summary" role="status"' in text(desk.get(LIST))


@pytest.mark.parametrize(
    ("count", "said"),
    [(1234, "about 1,200"), (98_765, "about 99,000"), (1_240_000, "about 1.2 million")],
)
def test_estimates_are_rounded_as_people_say_them(count: int, said: str) -> None:
    assert about(count) == said


# -- what others add ------------------------------------------------------------------------------


class Short(SimpleListFilter):
    title = "short"
    parameter_name = "short"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "Short names")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(first_name="Al") if self.value() else queryset


@pytest.fixture
def added() -> Iterator[list[int]]:
    asked: list[int] = []

    def cells(rows: Any) -> dict[Any, str]:
        asked.append(len(rows))
        return {row.pk: f"<b>{row.first_name.upper()}" for row in rows if row.first_name != "Al"}

    lists.register_column(PAGE, Column(key="loud", title="Loud", cells=cells))
    lists.register_filter(PAGE, Short)
    yield asked
    lists.unregister_column(PAGE, "loud")
    lists.unregister_filter(PAGE, Short)


def test_others_add_columns_and_filters(desk: Client, added: list[int]) -> None:
    CustomerFactory(first_name="Al")
    CustomerFactory(first_name="Bartholomew")
    shown = text(desk.get(LIST))
    assert "&lt;b&gt;BARTHOLOMEW" in shown
    assert "Short names" in shown
    assert added == [2]
    narrowed = desk.get(f"{LIST}?short=1").context["cl"].result_list
    assert [row.first_name for row in narrowed] == ["Al"]


def test_a_column_of_the_same_key_is_refused(added: list[int]) -> None:
    with pytest.raises(Exception, match="loud"):
        lists.register_column(PAGE, Column(key="loud", title="Other", cells=lambda rows: {}))


# -- mistyped -------------------------------------------------------------------------------------


@pytest.fixture
def people() -> None:
    for first, last in [("João", "Moura"), ("Beatriz", "Nogueira"), ("Maria", "Silva")]:
        customer.create(first_name=first, last_name=last)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Joao Mouro", "João"),
        ("Beatris", "Beatriz"),
        ("beatriz nogeira", "Beatriz"),
        ("jaoo", "João"),
        ("Mairia Silav", "Maria"),
    ],
)
def test_a_mistyped_name_finds_who_was_meant(
    desk: Client, people: None, typed: str, meant: str
) -> None:
    answer = desk.get(LIST, {"q": typed})
    assert [row.first_name for row in answer.context["cl"].result_list] == [meant]
    assert "These names are similar" in text(answer)
    assert answer.context["cl"].summary == "1 similar"


def test_similar_ones_are_shown_only_where_nobody_matches(desk: Client, people: None) -> None:
    customer.create(first_name="Beatris", last_name="Prado")
    answer = desk.get(LIST, {"q": "Beatris"})
    assert [row.first_name for row in answer.context["cl"].result_list] == ["Beatris"]
    assert "similar" not in text(answer)
    nobody = desk.get(LIST, {"q": "Wolfgang"})
    assert nobody.context["cl"].result_list == []
    assert nobody.context["cl"].summary == "0 customers"


def test_similar_ones_obey_the_filters(desk: Client, people: None) -> None:
    answer = desk.get(LIST, {"q": "Joao Mouro", "status__exact": "prospect"})
    assert answer.context["cl"].result_list == []


# -- twenty thousand ------------------------------------------------------------------------------


@pytest.fixture
def crowd(in_tenant: Tenant) -> CustomerGroup:
    group: CustomerGroup = CustomerGroupFactory(code="few")
    Customer.objects.bulk_create(
        [
            CustomerFactory.build(
                tenant=in_tenant,
                code=f"B-{n}",
                first_name=f"Name{n * 7919 % 20011}",
                status="churned" if n % 500 == 0 else "active",
                group=group if n % 400 == 0 else None,
                search_text=f"name{n * 7919 % 20011} surname{n}\nb-{n}\n55219{n:08d}",
            )
            for n in range(20_000)
        ],
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE guestman_customer")
    return group


@pytest.mark.postgres
def test_every_list_of_twenty_thousand_is_read_by_an_index(
    desk: Client, crowd: CustomerGroup, settings: Settings
) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "TENANT_CACHE_SECONDS": 60}
    desk.get(LIST)
    deep = ordered(desk, "who")
    for _page in range(20):
        deep = desk.get(f"{LIST}{deep}").context["cl"].next_address
    cases = {
        "?": None,
        ordered(desk, "-who"): None,
        ordered(desk, "changed"): None,
        deep: None,
        "?status__exact=churned": None,
        "?status__exact=active": None,
        f"?group={crowd.pk}": None,
        "?q=surname777": None,
        "?q=name11+surname": None,
        "?q=55219%2000000042": None,
        "?q=surnema777": None,
    }
    counts = {}
    for query in cases:
        with CaptureQueriesContext(connection) as asked:
            answer = desk.get(f"{LIST}{query}")
        assert answer.status_code == 200
        counts[query] = len(asked)
        for one in asked.captured_queries:
            sql = one["sql"]
            if 'FROM "guestman_customer"' not in sql or sql.startswith("EXPLAIN"):
                continue
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan on guestman_customer" not in plan, f"{query}\n{sql}\n{plan}"
            sorts = re.findall(r"Sort .*rows=(\d+)", plan)
            assert all(int(rows) < 1000 for rows in sorts), f"{query}\n{plan}"
        assert not any("COUNT(" in one["sql"] for one in asked.captured_queries)
    plain = {count for query, count in counts.items() if "q=" not in query}
    assert len(plain) <= 2, counts
    assert max(counts.values()) <= 16, counts
    assert "about 20,000" in desk.get(LIST).context["cl"].summary
