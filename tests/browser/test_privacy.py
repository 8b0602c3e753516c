"""Copying and erasing a person, as an owner does it."""

from __future__ import annotations

from typing import Any

import pytest

from guestman.models import Customer
from shopman import tenancy
from shopman.models import Tenant
from tests.browser.looking import Eyes
from tests.journeys import shop
from tests.privacy import someone
from tests.shopman.factories import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def marina(tenant: Tenant, settings: Any, tmp_path: Any, eyes: Eyes) -> Customer:
    settings.MEDIA_ROOT = tmp_path
    settings.GUESTMAN = {**settings.GUESTMAN, "ERASURE_LEDGER": str(tmp_path / "erasures.jsonl")}
    eyes.sign_in(member(tenant, "owner", username="olga"))
    shop.open_shop(tenant)
    with tenancy.use(tenant):
        return someone.make()


def test_a_person_is_erased_in_two_steps(eyes: Eyes, marina: Customer, tenant: Tenant) -> None:
    eyes.see(f"/admin/guestman/customer/{marina.pk}/change/", "privacy-customer")
    eyes.see(f"/admin/guestman_privacy/erasure/{marina.pk}/copy/", "privacy-copy")
    eyes.see(f"/admin/guestman_privacy/erasure/{marina.pk}/erase/", "privacy-erase")
    with eyes.open(f"/admin/guestman_privacy/erasure/{marina.pk}/erase/") as watched:
        page = watched.page
        page.get_by_label("Type CLI-QUARESMA to confirm").fill("CLI-QUARESMA")
        page.get_by_label("Reason").fill("request 17")
        page.get_by_role("button", name="Erase for good").click()
        page.get_by_text("The customer was erased.").wait_for()
    with tenancy.use(tenant):
        assert Customer.objects.get(pk=marina.pk).erased_at is not None
    eyes.see(f"/admin/guestman/customer/{marina.pk}/change/", "privacy-erased")
    eyes.see("/admin/guestman_privacy/erasure/", "privacy-erasures")
