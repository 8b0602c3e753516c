"""Staff bring customers from a file, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from guestman.contrib.imports.models import ImportRun
from guestman.models import Customer
from guestman.services import customer
from shopman import tenancy
from shopman.models import Tenant
from tests.browser.looking import Eyes
from tests.journeys import shop
from tests.shopman.factories import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LINES = [
    "Código;Nome completo;Celular;E-mail de contato muito comprido do sistema;Nascimento;Cor",
    "1;Ana Souza;11 98765-4321;ana@loja.com.br;01/05/1990;azul",
    "2;Bruno Lima;123;;31/02/1990;",
    "3;Maximiliane Hohenzollern-Sigmaringen von der Donau;11 3061-2200;;;verde",
    "4;Ana Souza;11 98765-4321;;;",
    "5;Vera Vieira;;vera.vieira.de.albuquerque.cavalcanti@correio-eletronico.com.br;;",
    "6;Ana;11 98765-4321;rui@loja.com.br;;",
]


@pytest.fixture
def desk(eyes: Eyes, tenant: Tenant, settings: Settings, tmp_path: Path) -> Eyes:
    settings.MEDIA_ROOT = tmp_path / "media"
    shop.open_shop(tenant)
    eyes.sign_in(member(tenant, "manager", username="rita"))
    return eyes


@pytest.mark.usefixtures("at_once")
def test_a_file_is_imported_and_taken_back(desk: Eyes, tenant: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "Clientes antigos.csv"
    file.write_text("\n".join(LINES), encoding="cp1252")
    with tenancy.use(tenant):
        customer.create(
            first_name="Vera",
            email="vera.vieira.de.albuquerque.cavalcanti@correio-eletronico.com.br",
        )
        before = Customer.objects.count()

    desk.see("/admin/guestman_imports/importrun/add/", "customer-import-upload")
    with desk.open("/admin/guestman_imports/importrun/add/", width=320) as watched:
        page = watched.page
        page.set_input_files("input[type=file]", file)
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("What are the columns?")).to_be_visible()
        with tenancy.use(tenant):
            run = ImportRun.objects.get()
        place = f"/admin/guestman_imports/importrun/{run.pk}"
        desk.see(f"{place}/columns/", "customer-import-columns")
        page.get_by_label("E-mail de contato").select_option("email")
        page.get_by_label("The shop vouches for this file").check()
        page.get_by_role("button", name="Show what would happen").click()
        expect(page.get_by_text("This is what would happen.")).to_be_visible(timeout=30_000)
        desk.see(f"{place}/change/", "customer-import-preview")
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text("The import is finished.")).to_be_visible(timeout=30_000)
    desk.see(f"{place}/change/", "customer-import-result")
    with tenancy.use(tenant):
        assert Customer.objects.count() == before + 2

    desk.see(f"{place}/revert/", "customer-import-revert")
    with desk.open(f"{place}/revert/") as watched:
        page = watched.page
        page.get_by_role("button", name="Take it back").click()
        expect(page.get_by_text("The import was taken back.")).to_be_visible(timeout=30_000)
    desk.see(f"{place}/change/", "customer-import-reverted")
    desk.see("/admin/guestman_imports/importrun/", "customer-import-list")
    with tenancy.use(tenant):
        assert Customer.objects.count() == before
