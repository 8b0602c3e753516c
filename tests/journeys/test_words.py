"""Staff read words: no page is called, or tells what happened, in the names of the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from config import navigation
from guestman.contrib.insights.service import InsightService
from guestman.services import customer
from offerman.services import price_list, product
from omniman.services import channel
from shopman import audit_trail, trail_words
from shopman.models import AuditEntry, OutboxEvent, Tenant
from tests.shopman.factories import member

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
APPS = ("shopman", "guestman", "doorman", "omniman", "offerman")
#: Actions whose names are put together where they are recorded.
MADE_UP = {
    *(f"pair.{state}" for state in ("open", "different", "merged")),
    *(f"identifier.{verb}" for verb in ("accept", "add", "refuse", "release")),
    *(f"blocked_value.{verb}" for verb in ("add", "remove")),
    *(f"review_item.{verb}" for verb in ("open", "reopen", "resolve")),
    *("identity.match", "privacy.erase"),
    *(f"price_import.{verb}" for verb in ("add", "change", "remove")),
    *(f"job.{state}" for state in ("done", "cancelled", "failed")),
    *(f"team.{verb}" for verb in ("join", "change_role", "leave")),
}
ACTION = re.compile(r"""(?:action=|audit\(\s*[\w.]+,\s*)["']([a-z_]+\.[a-z_]+)["']""")


def actions() -> Iterator[str]:
    for app in APPS:
        for file in (ROOT / app).rglob("*.py"):
            yield from ACTION.findall(file.read_text())


@pytest.fixture
def owner(tenant: Tenant, client: Client) -> Client:
    client.force_login(member(tenant, "owner", username="rita"))
    return client


def test_every_action_the_code_records_is_a_sentence() -> None:
    known = trail_words._ACTIONS.keys()
    assert {*actions(), *MADE_UP} <= known


def test_every_event_the_outbox_tells_is_a_sentence() -> None:
    table = (ROOT / "docs/reference/events.md").read_text().partition("## Outbox events")[2]
    names = re.findall(r"^\| `([a-z]+\.[a-z_]+)`", table, re.MULTILINE)
    assert len(names) > 10
    assert set(names) <= trail_words._EVENTS.keys()


def test_every_command_that_acts_has_a_name() -> None:
    found = {
        file.stem
        for app in (*APPS, "config")
        for file in (ROOT / app).rglob("management/commands/*.py")
        if not file.stem.startswith("_")
    }
    assert found <= trail_words._COMMANDS.keys()


def test_a_list_is_called_what_the_menu_calls_it(owner: Client) -> None:
    groups = owner.get("/admin/").context["sidebar_navigation"]
    for group in groups:
        for item in group["items"]:
            answer = owner.get(item["link"])
            assert str(answer.context["title"]) == str(item["title"]), item["link"]
    assert len(groups) == len(navigation.GROUPS)


@pytest.mark.usefixtures("in_tenant")
def test_the_history_of_prices_speaks_of_money_and_names(owner: Client) -> None:
    sold = product.create(sku="TEA", name="Tea", base_price_amount=500, currency="BRL")
    product.update(product=sold.uuid, base_price_amount=650)
    club = price_list.create(code="club", name="Club", currency="BRL")
    item = price_list.add_item(
        price_list=club.uuid, product=sold.uuid, amount=450, minimum_quantity=Decimal(10)
    )
    price_list.change_item(price_list=club.uuid, item=item.uuid, amount=400)
    told = [
        # The columns of an entry come in the order the database keeps JSON in.
        (entry.action, {(line.field, line.old, line.new) for line in entry.lines})
        for entry in (
            *audit_trail.of(item.subject, limit=2),
            *audit_trail.of(sold.subject, limit=1),
        )
    ]
    assert told == [
        ("Price changed", {("unit price", "R$4.50", "R$4.00")}),
        (
            "Price added",
            {
                ("price list", "", "Club"),
                ("product", "", "TEA Tea"),
                ("from quantity", "", "10"),
                ("unit price", "", "R$4.50"),
            },
        ),
        ("Product changed", {("base price", "R$5.00", "R$6.50")}),
    ]
    page = owner.get(f"/admin/offerman/pricelistitem/{item.pk}/history/").content.decode()
    assert "R$4.00" in page
    assert str(item.pk) not in str(item)


@pytest.mark.usefixtures("in_tenant")
def test_a_price_that_is_gone_is_still_told_in_its_money(owner: Client) -> None:
    sold = product.create(sku="TEA", name="Tea", base_price_amount=500, currency="EUR")
    club = price_list.create(code="club", name="Club", currency="EUR")
    item = price_list.add_item(price_list=club.uuid, product=sold.uuid, amount=450)
    price_list.remove_item(price_list=club.uuid, item=item.uuid)
    (entry,) = audit_trail.of(item.subject, limit=1)
    assert entry.action == "Price removed"
    assert ("unit price", "€4.50") in [(line.field, line.old) for line in entry.lines]
    row = AuditEntry.objects.get(action="price_list.remove_item")
    page = owner.get(f"/admin/shopman/auditentry/{row.pk}/change/")
    assert page.context["subtitle"] == "Price removed"
    assert f"/admin/offerman/pricelistitem/{item.pk}/" not in page.content.decode()


@pytest.mark.usefixtures("in_tenant")
def test_changes_and_messages_lead_to_what_they_are_about(owner: Client) -> None:
    ana = customer.create(first_name="Ana <b>", phone="+5511987654321")
    channel.create(code="web", name="Web shop")
    for address in ("/admin/shopman/auditentry/", "/admin/shopman/outboxevent/"):
        page = owner.get(address).content.decode()
        assert f'<a class="sm-link" href="/admin/guestman/customer/{ana.pk}/change/">' in page
        assert "Ana &lt;b&gt;" in page
    event = OutboxEvent.objects.get(name="guestman.customer_created")
    page = owner.get(f"/admin/shopman/outboxevent/{event.pk}/change/").content.decode()
    assert "A customer was made" in page
    assert "(&#x27;" not in page, "a state is words, not what Python calls a pair"


@pytest.mark.usefixtures("in_tenant")
def test_an_insight_is_called_by_its_customer(owner: Client) -> None:
    ana = customer.create(first_name="Ana")
    row = InsightService.recalculate(ana.code)
    page = owner.get(f"/admin/guestman_insights/customerinsight/{row.pk}/change/")
    assert page.context["subtitle"] == "Ana"
    assert "fixed bounds" in page.content.decode()


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 403), ("read_only", 403)])
def test_messages_between_systems_are_for_those_who_manage_the_shop(
    tenant: Tenant, client: Client, role: str, status: int
) -> None:
    client.force_login(member(tenant, role))
    assert client.get("/admin/shopman/outboxevent/").status_code == status


def test_an_empty_log_does_not_ask_to_be_filled_by_hand(owner: Client) -> None:
    page = owner.get("/admin/doorman/authevent/").content.decode()
    assert "Nothing here yet" in page
    assert "Show all" not in page
    assert "Nothing found" in owner.get("/admin/guestman/customer/?q=nobody").content.decode()
