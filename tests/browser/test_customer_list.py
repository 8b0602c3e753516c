"""A clerk finds somebody by a mistyped name; a manager works on many customers at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from guestman.models import Customer
from guestman.services import customer
from shopman import tenancy
from shopman.models import Job, Tenant
from tests.browser.looking import Eyes
from tests.conftest import make_tenant
from tests.shopman.factories import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/admin/guestman/customer/"


@pytest.fixture
def shop(settings: Settings, tmp_path: Path) -> Iterator[Tenant]:
    settings.MEDIA_ROOT = tmp_path
    made = make_tenant("shop", currency="BRL", time_zone="America/Sao_Paulo")
    with tenancy.use(made):
        yield made


def test_a_clerk_finds_a_mistyped_name_while_typing(shop: Tenant, eyes: Eyes) -> None:
    customer.create(first_name="João", last_name="Moura")
    customer.create(first_name="Beatriz", last_name="Nogueira")
    eyes.sign_in(member(shop, "clerk"))
    with eyes.open(LIST) as seen:
        page = seen.page
        page.locator("#searchbar").press_sequentially("Joao Mouro", delay=20)
        expect(page.locator("#list-summary")).to_have_text("1 similar")
        expect(page.locator("#list-results")).to_contain_text("These names are similar")
        expect(page.locator("#result_list tbody")).to_have_count(1)
        assert page.url.endswith("?q=Joao+Mouro") or "q=Joao%20Mouro" in page.url
        # What was found is still there on the way back.
        page.get_by_role("link", name="João Moura").click()
        page.wait_for_url("**/change/**")
        page.go_back()
        expect(page.locator("#list-summary")).to_have_text("1 similar")
        seen.quiet(eyes.host)


def test_what_was_found_while_typing_is_ticked_all_at_once(shop: Tenant, eyes: Eyes) -> None:
    customer.create(first_name="João", last_name="Moura")
    customer.create(first_name="Beatriz", last_name="Nogueira")
    eyes.sign_in(member(shop, "manager"))
    with eyes.open(LIST) as seen:
        seen.page.locator("#searchbar").press_sequentially("Moura", delay=20)
        expect(seen.page.locator("#list-summary")).to_have_text("1 customer")
        seen.page.locator("#action-toggle").check()
        expect(seen.page.locator("input[name=_selected_action]")).to_be_checked()
        expect(seen.page.locator(".action-counter")).to_contain_text("1 of 1")
        seen.quiet(eyes.host)


def test_enter_sends_the_search_as_a_plain_form(shop: Tenant, eyes: Eyes) -> None:
    customer.create(first_name="João", last_name="Moura")
    eyes.sign_in(member(shop, "clerk"))
    with eyes.open(LIST) as seen:
        seen.page.locator("#searchbar").fill("moura")
        seen.page.locator("#searchbar").press("Enter")
        seen.page.wait_for_url("**/?q=moura")
        expect(seen.page.locator("#list-summary")).to_have_text("1 customer")


def test_a_manager_assigns_thirty_and_exports(shop: Tenant, eyes: Eyes, settings: Settings) -> None:
    # No worker runs beside the test, whatever broker there is.
    settings.SHOPMAN = {**settings.SHOPMAN, "JOB_WORKERS": False}
    manager = member(shop, "manager", username="bea")
    for number in range(30):
        customer.create(first_name="Ana", last_name=f"Number {number}")
    eyes.sign_in(manager)
    with eyes.open(LIST) as seen:
        page = seen.page
        page.locator("#action-toggle").check()
        page.get_by_text("Choose all on every page").click()
        page.locator("select[name=action]").select_option("guestman.assign")
        page.get_by_role("button", name="Run").click()
        expect(page.locator("#content-main")).to_contain_text("30 customers")
        page.locator("select[name=assigned_to]").select_option(str(manager.pk))
        page.get_by_role("button", name="Start").click()
        expect(page.locator("#job-sentence")).to_have_text("Done: 30 rows.")
        seen.quiet(eyes.host)
    assert Customer.objects.filter(assigned_to=manager).count() == 30
    eyes.see(f"/admin/shopman/job/{Job.objects.get().pk}/change/", "job")
    eyes.see(LIST, "customers")
    eyes.see(f"{LIST}?q=nobody+like+this", "customers-empty")
