from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import asdict
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from omniman.models import ImportReject, ImportRun
from omniman.services import order_import_rejects
from omniman.services.order_import import Counts
from shopman import clock
from shopman.models import AuditEntry, Tenant
from tests.shopman.factories import member

pytestmark = pytest.mark.django_db
COUNTS = asdict(Counts(sale_count=3, return_count=1, sales_amount=1000, returns_amount=-250))


def run(**facts: Any) -> ImportRun:
    row: ImportRun = ImportRun.objects.create(
        **{
            "file_name": "orders.csv",
            "file_digest": "0" * 64,
            "mapping": "online-retail",
            "mapping_digest": "0" * 64,
            "source": "online-retail",
            "currency": "BRL",
            "counts": COUNTS,
            **facts,
        }
    )
    return row


def rejected(row: ImportRun, *contents: list[str]) -> None:
    for line, content in enumerate(contents, start=2):
        reason = "no_reference" if line % 2 else "column_count"
        ImportReject.objects.create(run=row, line=line, reason=reason, content=content)


def page(row: ImportRun, name: str = "importrun_change") -> str:
    return reverse(f"admin:omniman_{name}", args=[row.pk])


@pytest.fixture
def staff(client: Client, in_tenant: Tenant) -> Client:
    client.force_login(get_user_model().objects.create_superuser("ann", password="secret-ann"))
    return client


def test_staff_look_at_imports_and_change_nothing(staff: Client) -> None:
    row = run()
    assert "orders.csv" in staff.get(reverse("admin:omniman_importrun_changelist")).content.decode()
    text = staff.get(page(row)).content.decode()
    assert "R$7.50" in text
    assert "No row was rejected so far." in text
    assert staff.post(page(row), {"file_name": "other.csv"}).status_code == 403
    row.refresh_from_db()
    assert row.file_name == "orders.csv"


def test_progress_is_asked_for_until_there_is_none(staff: Client) -> None:
    row = run(order_count=200, position=50)
    assert "hx-trigger" in staff.get(page(row)).content.decode()
    part = staff.get(page(row, "import_progress"))
    assert "50 of 200 orders are done (25 %)." in part.content.decode()
    assert "HX-Refresh" not in part.headers
    ImportRun.objects.update(updated_at=clock.now() - dt.timedelta(hours=1))
    part = staff.get(page(row, "import_progress"))
    assert "Giving the same command again" in part.content.decode()
    assert "hx-trigger" not in part.content.decode()
    ImportRun.objects.update(status="finished", finished_at=clock.now())
    assert staff.get(page(row, "import_progress")).headers["HX-Refresh"] == "true"


def test_rejected_rows_are_shown_by_reason_and_the_missing_are_counted(staff: Client) -> None:
    row = run(reject_counts={"column_count": 1, "no_reference": 4})
    rejected(row, ["a"], ["b<i>", ""])
    text = staff.get(page(row)).content.decode()
    for said in ("It has too many or too few columns.", "b&lt;i&gt;", "3 more rows are not shown"):
        assert said in text
    text = staff.get(page(row), {"reason": "column_count", "p": "x"}).content.decode()
    assert "<span>a</span>" in text
    assert "b&lt;i&gt;" not in text
    assert "more row" not in text


def test_the_download_holds_no_formula_and_takes_the_right(
    staff: Client, in_tenant: Tenant
) -> None:
    row = run(reject_counts={"column_count": 1, "no_reference": 1})
    rejected(row, ["=cmd()", "x"], ["-1", "ana@example.com", "+55 11 98765-4321", "536365"])
    answer = staff.get(page(row, "import_rejects"))
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.get(action="import.download_rejects").subject == f"import:{row.pk}"
    text = answer.content.decode()
    lines = list(csv.reader(io.StringIO(text)))[1:]
    assert lines[0][:2] == ["2", "column_count"]
    assert lines[0][3:] == ["'=cmd()", "x"]
    assert lines[1][3:] == ["'-1", "ana@example.com", "'+55 11 98765-4321", "536365"]
    for role, status in (("clerk", 403), ("read_only", 403), ("manager", 200)):
        staff.force_login(member(in_tenant, role))
        assert staff.get(page(row, "import_rejects")).status_code == status


def test_contacts_in_rows_are_masked_for_who_may_not_see_them(
    staff: Client, in_tenant: Tenant
) -> None:
    row = run(reject_counts={"column_count": 1})
    rejected(row, ["TEA", "ana@example.com", "11 98765-4321"])
    staff.force_login(member(in_tenant, "read_only"))
    text = staff.get(page(row)).content.decode()
    assert "TEA" in text
    assert "ana@example.com" not in text
    assert "98765-4321" not in text


def test_rejected_rows_are_deleted_after_their_time(in_tenant: Tenant, settings: Settings) -> None:
    old, new = run(status="finished"), run()
    for each in (old, new):
        rejected(each, ["a"], ["b"])
    ImportRun.objects.filter(pk=old.pk).update(updated_at=clock.now() - dt.timedelta(days=91))
    assert order_import_rejects.purge() == 2
    assert order_import_rejects.purge() == 0
    assert set(ImportReject.objects.values_list("run", flat=True)) == {new.pk}
    settings.OMNIMAN = {"IMPORT_REJECTS_KEEP_DAYS": 0}
    clock_later = clock.now() + dt.timedelta(seconds=1)
    ImportRun.objects.update(updated_at=clock_later - dt.timedelta(days=1))
    assert order_import_rejects.purge() == 2
