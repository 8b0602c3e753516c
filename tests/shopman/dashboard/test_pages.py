"""The first page of the admin: for whom, from what, how often measured."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from shopman import dashboard, tenancy
from shopman.dashboard import Link, Scope, Step
from shopman.models import AuditEntry, Membership, MembershipOrganization, Tenant
from tests.shopman.dashboard.conftest import MakeFigure
from tests.shopman.factories import OrganizationFactory, member

pytestmark = pytest.mark.django_db
BLOCK = "/admin/dashboard/figures/tests.visits/"
FILE = "/admin/dashboard/tests.visits.csv"


def at_desk(tenant: Tenant, role: str = "read_only", **facts: str) -> Client:
    client = Client()
    client.force_login(member(tenant, role, **facts))
    return client


def test_the_page_waits_for_no_figure_and_shows_what_is_kept(
    tenant: Tenant, make_figure: MakeFigure
) -> None:
    asked: list[Scope] = []
    make_figure(asked=asked)
    client = at_desk(tenant)
    page = client.get("/admin/").content.decode()
    assert not asked
    assert f'hx-get="{BLOCK}"' in page
    assert f'<a href="{BLOCK}">' in page
    part = client.get(BLOCK, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Somebody was left out." in part
    page = client.get("/admin/").content.decode()
    assert len(asked) == 1
    assert "Somebody was left out." in page
    assert f'hx-get="{BLOCK}" hx-trigger' not in page


def test_without_script_a_figure_has_a_page_of_its_own(
    tenant: Tenant, make_figure: MakeFigure
) -> None:
    make_figure()
    page = at_desk(tenant).get(BLOCK).content.decode()
    assert "<html" in page
    assert "Somebody was left out." in page


def test_numbers_are_kept_for_a_while_and_measured_anew_on_request(
    tenant: Tenant, make_figure: MakeFigure
) -> None:
    asked: list[Scope] = []
    make_figure(asked=asked)
    client = at_desk(tenant)
    with time_machine.travel(dt.datetime(2026, 6, 1, 15, 4, tzinfo=dt.UTC), tick=False) as clock:
        client.get(BLOCK)
        client.get(BLOCK)
        # Whoever asks again at once gets what is fresh already.
        client.get(f"{BLOCK}?fresh=1")
        assert len(asked) == 1
        clock.shift(60)
        page = client.get(BLOCK).content.decode()
        assert "12:04" in page, "the shop's time, as of when it was measured"
        client.get(f"{BLOCK}?fresh=1")
        assert len(asked) == 2
        clock.shift(301)
        client.get(BLOCK)
        assert len(asked) == 3


def test_keeping_can_be_turned_off(
    tenant: Tenant, make_figure: MakeFigure, settings: Settings
) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "DASHBOARD_CACHE_SECONDS": 0}
    asked: list[Scope] = []
    make_figure(asked=asked)
    client = at_desk(tenant)
    client.get(BLOCK)
    client.get(BLOCK)
    assert len(asked) == 2


def test_everybody_gets_the_numbers_of_his_shop_and_organizations(
    tenant: Tenant, other_tenant: Tenant, make_figure: MakeFigure
) -> None:
    asked: list[Scope] = []
    make_figure(asked=asked)
    owner, limited = at_desk(tenant, "owner"), at_desk(tenant, "clerk", username="ana")
    with tenancy.use(tenant):
        branch = OrganizationFactory()
        MembershipOrganization.objects.create(
            membership=Membership.objects.get(user__username="ana"), organization=branch
        )
    stranger = at_desk(other_tenant)
    for client in (owner, limited, stranger):
        client.get(BLOCK)
    assert [scope.organizations for scope in asked] == [
        frozenset(),
        frozenset([branch.pk]),
        frozenset(),
    ]
    limited.get(BLOCK)
    assert len(asked) == 3


@pytest.mark.parametrize("address", ["/admin/", BLOCK, FILE])
def test_strangers_are_asked_to_sign_in(
    tenant: Tenant, make_figure: MakeFigure, address: str
) -> None:
    make_figure()
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("admin:login"))


def test_a_figure_is_taken_away_as_a_file_that_no_spreadsheet_computes(
    tenant: Tenant, make_figure: MakeFigure
) -> None:
    make_figure()
    with time_machine.travel(dt.datetime(2026, 6, 1, 1, tzinfo=dt.UTC)):
        answer = at_desk(tenant, "owner").get(FILE)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="testsvisits-2026-05-31.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows == [["Day", "'=Visits"], ["'+1 June", "1"]]
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    with tenancy.use(tenant):
        entry = AuditEntry.objects.get(action="figure.download")
    assert entry.subject == "figure:tests.visits"


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("clerk", 403), ("read_only", 403)])
def test_a_figure_is_taken_away_by_those_who_may_export(
    tenant: Tenant, make_figure: MakeFigure, role: str, status: int
) -> None:
    make_figure()
    client = at_desk(tenant, role)
    assert client.get(FILE).status_code == status
    block = client.get("/admin/dashboard/figures/tests.visits/").content.decode()
    assert (FILE in block) is (status == 200)


@pytest.mark.parametrize(
    "address",
    ["/admin/dashboard/nobody.knows.csv", "/admin/dashboard/figures/nobody.knows/",
     "/admin/dashboard/walls/tests.visits/"],
)  # fmt: skip
def test_what_is_not_on_the_dashboard_is_not_found(
    tenant: Tenant, make_figure: MakeFigure, address: str
) -> None:
    make_figure()
    assert at_desk(tenant).get(address).status_code == 404


@pytest.mark.parametrize("done", [0, 1, 3])
def test_a_new_shop_sees_what_to_do_first(
    tenant: Tenant, make_figure: MakeFigure, done: int
) -> None:
    make_figure()
    for number in range(3):
        dashboard.register(
            Step(
                key=f"tests.step-{number}",
                title=f"Step {number}",
                text="Do it.",
                link=lambda: Link(href="/first/", text="Go"),
                is_done=lambda number=number: number < done,  # type: ignore[misc]
                position=number,
            )
        )
    page = at_desk(tenant).get("/admin/").content.decode()
    assert page.count('<a href="/first/">') == (3 - done if done < 3 else 0)
    assert ("Welcome" in page) == (done == 0)
    assert ("Still to do" in page) == (done == 1)
    # No empty axes before there is anything.
    assert (BLOCK in page) == (done > 0)


def test_a_key_is_spelt_and_taken_once(make_figure: MakeFigure) -> None:
    make_figure()
    with pytest.raises(ImproperlyConfigured, match=r"already"):
        make_figure()
    with pytest.raises(ImproperlyConfigured, match=r"not like"):
        make_figure("visits")
