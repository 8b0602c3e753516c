"""Copying and erasing a person, as an owner does it."""

from __future__ import annotations

import zipfile
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from guestman.contrib.privacy.models import Erasure
from guestman.contrib.privacy.service import export
from guestman.models import Customer
from guestman.services import contact_point
from shopman import tenancy
from shopman.models import Tenant
from tests.browser.looking import SCHEMES, WIDTHS, Eyes
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
        made = someone.make()
        # One order that is under way, and one that may be hers.
        someone.place(made)
        contact_point.add(customer=made, kind="phone", value="+5511987652222")
        someone.deliver(someone.as_guest(guest_name="Otto Lima", guest_phone="+5511987652222"))
    return made


def test_a_person_is_erased_in_two_steps(eyes: Eyes, marina: Customer, tenant: Tenant) -> None:
    eyes.see(f"/admin/guestman/customer/{marina.pk}/change/", "privacy-customer")
    eyes.see(f"/admin/guestman_privacy/erasure/{marina.pk}/copy/", "privacy-copy")
    eyes.see(f"/admin/guestman_privacy/erasure/{marina.pk}/erase/", "privacy-erase")
    with eyes.open(f"/admin/guestman_privacy/erasure/{marina.pk}/erase/") as watched:
        page = watched.page
        page.get_by_label("Type CLI-QUARESMA to confirm").fill("CLI-QUARESMA")
        page.get_by_label("Reason").fill("request 17")
        page.get_by_label("I looked at all of them").check()
        page.get_by_role("button", name="Erase for good").click()
        page.get_by_text("The customer was erased.").wait_for()
    with tenancy.use(tenant):
        assert Customer.objects.get(pk=marina.pk).erased_at is not None
    eyes.see(f"/admin/guestman/customer/{marina.pk}/change/", "privacy-erased")
    eyes.see("/admin/guestman_privacy/erasure/", "privacy-erasures")
    key = Erasure.all_tenants.get().pk
    eyes.see(f"/admin/guestman_privacy/erasure/{key}/change/", "privacy-erasure")


@pytest.mark.parametrize("language", ["en", "pt-br"])
def test_a_copy_can_be_read_by_its_person(
    eyes: Eyes, marina: Customer, tenant: Tenant, tmp_path: Path, language: str
) -> None:
    with tenancy.use(tenant), translation.override(language):
        with (tmp_path / "copy.zip").open("wb") as file:
            export(customer=marina).write_zip(file)
        with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
            archive.extract("index.html", tmp_path)
    for width, scheme in product(WIDTHS, SCHEMES):
        with eyes.open("", width=width, scheme=scheme) as watched:
            watched.page.goto(f"file://{tmp_path}/index.html")
            watched.keep(f"privacy-read-{language}-{width}-{scheme}")
            watched.fits()
            watched.quiet("")
            watched.accessible()
