"""The way of a file through the admin: upload, columns, preview, import, result, back."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from openpyxl import Workbook
from pytest_django import Settings

from guestman.contrib.imports.models import ImportRow, ImportRun
from guestman.contrib.imports.services import uploads
from guestman.models import Customer
from guestman.services import customer
from shopman import tenancy
from shopman.models import AuditEntry, Tenant
from tests.shopman.factories import member

pytestmark = pytest.mark.django_db

ADD = "/admin/guestman_imports/importrun/add/"
FILE = (
    b"Nome,Celular,E-mail,Cor\n"
    b"Ana Souza,11 98765-4321,ana@loja.com.br,azul\n"
    b"Bruno Lima,123,,\n"
    b"Vera Vieira,,vera@loja.com.br,\n"
)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SHOPMAN = {**settings.SHOPMAN, "JOB_WORKERS": False}
    return tmp_path


def at_desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(tenant: Tenant) -> Client:
    return at_desk(member(tenant, "manager", username="rita"))


def send(desk: Client, content: bytes = FILE, name: str = "customers.csv") -> Any:
    return desk.post(ADD, {"file": SimpleUploadedFile(name, content)})


def page_of(run: ImportRun, name: str) -> str:
    return f"/admin/guestman_imports/importrun/{run.pk}/{name}/"


def choose(desk: Client, run: ImportRun, **fields: Any) -> Any:
    columns = {"column_0": "name", "column_1": "phone", "column_2": "email", "column_3": ""}
    given = {"source": "old", "dates": "dmy", "is_trusted": "on", **columns, **fields}
    return desk.post(page_of(run, "columns"), {k: v for k, v in given.items() if v is not None})


def work(desk: Client, run: ImportRun) -> None:
    for _ in range(20):
        desk.get(page_of(run, "progress"))
        run.refresh_from_db()
        if run.status not in uploads.WORKING:
            return
    raise AssertionError(run.status)


def previewed(desk: Client, **fields: Any) -> ImportRun:
    send(desk)
    run: ImportRun = ImportRun.objects.get()
    choose(desk, run, **fields)
    work(desk, run)
    return run


def test_a_file_goes_all_the_way(desk: Client) -> None:
    customer.create(first_name="Vera", last_name="Vieira", email="vera@loja.com.br")
    answer = send(desk)
    run = ImportRun.objects.get()
    assert answer.url == page_of(run, "columns")
    shown = desk.get(answer.url).content.decode()
    assert "azul" in shown
    assert '<option value="phone" selected>' in shown

    choose(desk, run)
    work(desk, run)
    assert run.status == "previewed"
    assert Customer.objects.count() == 1
    shown = desk.get(page_of(run, "change")).content.decode()
    assert "Ana Souza" in shown
    assert "Not a phone number" in shown
    assert "Same e-mail" in shown

    desk.post(page_of(run, "start"))
    work(desk, run)
    assert run.status == "finished"
    assert Customer.objects.count() == 2
    assert run.counts["created"] == run.counts["rejected"] == 1
    assert "Bruno Lima" in desk.get(page_of(run, "change")).content.decode()

    rejects = desk.get(page_of(run, "rejects")).content.decode()
    assert (
        rejects.splitlines()[1] == "3,rejected,invalid_phone,phone:invalid_phone,Bruno Lima,123,,"
    )

    assert "Take this import back" in desk.get(page_of(run, "revert")).content.decode()
    desk.post(page_of(run, "revert"))
    work(desk, run)
    assert run.status == "reverted"
    assert Customer.objects.get().first_name == "Vera"
    assert "1 customer was deleted" in desk.get(page_of(run, "change")).content.decode()
    actions = AuditEntry.objects.filter(subject=run.subject).values_list("action", flat=True)
    assert {"import.upload", "import.start", "import.finish", "import.revert"} <= set(actions)


def test_a_workbook_is_taken_as_well(desk: Client) -> None:
    book = Workbook()
    book.active.append(["Nome", "Celular"])
    book.active.append(["Ana", 11987654321])
    content = io.BytesIO()
    book.save(content)
    send(desk, content.getvalue(), "customers.xlsx")
    run = ImportRun.objects.get()
    choose(desk, run, column_2=None, column_3=None)
    work(desk, run)
    assert run.preview["counts"]["created"] == 1


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "customers.csv", "empty"),
        (b"PK\x03\x04", "customers.csv", "not a CSV file"),
        (b"hello", "customers.xlsx", "not an Excel workbook"),
        (FILE, "customers.pdf", ".csv and .xlsx"),
    ],
)
def test_a_bad_file_is_refused_and_not_kept(
    desk: Client, folder: Path, content: bytes, name: str, said: str
) -> None:
    answer = send(desk, content, name)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not ImportRun.objects.exists()
    assert not [each for each in folder.rglob("*") if each.is_file() and "media" in each.parts]


def test_a_file_name_leads_nowhere_else(desk: Client, folder: Path) -> None:
    send(desk, FILE, "../../../evil.csv")
    run = ImportRun.objects.get()
    assert run.file_name == "evil.csv"
    assert uploads.file_of(run).is_relative_to(folder / "media" / "private" / str(run.tenant_id))


def test_a_column_is_one_field_and_one_must_identify(desk: Client) -> None:
    send(desk)
    run = ImportRun.objects.get()
    assert "already" in choose(desk, run, column_3="phone").content.decode()
    answer = choose(desk, run, column_1="", column_2="")
    assert "Name a column of" in answer.content.decode()
    run.refresh_from_db()
    assert run.status == "draft"


def test_columns_may_be_chosen_again_before_the_import_and_not_after(desk: Client) -> None:
    run = previewed(desk)
    choose(desk, run, column_1="")
    work(desk, run)
    assert run.preview["counts"]["rejected"] == 1
    desk.post(page_of(run, "start"))
    work(desk, run)
    choose(desk, run)
    run.refresh_from_db()
    assert run.status == "finished"


def test_only_managers_and_owners_import(desk: Client, tenant: Tenant) -> None:
    run = previewed(desk)
    for role in ("clerk", "read_only"):
        other = at_desk(member(tenant, role, username=role))
        assert other.get(ADD).status_code == 403
        assert send(other).status_code == 403
        assert other.post(page_of(run, "start")).status_code == 403
        assert other.post(page_of(run, "revert")).status_code == 403
        # They may look, and looking does nothing.
        assert other.get(page_of(run, "change")).status_code == 200
    run.refresh_from_db()
    assert run.status == "previewed"


def test_another_shop_does_not_find_it(desk: Client, other_tenant: Tenant) -> None:
    run = previewed(desk)
    elsewhere = at_desk(member(other_tenant, "owner", username="otto"))
    for name in ("change", "columns", "progress", "revert", "rejects"):
        assert elsewhere.get(page_of(run, name)).status_code in (302, 404), name
    elsewhere.post(page_of(run, "start"))
    with tenancy.use(run.tenant):
        run.refresh_from_db()
        assert run.status == "previewed"


def test_contacts_are_masked_for_who_may_not_see_them(
    desk: Client, tenant: Tenant, settings: Settings
) -> None:
    run = previewed(desk)
    desk.post(page_of(run, "start"))
    work(desk, run)
    settings.SHOPMAN = {**settings.SHOPMAN, "CONTACT_ROLES": ["owner"]}
    assert ImportRow.objects.filter(outcome="rejected").exists()
    send(desk, FILE.replace(b"123", b"ana@@loja.com.br"), "again.csv")
    again = ImportRun.objects.exclude(pk=run.pk).get()
    choose(desk, again)
    work(desk, again)
    shown = desk.get(page_of(again, "change")).content.decode()
    assert "98765" not in shown
    assert "ana@loja.com.br" not in shown


def test_a_damaged_file_ends_the_run_with_its_reason(desk: Client) -> None:
    send(desk)
    run = ImportRun.objects.get()
    choose(desk, run)
    uploads.file_of(run).write_bytes(b"PK\x03\x04")
    work(desk, run)
    assert run.status == "failed"
    assert "not a CSV file" in desk.get(page_of(run, "change")).content.decode()


def test_old_files_and_rows_are_purged(desk: Client, settings: Settings) -> None:
    run = previewed(desk)
    desk.post(page_of(run, "start"))
    work(desk, run)
    assert uploads.purge() == 0
    assert uploads.file_of(run).exists()
    ImportRun.objects.update(updated_at="2020-01-01T00:00:00Z")
    call_command("imports_purge")
    assert not uploads.file_of(run).exists()
    assert not ImportRow.objects.exclude(content=[]).exists()
