"""The queue of possible duplicates as somebody sees and uses it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache

from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.duplicates.services import marks
from guestman.services import address, contact_point, customer
from shopman import tenancy
from shopman.models import Tenant
from tests.browser.looking import Eyes
from tests.shopman.factories import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/admin/guestman_duplicates/duplicatepair/"
BORN = dt.date(1980, 5, 17)


@pytest.fixture
def pairs(tenant: Tenant) -> list[str]:
    cache.clear()
    with tenancy.use(tenant):
        for name, last in (("Mariana", "Figueiredo"), ("Otto", "Krull"), ("Rosa", "Peixoto")):
            one = customer.create(first_name=name, last_name=last, birth_date=BORN)
            other = customer.create(first_name=name, last_name=f"{last} Salgado", birth_date=BORN)
            for each in (one, other):
                contact_point.add(customer=each, kind="phone", value="+5511987654321")
                address.add(
                    customer=each,
                    street="Rua das Flores",
                    number="12",
                    district="Boa Vista",
                    city="Recife",
                    region="PE",
                    postal_code="50000-000",
                )
            email = f"{name.lower()}.{last.lower()}@loja.com.br"
            contact_point.add(customer=one, kind="email", value=email)
        marks.compare_changed()
        rows = DuplicatePair.objects.waiting().sure().in_reading_order()
        return [f"{LIST}{key}/change/" for key in rows.values_list("uuid", flat=True)]


def test_the_queue_and_a_pair_look_right(eyes: Eyes, tenant: Tenant, pairs: list[str]) -> None:
    eyes.sign_in(member(tenant, "owner", username="bea"))
    eyes.see(LIST, "duplicates")
    eyes.see(pairs[0], "duplicates-pair")


def test_an_empty_queue_looks_right(eyes: Eyes, tenant: Tenant) -> None:
    eyes.sign_in(member(tenant, "owner", username="bea"))
    eyes.see(LIST, "duplicates-none")


def test_a_pair_is_decided_by_keys(eyes: Eyes, tenant: Tenant, pairs: list[str]) -> None:
    eyes.sign_in(member(tenant, "clerk", username="bea"))
    with eyes.open(pairs[0]) as watched:
        page = watched.page
        page.keyboard.press("s")
        page.wait_for_url(f"**{pairs[1]}")
        # A letter that is typed is a letter.
        page.get_by_label("Reason, if you like").fill("dd")
        page.get_by_label("Reason, if you like").press("s")
        assert page.url.endswith(pairs[1])
        page.get_by_role("heading", name="Side by side").click()
        page.keyboard.press("d")
        page.wait_for_url(f"**{pairs[2]}")
    with tenancy.use(tenant):
        decided = DuplicatePair.objects.get(state="different")
    assert (str(decided.pk) in pairs[1], decided.reason) == (True, "dds")


def test_a_pair_is_decided_without_script(eyes: Eyes, tenant: Tenant, pairs: list[str]) -> None:
    eyes.sign_in(member(tenant, "clerk", username="bea"))
    with eyes.open(pairs[0], script=False) as watched:
        watched.page.get_by_role("button", name="Different people").click()
        watched.page.wait_for_url(f"**{pairs[1]}")
    with tenancy.use(tenant):
        assert DuplicatePair.objects.filter(state="different").count() == 1
