"""Views of a list that staff save."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from shopman import saved_views, tenancy
from shopman.models import SavedView, Tenant
from tests.guestman.admin.conftest import at_desk
from tests.guestman.factories import CustomerFactory
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

LIST = "/admin/guestman/customer/"


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def save(client: Client, query: str, name: str, **more: str) -> Any:
    return client.post(f"{LIST}view/", {"query": query, "name": name, **more}, follow=True)


def test_a_view_is_saved_from_the_list_and_opened_again(desk: Client) -> None:
    CustomerFactory(status="prospect", first_name="Ana")
    CustomerFactory()
    assert "Save this view" not in text(desk.get(LIST))
    narrowed = text(desk.get(f"{LIST}?status__exact=prospect"))
    assert "Save this view" in narrowed
    assert 'name="query" value="status__exact=prospect"' in narrowed
    answer = save(desk, "status__exact=prospect", "Prospects")
    assert "“Prospects” was saved." in text(answer)
    assert answer.redirect_chain[-1][0] == f"{LIST}?status__exact=prospect"
    assert "Save this view" not in text(answer)
    (shown,) = desk.get(LIST).context["cl"].views
    assert (shown.name, shown.is_current) == ("Prospects", False)
    opened = desk.get(f"{LIST}{shown.address}").context["cl"]
    assert [row.first_name for row in opened.result_list] == ["Ana"]
    assert opened.views[0].is_current


@pytest.mark.parametrize(
    "query",
    ["code=C-1", "nonsense=1", "cursor=x", "group=x", "q=%00", "p=2"],
)
def test_what_the_list_does_not_know_is_not_saved(desk: Client, query: str) -> None:
    answer = save(desk, query, "Mine")
    assert answer.status_code == 200
    known = query in ("cursor=x", "p=2")
    assert SavedView.objects.exists() is known
    if not known:
        assert "The list cannot be narrowed that way." in text(answer)


def test_no_list_is_asked_with_a_pattern(desk: Client) -> None:
    assert desk.get(f"{LIST}?first_name__regex=(").status_code == 400
    assert save(desk, "first_name__regex=(", "Mine").status_code == 400
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\nb\x07"])
def test_a_name_is_needed(desk: Client, name: str) -> None:
    answer = save(desk, "q=ana", name)
    assert "A view&#x27;s name has 1 to 60 characters." in text(answer) or "“a b" in text(answer)
    assert not SavedView.objects.filter(name=name).exists()


def test_names_are_ones_own(desk: Client, tenant: Tenant) -> None:
    save(desk, "q=ana", "Anas")
    assert "You have a view of this name already." in text(save(desk, "q=bia", "Anas"))
    save(at_desk(member(tenant, "clerk", username="bia")), "q=bia", "Anas")
    assert SavedView.objects.count() == 2


def test_the_team_sees_what_is_shared_and_changes_only_its_own(
    desk: Client, tenant: Tenant, other_tenant: Tenant
) -> None:
    save(desk, "q=ana", "Mine")
    save(desk, "q=bia", "Ours", is_shared="on")
    ours = SavedView.objects.get(name="Ours")
    colleague = at_desk(member(tenant, "manager", username="bia"))
    assert [view.name for view in colleague.get(LIST).context["cl"].views] == ["Ours"]
    assert not colleague.get(LIST).context["cl"].views[0].edit
    assert colleague.post(f"{LIST}view/{ours.pk}/", {"delete": ""}).status_code == 403
    mine = SavedView.objects.get(name="Mine")
    assert colleague.get(f"{LIST}view/{mine.pk}/").status_code == 404
    owner = at_desk(member(tenant, "owner", username="own"))
    assert owner.get(f"{LIST}view/{ours.pk}/").status_code == 200
    stranger = at_desk(member(other_tenant, "owner", username="far"))
    with tenancy.use(other_tenant):
        assert stranger.get(f"{LIST}view/{ours.pk}/").status_code == 404


def test_a_view_is_renamed_and_deleted(desk: Client) -> None:
    save(desk, "q=ana", "Anas")
    view = SavedView.objects.get()
    address = f"{LIST}view/{view.pk}/"
    assert "Delete this view" in text(desk.get(address))
    assert desk.post(address, {"name": " The  Anas ", "is_shared": "on"})["Location"].endswith(
        "?q=ana"
    )
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("The Anas", True)
    assert desk.post(address, {"delete": ""}).status_code == 302
    assert not SavedView.objects.exists()


def test_who_only_looks_saves_for_himself(tenant: Tenant) -> None:
    reader = at_desk(member(tenant, "read_only", username="eye"))
    save(reader, "q=ana", "Anas", is_shared="on")
    assert not SavedView.objects.get().is_shared


def test_a_query_too_long_is_refused(in_tenant: Tenant) -> None:
    user = member(in_tenant, "clerk", username="ana2")
    with pytest.raises(saved_views.ViewTooLong):
        saved_views.save(user=user, page="x.y", name="n", query="q=" + "x" * 2000)
