"""The outbox and its relay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction

from config import wiring
from shopman import clock, outbox, tenancy
from shopman.models import OutboxEvent, Tenant
from shopman.outbox import relay
from shopman.outbox.signals import recorded
from tests.conftest import Race
from tests.shopman import consumers
from tests.shopman.factories import OutboxEventFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _consumer(settings: Any) -> Iterator[None]:
    settings.SHOPMAN = {
        **settings.SHOPMAN,
        "OUTBOX_CONSUMERS": ["tests.shopman.consumers.consume"],
        "OUTBOX_MAX_ATTEMPTS": 3,
    }
    consumers.delivered.clear()
    consumers.failing.clear()
    yield
    consumers.delivered.clear()
    consumers.failing.clear()


def numbers(subject: str = "thing:1") -> list[int]:
    return [number for _, each, number in consumers.delivered if each == subject]


def test_an_event_is_a_row_of_the_transaction(in_tenant: Tenant) -> None:
    with transaction.atomic():
        outbox.record("tests.happened", subject="thing:1")
        transaction.set_rollback(True)
    assert not OutboxEvent.objects.exists()
    event = outbox.record("tests.happened", subject="thing:1", payload={"n": 1})
    assert OutboxEvent.objects.get() == event
    assert event.tenant == in_tenant


def test_events_are_delivered_in_order_inside_their_tenant(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    for number in range(5):
        for each in (tenant, other_tenant):
            with tenancy.use(each):
                outbox.record("tests.happened", subject="thing:1", payload={"n": number})
    done = relay.relay(batch_size=2)
    assert done.delivered_count == 10
    for slug in (tenant.slug, other_tenant.slug):
        assert [n for each, _, n in consumers.delivered if each == slug] == [0, 1, 2, 3, 4]
    assert relay.relay().delivered_count == 0


def test_a_failing_event_is_retried_later_and_holds_its_subject_only(in_tenant: Tenant) -> None:
    consumers.failing.add("thing:1")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for subject in ("thing:1", "thing:1", "thing:2"):
            outbox.record("tests.happened", subject=subject)
        done = relay.relay()
        assert (done.delivered_count, done.retried_count) == (1, 1)
        first, second = OutboxEvent.objects.filter(subject="thing:1").order_by("uuid")
        assert first.next_attempt_at == clock.now() + dt.timedelta(seconds=5)
        assert (first.attempts, second.attempts) == (1, 0)
        assert relay.relay() == relay.Delivery()
        traveller.shift(6)
        relay.relay()
        first.refresh_from_db()
        assert first.next_attempt_at == clock.now() + dt.timedelta(seconds=10)
        consumers.failing.clear()
        traveller.shift(11)
        assert relay.relay().delivered_count == 2


def test_an_error_is_remembered_by_its_name_only(in_tenant: Tenant) -> None:
    consumers.failing.add("thing:1")
    event = outbox.record("tests.happened", subject="thing:1")
    relay.relay()
    event.refresh_from_db()
    assert event.last_error == "Unreachable"


def test_a_dead_letter_frees_its_subject_and_can_be_replayed(in_tenant: Tenant) -> None:
    consumers.failing.add("thing:1")
    dead = outbox.record("tests.happened", subject="thing:1", payload={"n": 1})
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(3):
            relay.relay()
            traveller.shift(60)
        dead.refresh_from_db()
        assert dead.dead_at is not None
        consumers.failing.clear()
        outbox.record("tests.happened", subject="thing:1", payload={"n": 2})
        relay.relay()
        assert numbers() == [2]
        assert relay.replay() == 1
        relay.relay()
    dead.refresh_from_db()
    assert numbers() == [2, 1]
    assert dead.dead_at is None
    assert dead.delivered_at is not None


def test_replay_may_name_the_events(in_tenant: Tenant) -> None:
    one, two = (OutboxEventFactory(dead_at=clock.now()) for _ in range(2))
    assert relay.replay(keys=[two.pk]) == 1
    assert OutboxEvent.objects.get(dead_at=None) == two
    assert OutboxEvent.objects.get(dead_at__isnull=False) == one


def test_the_back_off_doubles_up_to_an_hour() -> None:
    waits = [relay._back_off(attempt).total_seconds() for attempt in range(1, 14)]
    assert waits[:4] == [5, 10, 20, 40]
    assert waits[-1] == 3600


def test_a_crash_between_lease_and_mark_delivers_again(in_tenant: Tenant) -> None:
    outbox.record("tests.happened", subject="thing:1", payload={"n": 1})
    with time_machine.travel(clock.now(), tick=False) as traveller:
        (held,) = relay._lease(10)
        assert relay.relay().delivered_count == 0
        traveller.shift(61)
        assert relay.relay().delivered_count == 1
        # The relay that was thought dead wakes up and delivers too: at least once, marked once.
        late = relay.Delivery()
        relay._deliver(held, [consumers.consume], late)
    assert numbers() == [1, 1]
    event = OutboxEvent.objects.get()
    assert event.attempts == 2


def test_a_slow_relay_does_not_undo_what_a_later_one_delivered(in_tenant: Tenant) -> None:
    outbox.record("tests.happened", subject="thing:1")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        (held,) = relay._lease(10)
        traveller.shift(61)
        relay.relay()
        consumers.failing.add("thing:1")
        relay._deliver(held, [consumers.consume], relay.Delivery())
    assert OutboxEvent.objects.get().delivered_at is not None


def test_old_delivered_events_are_purged_and_others_kept(in_tenant: Tenant) -> None:
    now = clock.now()
    OutboxEventFactory.create_batch(3, delivered_at=now - dt.timedelta(days=31))
    kept = {
        OutboxEventFactory(delivered_at=now - dt.timedelta(days=29)).pk,
        OutboxEventFactory(dead_at=now - dt.timedelta(days=99)).pk,
        OutboxEventFactory(occurred_at=now - dt.timedelta(days=99)).pk,
    }
    assert relay.purge(batch_size=2) == 3
    assert set(OutboxEvent.objects.values_list("pk", flat=True)) == kept


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_events_are_delivered_right_after_the_commit(
    tenant: Tenant, settings: Any
) -> None:
    settings.REDIS_URL = ""
    with tenancy.use(tenant):
        with transaction.atomic():
            outbox.record("tests.happened", subject="thing:1", payload={"n": 1})
            assert numbers() == []
        assert numbers() == [1]


@pytest.mark.django_db(transaction=True)
def test_a_failing_consumer_never_breaks_the_caller(tenant: Tenant, settings: Any) -> None:
    settings.REDIS_URL = ""
    consumers.failing.add("thing:1")
    with tenancy.use(tenant):
        with transaction.atomic():
            outbox.record("tests.happened", subject="thing:1")
        assert OutboxEvent.objects.get().attempts == 1


def test_nothing_is_delivered_inside_a_transaction(in_tenant: Tenant, settings: Any) -> None:
    settings.REDIS_URL = ""
    outbox.record("tests.happened", subject="thing:1")
    assert connection.in_atomic_block
    recorded.send(sender=OutboxEvent)
    assert numbers() == []


def test_with_a_broker_one_relay_is_queued_for_all_events_of_a_second(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    queued: list[int] = []
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    cache.delete(wiring.QUEUED)
    monkeypatch.setattr(
        wiring.tasks.relay_outbox, "apply_async", lambda countdown: queued.append(countdown)
    )
    recorded.send(sender=OutboxEvent)
    recorded.send(sender=OutboxEvent)
    assert queued == [wiring.RELAY_AFTER_SECONDS]
    cache.delete(wiring.QUEUED)
    recorded.send(sender=OutboxEvent)
    assert len(queued) == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_relays_keep_the_order_of_each_subject_and_deliver_once(
    tenant: Tenant, race: Race
) -> None:
    with tenancy.use(tenant):
        OutboxEvent.objects.bulk_create(
            OutboxEventFactory.build(subject=f"thing:{number % 7}", payload={"n": number})
            for number in range(210)
        )
    outcomes = race(*[lambda: relay.relay(batch_size=5)] * 4)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    relay.relay()
    assert len(consumers.delivered) == 210
    for subject in range(7):
        seen = numbers(f"thing:{subject}")
        assert seen == sorted(seen)
        assert len(seen) == 30
