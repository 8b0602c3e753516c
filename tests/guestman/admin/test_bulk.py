"""Work on many customers at once: started in the list, done in slices, reported, exported."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pytest_django import Settings

from guestman.models import Customer
from guestman.services import customer
from shopman import jobs, tenancy
from shopman.jobs import Kind, one_by_one
from shopman.jobs.errors import JobDenied
from shopman.models import AuditEntry, Job, JobFailure, Membership, Tenant
from shopman.tenancy.rights import Right
from tests.guestman.admin.conftest import at_desk
from tests.guestman.factories import CustomerFactory, CustomerGroupFactory
from tests.shopman.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

LIST = "/admin/guestman/customer/"


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.SHOPMAN = {**settings.SHOPMAN, "JOB_WORKERS": False}


@pytest.fixture
def boss(tenant: Tenant) -> User:
    return member(tenant, "manager", username="bea")


@pytest.fixture
def office(boss: User) -> Client:
    return at_desk(boss)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def run(job: Job) -> Job:
    while job.is_open:
        job = jobs.advance(job.pk, seconds=0)
    return job


def export(kind: str, boss: User, **chosen: Any) -> Path:
    job = run(jobs.start(kind=kind, user=boss, **chosen))
    assert job.status == "done", job.problem
    found = jobs.result_file(job)
    assert found is not None
    return found


# -- from the list --------------------------------------------------------------------------------


def test_ticked_rows_are_described_then_done_and_each_is_audited(
    office: Client, boss: User
) -> None:
    CustomerGroupFactory(code="vip", name="VIP")
    rows = [CustomerFactory(code=f"T-{n}") for n in range(3)]
    CustomerFactory(code="other")
    ticked = {"action": "guestman.group", "_selected_action": [row.pk for row in rows]}
    described = office.post(LIST, {**ticked, "index": 0, "select_across": 0})
    shown = text(described)
    assert "Put in a group" in shown
    assert "3 customers" in shown
    assert not Job.objects.exists()
    begun = office.post(
        f"{LIST}job/guestman.group/",
        {"keys": [row.pk for row in rows], "group_code": "vip", "query": ""},
    )
    job = Job.objects.get()
    assert begun["Location"] == f"/admin/shopman/job/{job.pk}/change/"
    watched = office.get(begun["Location"])
    assert "Done: 3 rows." in text(watched)
    assert Customer.objects.filter(group__code="vip").count() == 3
    entries = AuditEntry.objects.filter(action="customer.update")
    assert {entry.actor_label for entry in entries} == {"bea"}
    assert entries.count() == 3
    assert AuditEntry.objects.filter(action="job.start", subject=job.subject).exists()


def test_all_that_match_are_done_also_what_the_page_does_not_show(
    office: Client, boss: User
) -> None:
    CustomerFactory.create_batch(40, status="prospect")
    CustomerFactory(code="active")
    ticked = {"action": "guestman.assign", "_selected_action": ["x"], "select_across": 1}
    described = office.post(f"{LIST}?status__exact=prospect", {**ticked, "index": 0})
    assert "40 customers" in text(described)
    assert 'name="everything"' in text(described)
    office.post(
        f"{LIST}job/guestman.assign/",
        {"everything": "1", "query": "status__exact=prospect", "assigned_to": str(boss.pk)},
    )
    job = run(Job.objects.get())
    assert (job.total_count, job.done_count, job.failed_count) == (40, 40, 0)
    assert Customer.objects.filter(assigned_to=boss).count() == 40


def test_rows_that_cannot_be_done_are_told_and_the_rest_is_done(office: Client, boss: User) -> None:
    CustomerGroupFactory(code="vip")
    CustomerFactory(code="good")
    CustomerFactory(code="closed", status="inactive", is_active=False)
    job = run(jobs.start(kind="guestman.group", user=boss, parameters={"group_code": "vip"}))
    assert (job.status, job.done_count, job.failed_count) == ("done", 1, 1)
    assert JobFailure.objects.get().label == "closed"
    shown = text(office.get(f"/admin/shopman/job/{job.pk}/change/"))
    assert "Done: 1 row. 1 could not be done." in shown
    assert "closed</a>" in shown


def test_a_list_that_does_not_know_a_parameter_starts_nothing(office: Client) -> None:
    answer = office.post(
        f"{LIST}job/guestman.export_csv/", {"everything": "1", "query": "code=C-1"}
    )
    assert "The list cannot be narrowed that way." in text(answer)
    assert not Job.objects.exists()


def test_nothing_chosen_starts_nothing(office: Client) -> None:
    answer = office.post(f"{LIST}job/guestman.export_csv/", {"query": ""})
    assert "Choose some rows first." in text(answer)


# -- who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "offered"), [("clerk", False), ("manager", True)])
def test_only_who_may_is_offered_and_let_through(tenant: Tenant, role: str, offered: bool) -> None:
    row = CustomerFactory()
    client = at_desk(member(tenant, role, username="x"))
    assert ("Export as CSV" in text(client.get(LIST))) is offered
    answer = client.post(f"{LIST}job/guestman.export_csv/", {"keys": [row.pk], "query": ""})
    assert answer.status_code == (302 if offered else 403)


def test_rights_lost_meanwhile_end_the_job(boss: User) -> None:
    CustomerFactory.create_batch(3)
    job = jobs.start(kind="guestman.export_csv", user=boss)
    Membership.objects.filter(user=boss).update(role="clerk")
    job = run(job)
    assert (job.status, job.problem) == ("failed", JobDenied.__doc__)
    assert jobs.result_file(job) is None


def test_rows_of_other_organizations_and_tenants_are_left_alone(
    boss: User, other_tenant: Tenant
) -> None:
    with tenancy.use(other_tenant):
        foreign = CustomerFactory()
    own = CustomerFactory()
    CustomerGroupFactory(code="vip")
    job = jobs.start(
        kind="guestman.group",
        user=boss,
        parameters={"group_code": "vip"},
        keys=[str(foreign.pk), str(own.pk)],
    )
    assert run(job).done_count == 1
    assert Customer.all_tenants.get(pk=foreign.pk).group is None


def test_a_file_is_for_who_made_it(office: Client, boss: User, tenant: Tenant) -> None:
    CustomerFactory()
    job = run(jobs.start(kind="guestman.export_csv", user=boss))
    address = f"/admin/shopman/job/{job.pk}/download/"
    answer: Any = office.get(address)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbf")
    assert AuditEntry.objects.filter(action="job.download").exists()
    colleague = at_desk(member(tenant, "manager", username="other"))
    assert colleague.get(address).status_code == 302
    assert at_desk(member(tenant, "owner", username="own")).get(address).status_code == 403
    Membership.objects.filter(user=boss).update(role="clerk")
    assert at_desk(boss).get(address).status_code == 403


# -- files ----------------------------------------------------------------------------------------


def test_a_csv_file_holds_every_row_once_and_no_formula(
    boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _slices_of(monkeypatch, "guestman.export_csv", 7)
    CustomerFactory.create_batch(30)
    customer.create(code="evil", first_name="=HYPERLINK(1)", last_name="@x", phone="+5511987654321")
    path = export("guestman.export_csv", boss)
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert len(rows) == 31
    assert len({row["Code"] for row in rows}) == 31
    (evil,) = (row for row in rows if row["Code"] == "evil")
    assert (evil["First name"], evil["Last name"]) == ("'=HYPERLINK(1)", "'@x")
    assert evil["Phone"].startswith("'+55")
    assert path.stat().st_mode & 0o077 == 0


def test_who_may_not_see_contacts_exports_masks(boss: User, settings: Settings) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "CONTACT_ROLES": ("owner",)}
    customer.create(code="c", first_name="Ana", phone="+5511987654321", email="ana@example.com")
    content = export("guestman.export_csv", boss).read_text("utf-8-sig")
    assert "Ana" in content
    assert "987654321" not in content
    assert "ana@example.com" not in content


def test_a_workbook_holds_texts_only(boss: User) -> None:
    CustomerFactory.create_batch(3)
    customer.create(code="evil", first_name="=1+1", last_name="\N{PILE OF POO}")
    sheet: Any = openpyxl.load_workbook(export("guestman.export_xlsx", boss)).active
    rows = list(sheet.iter_rows())
    assert len(rows) == 5
    (evil,) = (row for row in rows if row[0].value == "evil")
    assert (evil[1].value, evil[1].data_type) == ("'=1+1", "s")


def test_too_many_rows_for_a_sheet_are_refused(boss: User, settings: Settings) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "XLSX_MAX_ROWS": 2}
    CustomerFactory.create_batch(3)
    job = run(jobs.start(kind="guestman.export_xlsx", user=boss))
    assert job.status == "failed"
    assert "Export them as CSV" in job.problem


def test_what_a_killed_slice_wrote_is_written_again_once(
    boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _slices_of(monkeypatch, "guestman.export_csv", 5)
    CustomerFactory.create_batch(12)
    job = jobs.advance(jobs.start(kind="guestman.export_csv", user=boss).pk, seconds=0)
    assert job.seen_count == 5
    spool = next(Path(f"{_folder(job)}").glob("*.csv"))
    with spool.open("a") as broken:
        broken.write("half a line of a slice that never was")
    found = jobs.result_file(run(job))
    assert found is not None
    rows = list(csv.DictReader(io.StringIO(found.read_text("utf-8-sig"))))
    assert len(rows) == len({row["Code"] for row in rows}) == 12
    assert "half a line" not in found.read_text()


def test_old_files_and_old_jobs_are_purged(boss: User, settings: Settings) -> None:
    CustomerFactory()
    path = export("guestman.export_csv", boss)
    assert jobs.purge() == 0
    settings.SHOPMAN = {**settings.SHOPMAN, "JOB_RESULT_KEEP_DAYS": -1}
    assert jobs.purge() == 1
    assert not path.exists()
    assert Job.objects.get().result == ""
    settings.SHOPMAN = {**settings.SHOPMAN, "JOB_KEEP_DAYS": -1}
    assert jobs.purge() == 1
    assert not Job.objects.exists()


# -- in slices ------------------------------------------------------------------------------------


def test_each_look_at_the_page_does_a_slice_and_the_last_answer_stops_asking(
    office: Client, boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopman.admin.job.SECONDS_A_LOOK", 0)
    _slices_of(monkeypatch, "guestman.group", 4)
    CustomerGroupFactory(code="vip")
    CustomerFactory.create_batch(6)
    job = jobs.start(kind="guestman.group", user=boss, parameters={"group_code": "vip"})
    address = f"/admin/shopman/job/{job.pk}/change/"
    first = office.get(address)
    assert "4 of 6 rows." in text(first)
    assert 'hx-trigger="load delay:500ms' in text(first)
    last = office.get(address, headers={"HX-Request": "true"})
    assert last.status_code == 286
    assert "Done: 6 rows." in text(last)


def test_a_page_leaves_a_job_to_its_worker_until_it_is_quiet(
    office: Client, boss: User, settings: Settings
) -> None:
    settings.SHOPMAN = {**settings.SHOPMAN, "JOB_WORKERS": True}
    CustomerGroupFactory(code="vip")
    CustomerFactory()
    job = jobs.start(kind="guestman.group", user=boss, parameters={"group_code": "vip"})
    address = f"/admin/shopman/job/{job.pk}/change/"
    assert "Waiting for its turn." in text(office.get(address))
    settings.SHOPMAN = {**settings.SHOPMAN, "JOB_PATIENCE_SECONDS": -1}
    assert "Done: 1 row." in text(office.get(address))


def test_a_cancelled_job_stops_and_keeps_what_is_done(
    office: Client, boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _slices_of(monkeypatch, "guestman.group", 4)
    CustomerGroupFactory(code="vip")
    CustomerFactory.create_batch(10)
    job = jobs.start(kind="guestman.group", user=boss, parameters={"group_code": "vip"})
    jobs.advance(job.pk, seconds=0)
    office.post(f"/admin/shopman/job/{job.pk}/cancel/")
    assert run(jobs.find(job.pk)).status == "cancelled"
    assert Customer.objects.filter(group__code="vip").count() == 4
    shown = text(office.post(f"/admin/shopman/job/{job.pk}/cancel/", follow=True))
    assert "The job is finished." in shown


def test_a_row_that_leaves_the_filter_when_it_is_done_skips_no_other(
    boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _slices_of(monkeypatch, "guestman.group", 3)
    old, _new = CustomerGroupFactory(code="old"), CustomerGroupFactory(code="new")
    CustomerFactory.create_batch(10, group=old)
    job = jobs.start(
        kind="guestman.group", user=boss, parameters={"group_code": "new"}, query=f"group={old.pk}"
    )
    assert run(job).done_count == 10
    assert not Customer.objects.filter(group=old).exists()


def test_the_jobs_are_listed(office: Client, boss: User, tenant: Tenant) -> None:
    jobs.start(kind="guestman.export_csv", user=boss)
    assert "Export as CSV" in text(office.get("/admin/shopman/job/"))
    other = at_desk(member(tenant, "manager", username="other"))
    assert "Export as CSV" not in text(other.get("/admin/shopman/job/")).split("<main")[-1]


# -- races ----------------------------------------------------------------------------------------


@pytest.fixture
def counting() -> Iterator[list[UUID]]:
    seen: list[UUID] = []
    kind = Kind(
        key="test.count",
        page="guestman.customer",
        title="Count",
        right=Right.BULK,
        act=one_by_one(lambda row, work: seen.append(row.pk)),
        slice_size=5,
    )
    jobs.register(kind)
    yield seen
    jobs.unregister(kind.key)


def test_a_slice_that_fails_whole_is_done_again(boss: User, counting: list[UUID]) -> None:
    CustomerFactory.create_batch(12)
    job = run(jobs.start(kind="test.count", user=boss))
    assert (job.done_count, len(counting), len(set(counting))) == (12, 12, 12)


def _slices_of(monkeypatch: pytest.MonkeyPatch, key: str, size: int) -> None:
    whole = jobs.kind(key)
    facts = {name: getattr(whole, name) for name in Kind.__dataclass_fields__}
    smaller = Kind(**{**facts, "slice_size": size})
    monkeypatch.setitem(jobs.registry._kinds, key, smaller)


def _folder(job: Job) -> Path:
    return jobs.results.folder(job)


def test_a_refused_job_still_says_how_many_were_chosen(office: Client) -> None:
    CustomerFactory.create_batch(3, status="prospect")
    CustomerFactory.create_batch(4)
    again = office.post(
        f"{LIST}job/guestman.group/",
        {"everything": "1", "query": "status__exact=prospect", "group_code": "nonsense"},
    )
    assert again.status_code == 200
    assert "3 customers" in text(again)
    assert not Job.objects.exists()


def test_an_export_asks_once_for_all_groups(boss: User) -> None:
    def queries(count: int) -> int:
        rows = [CustomerFactory(group=CustomerGroupFactory()) for _ in range(count)]
        job = jobs.start(kind="guestman.export_csv", user=boss, keys=[str(row.pk) for row in rows])
        with CaptureQueriesContext(connection) as asked:
            run(job)
        return len(asked)

    assert queries(12) == queries(2)


def test_a_file_is_in_the_language_and_the_time_of_whoever_asked(
    boss: User, in_tenant: Tenant
) -> None:
    with time_machine.travel("2026-03-01T01:30:00Z", tick=False):
        CustomerFactory(code="LATE")
    with translation.override("pt-br"):
        job = jobs.start(kind="guestman.export_csv", user=boss)
    with translation.override("es"), timezone.override("Asia/Tokyo"):
        done = run(job)
    found = jobs.result_file(done)
    assert found is not None
    header, row = csv.reader(io.StringIO(found.read_text(encoding="utf-8-sig")))
    assert "Situação" in header
    assert any(cell.startswith("2026-02-28") for cell in row), (
        "22:30 of the day before, in the shop"
    )


def test_a_key_that_is_none_is_refused_and_nothing_is_begun(office: Client) -> None:
    row = CustomerFactory()
    CustomerGroupFactory(code="vip")
    answer = office.post(
        f"{LIST}job/guestman.group/",
        {"keys": [row.pk, "1 OR 1=1"], "group_code": "vip", "query": ""},
    )
    assert answer.status_code == 200
    assert "The list cannot be narrowed that way." in text(answer)
    assert not Job.objects.exists()
