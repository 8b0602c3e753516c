"""Who works for a shop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from shopman import tenancy
from shopman.models import AuditEntry, Membership, Tenant
from shopman.tenancy import team
from shopman.tenancy.team import AlreadyOnTheTeam, InvalidMember, LastOwner, UserNameTaken
from tests.conftest import Race
from tests.shopman.factories import UserFactory, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

PASSWORD = "correct horse battery staple"
ADD = "/admin/shopman/membership/add/"
INLINE = {"limits-TOTAL_FORMS": "0", "limits-INITIAL_FORMS": "0"}


@pytest.fixture
def owner(in_tenant: Tenant) -> Client:
    client = Client()
    client.force_login(member(in_tenant, "owner", username="olga"))
    return client


def test_an_owner_adds_somebody_with_a_new_account(owner: Client) -> None:
    sent = {"username": "rita", "password": PASSWORD, "role": "clerk", **INLINE}
    assert owner.post(ADD, sent).status_code == 302
    row = Membership.objects.get(user__username="rita")
    assert row.role == "clerk"
    assert row.user.is_staff
    assert not row.user.is_superuser
    assert Client().login(username="rita", password=PASSWORD)
    entry = AuditEntry.objects.get(subject=f"membership:{row.pk}")
    assert entry.after == {"user": "rita", "role": "clerk"}
    assert PASSWORD not in str(vars(entry))


def test_somebody_of_another_shop_joins_with_the_account_he_has(other_tenant: Tenant) -> None:
    known = member(other_tenant, "manager", username="rui")
    row = team.join(username="rui", role="clerk")
    assert row.user == known
    with pytest.raises(AlreadyOnTheTeam):
        team.join(username="rui", role="owner")
    assert Membership.objects.get(user=known).role == "clerk"


def test_nobodys_password_is_changed_by_adding_them(other_tenant: Tenant) -> None:
    known = member(other_tenant, "manager", username="rui")
    before = known.password
    with pytest.raises(UserNameTaken):
        team.join(username="rui", role="clerk", password=PASSWORD)
    known.refresh_from_db()
    assert known.password == before
    assert not Membership.objects.exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"username": "rita", "password": "12345678"}, "password"),
        ({"username": "rita"}, "password"),
        ({"username": "no spaces", "password": PASSWORD}, "username"),
    ],
)
def test_what_cannot_be_an_account_is_said_beside_the_field(
    owner: Client, facts: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidMember) as refused:
        team.join(role="clerk", **facts)
    assert {each.field for each in refused.value.errors} == {field}
    answer: Any = owner.post(ADD, {"password": "", "role": "clerk", **facts, **INLINE})
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors
    assert not get_user_model()._default_manager.filter(username=facts["username"]).exists()


def test_the_last_owner_stays(in_tenant: Tenant) -> None:
    user = member(in_tenant, "owner", username="olga")
    row = Membership.objects.get(user=user)
    with pytest.raises(LastOwner):
        team.change_role(membership=row, role="clerk")
    with pytest.raises(LastOwner):
        team.leave(membership=row)
    member(in_tenant, "owner", username="rui")
    team.leave(membership=row)
    assert not Membership.objects.filter(user=user).exists()
    assert get_user_model()._default_manager.filter(pk=user.pk).exists()


def test_a_role_is_changed_on_the_page_and_remembered(owner: Client, in_tenant: Tenant) -> None:
    row = Membership.objects.get(user=member(in_tenant, "clerk", username="rita"))
    page = f"/admin/shopman/membership/{row.pk}/change/"
    assert owner.post(page, {"role": "manager", **INLINE}).status_code == 302
    row.refresh_from_db()
    assert row.role == "manager"
    entry = AuditEntry.objects.get(subject=f"membership:{row.pk}")
    assert (entry.before, entry.after) == ({"role": "clerk"}, {"role": "manager"})


def test_a_user_is_no_member_elsewhere_by_joining_here(other_tenant: Tenant) -> None:
    UserFactory(username="rui")
    team.join(username="rui", role="clerk")
    with tenancy.use(other_tenant):
        assert not Membership.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_owners_who_step_down_at_once_leave_one(in_tenant: Tenant, race: Race) -> None:
    for name in ("olga", "rui"):
        member(in_tenant, "owner", username=name)

    def step_down(row: Membership) -> Callable[[], object]:
        return lambda: team.change_role(membership=row, role="clerk")

    outcomes = race(*map(step_down, Membership.objects.all()))
    assert sorted(type(each.error).__name__ for each in outcomes) == ["LastOwner", "NoneType"]
    assert Membership.objects.filter(role="owner").count() == 1
