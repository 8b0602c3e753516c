"""The queue of staff: what is in it, the page of a pair, decisions by its buttons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from guestman.admin import pair_acts
from guestman.admin.pair_acts import PairAct
from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.services import decisions, marks
from guestman.models import Customer
from guestman.services import address, contact_point, customer
from shopman import tenancy
from shopman.models import Membership, Tenant
from tests.shopman.factories import OrganizationFactory, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

BORN = dt.date(1980, 5, 17)
LIST = "/admin/guestman_duplicates/duplicatepair/"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def desk(tenant: Tenant, role: str = "clerk") -> Client:
    client = Client()
    client.force_login(member(tenant, role, username=f"{role}-{tenant.slug}"))
    return client


def made(first: str = "Ana", other: str = "Anna", last: str = "Souza") -> DuplicatePair:
    one = customer.create(first_name=first, last_name=last, birth_date=BORN)
    customer.create(first_name=other, last_name=last, birth_date=BORN)
    marks.compare_changed()
    return DuplicatePair.objects.of(one.pk).select_related("low", "high").get()


def page(pair: DuplicatePair, act: str = "change") -> str:
    return f"{LIST}{pair.pk}/{act}/"


def test_an_empty_queue_says_so_in_plain_words(in_tenant: Tenant) -> None:
    shown = desk(in_tenant).get(LIST).content.decode()
    assert "Nothing to decide: no two customers look like one person." in shown


def test_the_queue_has_what_is_worth_deciding_first(in_tenant: Tenant) -> None:
    sure, other = made(last="Krull"), made("Rui", "Ruy", "Silva")
    Customer.objects.filter(pk=other.low_id).update(birth_date=None)
    marks.mark([other.low_id])
    marks.compare_changed()
    client = desk(in_tenant)
    shown = client.get(LIST).content.decode()
    assert "Nothing to decide" not in shown
    assert page(sure) in shown
    assert page(other) not in shown
    assert page(other) in client.get(f"{LIST}?show=possible").content.decode()


def test_the_page_shows_both_with_what_differs(in_tenant: Tenant) -> None:
    pair = made()
    for each in (pair.low, pair.high):
        contact_point.add(customer=each, kind="phone", value="+5511987654321")
    contact_point.add(customer=pair.high, kind="email", value="ana@loja.com.br")
    address.add(customer=pair.low, street="Rua das Flores", number="12", city="Recife")
    shown = desk(in_tenant, "owner").get(page(pair)).content.decode()
    for text in ("One person or two?", "differs", "the same", "only one has it", "Rua das Flores"):
        assert text in shown
    assert "ana@loja.com.br" in shown
    assert "First name: a letter or two apart (+" in shown


def test_contacts_are_masked_by_role(in_tenant: Tenant) -> None:
    pair = made()
    for each in (pair.low, pair.high):
        contact_point.add(customer=each, kind="email", value="ana.souza@loja.com.br")
    shown = desk(in_tenant, "read_only").get(page(pair)).content.decode()
    assert "ana.souza@" not in shown
    assert "a•••@" in shown


def test_different_people_leads_to_the_next_pair(in_tenant: Tenant) -> None:
    first, second = made(last="Krull"), made("Rui", "Ruy", "Peixoto")
    client = desk(in_tenant)
    answer = client.post(page(first, "different"), {"reason": "mother and daughter"})
    assert answer.url == page(second)
    first.refresh_from_db()
    assert (first.state, first.reason) == ("different", "mother and daughter")
    assert first.decided_by.startswith("user:")
    assert page(first) in client.get(f"{LIST}?show=different").content.decode()
    assert client.post(page(second, "different"), {}).url == LIST


def test_a_decision_is_taken_back_on_the_page(in_tenant: Tenant) -> None:
    pair = made()
    decisions.different(pair.pk)
    client = desk(in_tenant)
    shown = client.get(page(pair)).content.decode()
    assert "Take it back" in shown
    assert "What was decided" in shown
    assert client.post(page(pair, "reopen"), {}).url == page(pair)
    pair.refresh_from_db()
    assert pair.state == "open"


def test_who_may_only_look_decides_nothing(in_tenant: Tenant) -> None:
    pair = made()
    client = desk(in_tenant, "read_only")
    assert page(pair, "different") not in client.get(page(pair)).content.decode()
    assert client.post(page(pair, "different"), {}).status_code == 403
    pair.refresh_from_db()
    assert pair.state == "open"


def test_another_shop_sees_nothing(in_tenant: Tenant, other_tenant: Tenant) -> None:
    pair = made()
    client = desk(other_tenant)
    assert client.get(page(pair)).status_code == 302
    assert client.post(page(pair, "different"), {}).status_code in (302, 403, 404)
    pair.refresh_from_db()
    assert pair.state == "open"


def test_who_works_in_one_branch_sees_its_pairs_only(in_tenant: Tenant) -> None:
    branch, other = OrganizationFactory(), OrganizationFactory()
    with tenancy.use(in_tenant, organization=other):
        hidden = made()
    with tenancy.use(in_tenant, organization=branch):
        own = made("Rui", "Ruy", "Peixoto")
    user = member(in_tenant, "clerk", username="rui")
    Membership.objects.get(user=user).organizations.add(branch)
    client = Client()
    client.force_login(user)
    shown = client.get(LIST).content.decode()
    assert page(own) in shown
    assert page(hidden) not in shown
    assert client.post(page(hidden, "different"), {}).status_code in (302, 403, 404)
    hidden.refresh_from_db()
    assert hidden.state == "open"
    assert client.post(page(own, "different"), {}).url == LIST


@pytest.fixture
def an_act() -> Iterator[None]:
    act = PairAct(
        key="fuse", label="Fuse", address=lambda one, other: f"/x/{one.code}/", shortcut="f"
    )
    pair_acts.register(act)
    yield
    pair_acts.unregister("fuse")


@pytest.mark.usefixtures("an_act")
def test_what_others_registered_is_offered_while_the_pair_is_open(in_tenant: Tenant) -> None:
    pair = made()
    client = desk(in_tenant)
    assert f"/x/{pair.low.code}/" in client.get(page(pair)).content.decode()
    decisions.different(pair.pk)
    assert f"/x/{pair.low.code}/" not in client.get(page(pair)).content.decode()


def test_a_pair_told_apart_is_not_suggested_on_the_customers_page(in_tenant: Tenant) -> None:
    pair = made()
    client = desk(in_tenant)
    url = f"/admin/guestman/customer/{pair.low_id}/change/"
    assert page(pair) in client.get(url).content.decode()
    decisions.different(pair.pk)
    assert "May be the same person" not in client.get(url).content.decode()
