"""Pairs that are stored: found by a search and after changes, withdrawn, capped, remembered."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from guestman.contrib.duplicates import consumers
from guestman.contrib.duplicates.errors import ScanInProgress, ScanLost
from guestman.contrib.duplicates.models import (
    BlockingKey,
    ChangedCustomer,
    DuplicatePair,
    Scan,
    ScanShard,
)
from guestman.contrib.duplicates.rules.scoring import POSSIBLE
from guestman.contrib.duplicates.rules.weights import PRIOR, SCORER_VERSION
from guestman.contrib.duplicates.services import candidates, decisions, marks, pairs, scans
from guestman.models import Customer
from guestman.services import address, contact_point, customer, worth
from shopman import leases, tenancy
from shopman.models import OutboxEvent, Tenant
from tests.guestman.factories import CustomerFactory
from tests.shopman.factories import TenantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

BORN = dt.date(1980, 5, 17)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def twins() -> tuple[Customer, Customer]:
    one = customer.create(first_name="Ana", last_name="Souza", birth_date=BORN)
    other = customer.create(first_name="Anna", last_name="Sousa", birth_date=BORN)
    return one, other


def find(**options: Any) -> str:
    out = StringIO()
    call_command("find_duplicates", no_progress=True, stdout=out, **options)
    return out.getvalue()


def test_a_search_stores_a_pair_once_with_its_reasons() -> None:
    one, other = twins()
    customer.create(first_name="Otto", last_name="Krull")
    assert "1 new" in find()
    pair = DuplicatePair.objects.get()
    assert (pair.low_id, pair.high_id) == tuple(sorted((one.pk, other.pk)))
    assert pair.state == "open"
    assert pair.scorer_version == SCORER_VERSION
    assert pair.score == round(PRIOR + sum(each["weight"] for each in pair.evidence), 2)
    assert {each["feature"] for each in pair.evidence} == {
        "given_name",
        "family_name",
        "birth_date",
    }
    # No value of anybody.
    assert "souza" not in str(pair.evidence).lower() + str(pair.shared).lower()
    assert "0 new, 0 opened again, 0 changed, 0 withdrawn" in find()
    assert DuplicatePair.objects.count() == 1


def test_the_summary_is_the_databases_change() -> None:
    for number in range(6):
        customer.create(first_name="Rosa", last_name="Krull", birth_date=BORN)
        assert number >= 0
    out = find()
    assert f"{DuplicatePair.objects.count()} new" in out
    assert DuplicatePair.objects.count() == 15
    scan = Scan.objects.get()
    assert (scan.status, scan.counts["new"]) == ("completed", 15)


def test_what_comes_to_differ_is_withdrawn() -> None:
    _one, other = twins()
    find()
    customer.update(other.code, first_name="Otto", last_name="Krull")
    assert "1 withdrawn" in find()
    assert not DuplicatePair.objects.exists()


def test_a_closed_customer_has_no_keys_and_no_open_pair() -> None:
    one, _other = twins()
    find()
    customer.deactivate(one.code, reason="asked to")
    assert DuplicatePair.objects.waiting().count() == 0
    find()
    assert not BlockingKey.objects.filter(customer=one).exists()
    assert not DuplicatePair.objects.exists()


def test_who_changes_is_compared_and_nobody_else() -> None:
    one, _other = twins()
    find(changed_only=True)
    DuplicatePair.objects.all().delete()
    stranger = customer.create(first_name="Otto", last_name="Krull")
    assert set(ChangedCustomer.objects.values_list("customer", flat=True)) == {stranger.pk}
    assert "1 customers, 0 pairs compared" in find(changed_only=True)
    contact_point.add(customer=one, kind="email", value="ana@loja.com.br")
    contact_point.add(customer=stranger, kind="email", value="ana@loja.com.br")
    assert "2 customers" in find(changed_only=True)
    assert not ChangedCustomer.objects.exists()
    assert DuplicatePair.objects.filter(low=one).exists()


def test_an_address_counts_too() -> None:
    one = customer.create(first_name="Ana", last_name="Souza")
    other = customer.create(first_name="Ana", last_name="Souza")
    find(changed_only=True)
    for each in (one, other):
        address.add(customer=each, street="Rua das Flores", number="12", city="Recife")
    find(changed_only=True)
    assert DuplicatePair.objects.get().band == "likely"


def test_a_change_that_says_nothing_of_who_somebody_is_marks_nobody() -> None:
    one, _other = twins()
    find(changed_only=True)
    customer.update(one.code, notes="prefers the morning")
    assert not ChangedCustomer.objects.exists()


@pytest.mark.usefixtures("at_once")
def test_the_outbox_has_the_marked_compared() -> None:
    one, _other = twins()
    consumers.consume(OutboxEvent(name="omniman.order_placed", subject="order:1", payload={}))
    assert not DuplicatePair.objects.exists()
    consumers.consume(
        OutboxEvent(name="guestman.customer_created", subject=one.subject, payload={})
    )
    assert DuplicatePair.objects.count() == 1
    assert not ChangedCustomer.objects.exists()


def test_a_change_and_a_search_find_the_same() -> None:
    twins()
    for number in range(5):
        customer.create(first_name="Rosa", last_name=f"Krull{number}", birth_date=BORN)
    marks.compare_changed()
    after_changes = set(DuplicatePair.objects.values_list("low", "high", "score"))
    DuplicatePair.objects.all().delete()
    find()
    assert set(DuplicatePair.objects.values_list("low", "high", "score")) == after_changes


def test_nobody_has_more_than_twenty_open_pairs() -> None:
    for _ in range(26):
        customer.create(first_name="Rosa", last_name="Krull", birth_date=BORN)
    out = find()
    for each in Customer.objects.all():
        assert DuplicatePair.objects.of(each.pk).count() <= pairs.MOST_OPEN
    scan = Scan.objects.get()
    left = scan.counts["new"] - scan.counts["beyond"]
    assert left == DuplicatePair.objects.count() > 200
    assert "beyond" in out


def test_a_popular_key_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MOST_OF_A_KEY", 3)
    made = [customer.create(first_name="Ana", last_name="Souza", birth_date=BORN) for _ in range(5)]
    marks.compare_changed()
    assert candidates.candidates([each.pk for each in made]) == set()


def test_worth_decides_between_pairs_of_one_score() -> None:
    twins()
    rich = customer.create(first_name="Rosa", last_name="Krull", birth_date=BORN)
    customer.create(first_name="Rosa", last_name="Krull", birth_date=BORN)

    def much(customers: Any) -> dict[Any, int]:
        return {rich.pk: 1_000_000}

    worth.register(much)
    try:
        find()
    finally:
        worth.unregister(much)
    first = DuplicatePair.objects.in_reading_order().first()
    assert first is not None
    assert rich.pk in (first.low_id, first.high_id)
    assert first.worth_amount == 1_000_000
    assert pairs.rank(POSSIBLE, 10**9) == 0


def test_no_shop_is_compared_with_another(in_tenant: Tenant) -> None:
    one, _other = twins()
    with tenancy.use(TenantFactory()):
        for _ in range(2):
            customer.create(first_name="Ana", last_name="Souza", birth_date=BORN)
        marks.compare_changed()
        assert DuplicatePair.objects.count() == 1
        assert not DuplicatePair.objects.of(one.pk).exists()
    marks.compare_changed()
    assert DuplicatePair.objects.count() == 1


def test_an_interrupted_search_goes_on(settings: Any) -> None:
    settings.GUESTMAN = {**settings.GUESTMAN, "DUPLICATES": {"SHARD_SIZE": 2}}
    twins()
    for name in ("Otto", "Rosa", "Igor", "Vera", "Caio"):
        CustomerFactory(first_name=name, last_name=f"{name}mann")
    scan = scans.start(owner=leases.me())
    walk = scans.advance(scan)
    next(walk)
    walk.close()
    assert scans.resumable() == scan
    assert "1 new" in find(resume=True)
    assert Scan.objects.get().pk == scan.pk
    assert ScanShard.objects.filter(scan=scan, is_done=False).count() == 0


def test_two_searches_at_once_are_refused() -> None:
    scan = scans.start()
    with pytest.raises(ScanInProgress):
        scans.start()
    with pytest.raises(CommandError, match="already running"):
        find()
    # Its worker is gone: the next one takes its place.
    ScanShard.objects.update(lease_until=None)
    claimed = scans.claim(scan.pk, 0)
    assert claimed is not None
    ScanShard.objects.update(lease_until=None, owner="")
    find()
    assert Scan.objects.get(pk=scan.pk).status == "abandoned"
    with pytest.raises(ScanLost):
        list(scans.work(claimed))


def test_workers_do_the_shards(at_once: Any) -> None:
    twins()
    out = find(by_workers=True)
    assert "left to the workers" in out
    assert Scan.objects.get().status == "completed"
    assert DuplicatePair.objects.count() == 1


@pytest.mark.parametrize(
    "options", [{"changed_only": True, "resume": True}, {"by_workers": True, "resume": True}]
)
def test_options_that_do_not_go_together_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        find(**options)


def test_the_database_refuses_a_pair_twice_and_turned_around() -> None:
    one, other = sorted(twins(), key=lambda each: each.pk)
    facts: dict[str, Any] = {
        "score": 1,
        "band": "likely",
        "scorer_version": 1,
        "evidence_digest": "",
        "source": "comparison",
        "rank": 1,
    }
    with transaction.atomic(), pytest.raises(IntegrityError), transaction.atomic():
        DuplicatePair.objects.create(low=other, high=one, **facts)
    DuplicatePair.objects.create(low=one, high=other, **facts)
    with transaction.atomic(), pytest.raises(IntegrityError), transaction.atomic():
        DuplicatePair.objects.create(low=one, high=other, **facts)


def test_what_was_decided_is_not_searched_away() -> None:
    twins()
    find()
    pair = DuplicatePair.objects.get()
    decisions.different(pair.pk, reason="mother and daughter")
    decisions.reopen(pair.pk)
    Customer.objects.filter(pk=pair.high_id).update(first_name="Otto", last_name="Krull")
    find()
    assert DuplicatePair.objects.filter(pk=pair.pk).exists()
