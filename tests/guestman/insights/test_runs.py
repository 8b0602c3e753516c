"""Runs: one at a time, cut into shards, resumable, by workers or here."""

from __future__ import annotations

import datetime as dt
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from guestman.contrib.insights import tasks
from guestman.contrib.insights.consumers import consume
from guestman.contrib.insights.errors import RunInProgress, RunLost
from guestman.contrib.insights.models import (
    CustomerInsight,
    InsightMeasure,
    InsightRun,
    InsightShard,
    SegmentChange,
)
from guestman.contrib.insights.service import (
    InsightService,
    mark_stale,
    owners,
    refresh_stale,
    runs,
    shards,
)
from guestman.models import Customer
from shopman import clock, outbox, tenancy
from shopman.models import Tenant
from tests.conftest import Race
from tests.guestman.insights.conftest import NOON, MakeCustomers, Place
from tests.guestman.insights.memory import MemoryHistory, drawn_orders
from tests.guestman.insights.test_recalculate import rows

ROOT = Path(__file__).resolve().parents[3]
Configure = Callable[..., None]

pytestmark = pytest.mark.django_db


def start(**facts: Any) -> InsightRun:
    return runs.start(as_of=NOON, owner=owners.me(), **facts)


def test_a_second_run_is_refused_while_one_is_at_work(
    make_customers: MakeCustomers, history: MemoryHistory
) -> None:
    make_customers(3)
    start()
    with pytest.raises(RunInProgress):
        InsightService.recalculate_all(as_of=NOON)
    assert InsightRun.objects.count() == 1


def test_a_run_whose_worker_is_gone_makes_room(
    make_customers: MakeCustomers, history: MemoryHistory
) -> None:
    make_customers(3)
    dead = start()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    host = owners.me().rpartition(":")[0]
    InsightShard.objects.update(owner=f"{host}:{gone.pid}")
    run = InsightService.recalculate_all(as_of=NOON)
    assert runs.reread(dead).status == "abandoned"
    assert (run.status, CustomerInsight.objects.count()) == ("completed", 3)


def test_a_run_elsewhere_is_waited_for_until_its_lease_ends(
    make_customers: MakeCustomers, history: MemoryHistory
) -> None:
    make_customers(3)
    start()
    InsightShard.objects.update(owner="elsewhere:1")
    with pytest.raises(RunInProgress):
        runs.resumable()
    InsightShard.objects.update(lease_until=clock.now() - dt.timedelta(seconds=1))
    assert runs.resumable() is not None


@pytest.mark.parametrize("policy", ["thresholds", "quintiles"])
@pytest.mark.parametrize("stop_after", [1, 3, 5, 8])
def test_an_interrupted_run_goes_on_from_its_last_batch(
    make_customers: MakeCustomers,
    history: MemoryHistory,
    configure: Configure,
    policy: str,
    stop_after: int,
) -> None:
    configure(SHARD_SIZE=9)
    for customer in make_customers(25):
        history.orders += drawn_orders(customer.pk, NOON)
    InsightService.recalculate_all(as_of=NOON, policy=policy)
    whole = rows()
    CustomerInsight.objects.all().delete()
    run = start(policy_name=policy, batch_size=4)
    steps = shards.advance(run)
    for _ in range(stop_after):
        next(steps, None)
    steps.close()
    resumed = runs.resumable()
    assert resumed is None or resumed.pk == run.pk
    if resumed is not None:
        list(shards.advance(resumed))
    assert rows() == whole
    closed = runs.reread(run)
    assert (closed.status, closed.counts["customers"]) == ("completed", 25)
    assert not InsightMeasure.objects.exists()


def test_a_worker_that_was_overtaken_writes_nothing(
    make_customers: MakeCustomers, history: MemoryHistory
) -> None:
    make_customers(3)
    run = start()
    slow = shards.claim(run.pk, 0)
    assert slow is not None
    assert shards.claim(run.pk, 0) is not None
    with pytest.raises(RunLost):
        list(shards.work(slow))
    assert not CustomerInsight.objects.exists()


def test_a_done_shard_is_not_done_again(
    make_customers: MakeCustomers, history: MemoryHistory
) -> None:
    make_customers(3)
    run = start()
    tasks.work_shard(str(run.pk), 0)
    assert runs.reread(run).status == "completed"
    calls = history.calls
    tasks.work_shard(str(run.pk), 0)
    assert history.calls == calls


def test_a_failure_of_the_history_leaves_a_run_to_resume(
    make_customers: MakeCustomers, history: MemoryHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_customers(3)

    def fail(**facts: Any) -> Any:
        raise ConnectionError("the history does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(history, "iter_order_stats", fail)
        with pytest.raises(ConnectionError):
            InsightService.recalculate_all(as_of=NOON)
    resumed = runs.resumable()
    assert resumed is not None
    assert sum(shards.advance(resumed)) == 3


@pytest.mark.parametrize("policy", ["thresholds", "quintiles"])
def test_workers_do_what_one_process_does(
    make_customers: MakeCustomers,
    history: MemoryHistory,
    configure: Configure,
    monkeypatch: pytest.MonkeyPatch,
    policy: str,
) -> None:
    configure(SHARD_SIZE=7)
    for customer in make_customers(30):
        history.orders += drawn_orders(customer.pk, NOON)
    InsightService.recalculate_all(as_of=NOON, policy=policy)
    whole = rows()
    CustomerInsight.objects.all().delete()
    queue: list[tuple[str, int]] = []
    monkeypatch.setattr(tasks.work_shard, "delay", lambda *args: queue.append(args))
    run = tasks.dispatch(as_of=NOON.isoformat(), policy=policy, batch_size=3)
    assert len(queue) == 5
    while queue:
        # Delivered twice, and the last one first, as a broker may.
        message = queue.pop()
        tasks.work_shard(*message)
        tasks.work_shard(*message)
    assert runs.reread(run).status == "completed"
    assert rows() == whole


def test_shards_of_dead_workers_are_sent_out_again(
    make_customers: MakeCustomers, history: MemoryHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_customers(3)
    queue: list[tuple[str, int]] = []
    monkeypatch.setattr(tasks.work_shard, "delay", lambda *args: queue.append(args))
    run = tasks.dispatch(as_of=NOON.isoformat())
    queue.clear()
    tasks.continue_runs()
    assert queue == []
    InsightShard.objects.update(lease_until=clock.now() - dt.timedelta(seconds=1))
    tasks.continue_runs()
    assert queue == [(str(run.pk), 0)]


def test_the_nightly_task_recalculates_every_tenant(
    make_customers: MakeCustomers,
    history: MemoryHistory,
    other_tenant: Tenant,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_customers(2)
    with tenancy.use(other_tenant):
        Customer.objects.create(code="X")
    monkeypatch.setattr(tasks.recalculate_tenant, "delay", tasks.recalculate_tenant)
    monkeypatch.setattr(tasks.work_shard, "delay", tasks.work_shard)
    tasks.recalculate_tenants()
    assert CustomerInsight.all_tenants.count() == 3


def test_quintiles_keep_their_breakpoints_with_the_run(
    make_customers: MakeCustomers, place: Place, configure: Configure
) -> None:
    configure(POLICY="quintiles")
    customers = make_customers(10)
    for number, customer in enumerate(customers):
        place(customer, days_ago=number + 1, total_amount=(number + 1) * 100)
    run = InsightService.recalculate_all(as_of=NOON)
    assert run.breakpoints["customer_count"] == 10
    assert run.breakpoints["monetary"] == [200, 400, 600, 800]
    assert run.breakpoints["recency"] == [9, 7, 5, 3]
    assert run.breakpoints["frequency"] == []
    insight = CustomerInsight.objects.get(customer=customers[0])
    assert (insight.recency_score, insight.monetary_score) == (5, 1)
    assert (insight.segment, insight.frequency_score) == ("insufficient_data", None)
    assert insight.reasons["frequency_score"] == "all_equal"
    place(customers[0], days_ago=1, total_amount=900)
    alone = InsightService.recalculate(customers[0].code, as_of=NOON)
    assert (alone.monetary_score, alone.policy_version) == (5, run.policy_version)


def test_fewer_than_five_customers_are_not_ranked(
    make_customers: MakeCustomers, place: Place
) -> None:
    for customer in make_customers(4):
        place(customer)
    run = InsightService.recalculate_all(as_of=NOON, policy="quintiles")
    assert run.counts["segments"] == {"insufficient_data": 4}
    assert CustomerInsight.objects.first().reasons["recency_score"] == "too_few_customers"  # type: ignore[union-attr]


def test_stale_only_takes_the_stale_the_new_and_the_changed(
    make_customers: MakeCustomers, place: Place, history: MemoryHistory
) -> None:
    stale, changed, quiet = make_customers(3)
    InsightService.recalculate_all(as_of=NOON)
    [new] = make_customers(1)
    for customer in (stale, changed, quiet, new):
        place(customer)
    mark_stale([stale.pk])
    history.changed = [changed.pk]
    run = InsightService.recalculate_all(as_of=NOON, stale_only=True)
    assert (run.kind, run.counts["customers"]) == ("stale", 3)
    calculated = CustomerInsight.objects.filter(order_count=1).values_list("customer_id", flat=True)
    assert set(calculated) == {stale.pk, changed.pk, new.pk}
    assert not CustomerInsight.objects.stale().exists()


def test_an_order_event_marks_and_refreshes_its_customer(
    make_customers: MakeCustomers, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer, merged = make_customers(2)
    Customer.objects.filter(pk=merged.pk).update(merged_into=buyer)
    place(merged, placed_at=clock.now() - dt.timedelta(days=1))
    event = outbox.record(
        "omniman.order_committed",
        subject="order:1",
        payload={"customer_uuid": str(merged.pk)},
    )
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "request_refresh", lambda customers: None)
        consume(event)
        consume(event)
    insight = CustomerInsight.objects.get()
    assert (insight.customer_id, insight.is_stale, insight.order_count) == (buyer.pk, True, 0)
    assert refresh_stale() == 1
    insight.refresh_from_db()
    assert (insight.is_stale, insight.order_count, insight.segment) == (False, 1, "recent")
    assert not SegmentChange.objects.exists(), "a first segment is no change"


def test_an_import_marks_its_customers_and_others_are_not_touched(
    make_customers: MakeCustomers, history: MemoryHistory
) -> None:
    first, second, _ = make_customers(3)
    for name, payload in (
        ("omniman.orders_imported", {"customer_uuids": [str(first.pk), str(second.pk)]}),
        ("omniman.order_committed", {"customer_uuid": None}),
        ("offerman.price_changed", {"customer_uuid": str(first.pk)}),
    ):
        consume(outbox.record(name, subject="x:1", payload=payload))
    marked = CustomerInsight.objects.stale().values_list("customer_id", flat=True)
    assert set(marked) == {first.pk, second.pk}


def test_an_order_after_the_runs_moment_stays_to_be_refreshed(
    make_customers: MakeCustomers, place: Place
) -> None:
    [customer] = make_customers()
    mark_stale([customer.pk])
    place(customer, placed_at=NOON + dt.timedelta(seconds=1))
    InsightService.recalculate_all(as_of=NOON)
    assert CustomerInsight.objects.stale().exists()
    refresh_stale()
    assert not CustomerInsight.objects.stale().exists()


def test_a_row_refreshed_during_a_run_is_kept(make_customers: MakeCustomers, place: Place) -> None:
    [customer] = make_customers()
    run = start()
    place(customer, placed_at=NOON + dt.timedelta(seconds=1))
    InsightService.recalculate(customer.code, as_of=NOON + dt.timedelta(seconds=2))
    list(shards.advance(run))
    assert runs.reread(run).counts["kept"] == 1
    assert CustomerInsight.objects.get().order_count == 1


def command(*args: str) -> str:
    out = io.StringIO()
    call_command("recalculate_insights", *args, "--no-progress", stdout=out)
    return out.getvalue()


def test_the_command_recalculates_all_one_and_stale(
    make_customers: MakeCustomers, place: Place
) -> None:
    customer, _ = make_customers(2)
    place(customer, days_ago=3)
    told = command("--as-of", "2026-03-11", "--batch-size", "1")
    assert "2 customers" in told
    assert "recent" in told
    assert CustomerInsight.objects.count() == 2
    assert "R 5: last order 4 days ago" in command(
        "--customer", customer.code, "--as-of", "2026-03-11"
    )
    assert "0 customers" in command("--stale-only")
    assert "2 customers" in command("--resume", "--policy", "quintiles")


@pytest.mark.parametrize(
    "args",
    [
        ["--customer", "nobody"],
        ["--as-of", "yesterday"],
        ["--as-of", "2026-03-10T12:00:00"],
        ["--batch-size", "0"],
        ["--tenant", "nobody"],
        ["--customer", "C1", "--stale-only"],
        ["--async", "--resume"],
    ],
)
def test_the_command_refuses_what_makes_no_sense(
    in_tenant: Tenant, history: MemoryHistory, args: list[str]
) -> None:
    with pytest.raises(CommandError):
        command(*args)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_runs_started_at_once_one_is_made(
    make_customers: MakeCustomers, history: MemoryHistory, race: Race
) -> None:
    make_customers(3)
    outcomes = race(*[lambda: runs.start(as_of=NOON)] * 8)
    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert {type(each.error) for each in outcomes if each.error} == {RunInProgress}
    assert InsightRun.objects.running().count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_shards_worked_on_at_once_lose_and_double_nothing(
    make_customers: MakeCustomers, history: MemoryHistory, race: Race, configure: Configure
) -> None:
    configure(SHARD_SIZE=10)
    for customer in make_customers(40):
        history.orders += drawn_orders(customer.pk, NOON)
    InsightService.recalculate_all(as_of=NOON, policy="quintiles")
    whole = rows()
    CustomerInsight.objects.all().delete()
    run = runs.start(as_of=NOON, policy_name="quintiles", batch_size=3)

    def worker(number: int) -> Callable[[], None]:
        return lambda: tasks.work_shard(str(run.pk), number)

    for _ in range(2):
        outcomes = race(*[worker(number) for number in (0, 1, 2, 3, 4, 0, 1)])
        assert [each.error for each in outcomes if each.error] == []
        while runs.reread(run).status == "running" and runs.open_shards(run):
            for number in runs.open_shards(run):
                tasks.work_shard(str(run.pk), number)
    assert runs.reread(run).status == "completed"
    assert runs.reread(run).counts["customers"] == 40
    assert rows() == whole


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    """``kill -9`` in the middle of either phase, three times, then the command to the end."""
    policy = "quintiles"
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'killed.sqlite3'}",
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "tests.guestman.insights.killed_settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    program = [sys.executable, "-m", "tests.guestman.insights.killed"]

    def run(*args: str) -> str:
        ended = subprocess.run(
            [*program, *args], env=environment, cwd=ROOT, capture_output=True, text=True
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    run("prepare")
    for _ in range(3):
        victim = subprocess.Popen(
            [*program, "slowly", policy], env=environment, cwd=ROOT, stdout=subprocess.PIPE
        )
        assert victim.stdout is not None
        victim.stdout.readline()
        time.sleep(0.05)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        victim.stdout.close()
    resumed = run("finish", policy).split()
    afresh = run("afresh", policy).split()
    assert resumed == afresh
    assert resumed[1] == "120"


def test_the_database_is_the_last_word_on_one_run(in_tenant: Tenant) -> None:
    names = connection.introspection.get_constraints(connection.cursor(), InsightRun._meta.db_table)
    assert names["insight_run_one_at_a_time"]["unique"]
