"""Commands, and tasks that carry their tenant."""

from __future__ import annotations

import datetime as dt
import io
import time
from typing import Any

import pytest
from celery import shared_task
from celery.contrib.testing.worker import start_worker
from django.core.management import CommandError, call_command
from django.core.management.base import CommandParser

from config.celery import app
from shopman import actor, clock, outbox, tasks, tenancy
from shopman.errors import Conflict, FieldError
from shopman.keys import uuid7
from shopman.management.base import TenantCommand
from shopman.models import IdempotencyRecord, OutboxEvent, Tenant
from tests.shopman.factories import OutboxEventFactory, TenantFactory

pytestmark = pytest.mark.django_db

seen: list[tuple[str, str, bool]] = []


class Example(TenantCommand):
    allows_all_tenants = True

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--fail", action="store_true")

    def work(self, *, tenant: Tenant, **options: Any) -> None:
        assert tenancy.current() == tenant
        if options["fail"]:
            raise Conflict(errors=[FieldError(field="name", code="x", message="Taken.")])
        seen.append((tenant.slug, actor.current().kind, bool(actor.request_id())))
        assert list(self.progress([1, 2, 3], total=3)) == [1, 2, 3]


class OneTenant(Example):
    allows_all_tenants = False


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    seen.clear()


def run(kind: type[TenantCommand], *args: str) -> str:
    out = io.StringIO()
    call_command(kind(), *args, stdout=out, stderr=out)
    return out.getvalue()


def test_a_command_works_for_the_default_tenant_or_a_named_one(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    run(Example)
    run(Example, "--tenant", other_tenant.slug)
    assert seen == [(tenant.slug, "command", True), (other_tenant.slug, "command", True)]
    assert tenancy.current_or_none() is None


def test_all_tenants_are_the_active_ones(tenant: Tenant, other_tenant: Tenant) -> None:
    TenantFactory(is_active=False)
    run(Example, "--all-tenants", "--no-progress")
    assert [slug for slug, *_ in seen] == sorted([tenant.slug, other_tenant.slug])


def test_a_command_says_what_it_needs(tenant: Tenant, settings: Any) -> None:
    with pytest.raises(CommandError, match=f"nobody.*Known: {tenant.slug}"):
        run(Example, "--tenant", "nobody")
    with pytest.raises(CommandError, match="unrecognized"):
        run(OneTenant, "--all-tenants")
    with pytest.raises(CommandError, match="not allowed with"):
        run(Example, "--all-tenants", "--tenant", tenant.slug)
    settings.SHOPMAN = {**settings.SHOPMAN, "DEFAULT_TENANT": None}
    with pytest.raises(CommandError, match="--tenant SLUG"):
        run(Example)


def test_a_named_failure_ends_a_command_with_its_sentence(tenant: Tenant) -> None:
    with pytest.raises(CommandError, match=r"present state\.\n  name: Taken\."):
        run(Example, "--fail")


def test_no_progress_bar_is_drawn_where_nobody_watches(
    tenant: Tenant, capfd: pytest.CaptureFixture[str]
) -> None:
    run(Example)
    assert capfd.readouterr().err == ""


TENANT = ("--slug", "north", "--name", "North", "--currency", "EUR", "--region", "PT")


def test_tenant_create_makes_a_tenant_and_refuses_nonsense() -> None:
    out = io.StringIO()
    call_command("tenant_create", *TENANT, "--time-zone", "Europe/Lisbon", stdout=out)
    made = Tenant.objects.get(slug="north")
    assert str(made.uuid) in out.getvalue()
    assert (made.default_currency, made.locale) == ("EUR", "en")
    with pytest.raises(CommandError, match="already"):
        call_command("tenant_create", *TENANT, "--time-zone", "Europe/Lisbon")
    with pytest.raises(CommandError, match="time_zone: Mars"):
        call_command("tenant_create", *TENANT, "--time-zone", "Mars")


def test_relay_outbox_delivers_and_replays(in_tenant: Tenant) -> None:
    outbox.record("tests.happened", subject="thing:1")
    OutboxEventFactory(subject="thing:2", dead_at=clock.now())
    out = io.StringIO()
    call_command("relay_outbox", stdout=out)
    assert out.getvalue() == "Delivered: 1, to be retried: 0, dead: 0.\n"
    call_command("relay_outbox", "--replay", stdout=out)
    assert "Dead letters revived: 1." in out.getvalue()
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()


def test_purge_expired_deletes_what_is_old(in_tenant: Tenant) -> None:
    long_ago = clock.now() - dt.timedelta(days=99)
    IdempotencyRecord.objects.create(principal="a", key="k", created_at=long_ago)
    OutboxEventFactory(delivered_at=long_ago)
    call_command("purge_expired", stdout=io.StringIO())
    assert not IdempotencyRecord.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_migrating_makes_the_default_tenant_once(settings: Any) -> None:
    settings.SHOPMAN_DEFAULT_TENANT = {**settings.SHOPMAN_DEFAULT_TENANT, "slug": "fresh"}
    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)
    assert Tenant.objects.get(slug="fresh").default_currency == "BRL"


def test_everything_on_the_schedule_is_a_task(settings: Any) -> None:
    app.loader.import_default_modules()
    wanted = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert wanted
    assert wanted <= set(app.tasks)


reported: list[Any] = []


@shared_task
def report() -> None:
    tenant = tenancy.current_or_none()
    reported.append((tenant and tenant.slug, actor.current().kind, actor.request_id()))


def test_a_task_runs_in_the_senders_tenant_and_for_its_request(
    tenant: Tenant, other_tenant: Tenant, at_once: None
) -> None:
    reported.clear()
    with tenancy.use(other_tenant), actor.use(actor.SYSTEM, request_id="r7"):
        with tenancy.use(tenant):
            sent = report.s()
        sent.apply_async()
    assert reported == [(other_tenant.slug, "task", "r7")]
    report.apply_async()
    assert reported[1:] == [(None, "task", "")]
    assert isinstance(report, tasks.TenantTask)


def test_a_task_of_a_closed_tenant_does_not_run(tenant: Tenant, at_once: None) -> None:
    reported.clear()
    closed = TenantFactory(is_active=False)
    with pytest.raises(tenancy.UnknownTenant), tenancy.use(closed):
        report.apply_async()
    assert reported == []


@pytest.mark.redis
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_worker_gets_tenant_and_request_through_the_broker(other_tenant: Tenant) -> None:
    reported.clear()
    queue = f"tests-{uuid7()}"
    with (
        start_worker(app, pool="solo", perform_ping_check=False, queues=[queue]),
        tenancy.use(other_tenant),
        actor.use(actor.SYSTEM, request_id="r8"),
    ):
        report.apply_async(queue=queue)
        give_up_at = time.monotonic() + 20
        while not reported and time.monotonic() < give_up_at:
            time.sleep(0.05)
    assert reported == [(other_tenant.slug, "task", "r8")]
