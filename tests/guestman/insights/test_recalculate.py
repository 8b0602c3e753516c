"""One customer, many customers, and the meaning of every number."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from guestman.contrib.insights.errors import AmbiguousMoment, UnknownPolicy, UnknownSegment
from guestman.contrib.insights.models import CustomerInsight, InsightRun, SegmentChange
from guestman.contrib.insights.rules.numbers import Numbers
from guestman.contrib.insights.service import InsightService, mark_stale
from guestman.errors import CustomerNotFound
from guestman.models import Customer
from shopman import tenancy
from shopman.models import OutboxEvent, Tenant
from tests.guestman.insights.conftest import NOON, MakeCustomers, Place
from tests.guestman.insights.memory import MemoryHistory, drawn_orders
from tests.guestman.insights.oracle import expected

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[Any, ...]]:
    """Every row, without its key and the time it was written."""
    return list(
        CustomerInsight.objects.order_by("customer_id").values_list(
            "customer_id", *Numbers._fields, "as_of", "is_stale"
        )
    )


def test_a_customer_without_orders_is_a_prospect_with_reasons(
    make_customers: MakeCustomers, history: MemoryHistory
) -> None:
    [customer] = make_customers()
    insight = InsightService.recalculate(customer.code, as_of=NOON)
    assert insight.segment == "prospect"
    assert (insight.order_count, insight.net_total_amount) == (0, 0)
    assert insight.churn_risk is None
    assert insight.predicted_value_amount is None
    assert insight.reasons["churn_risk"] == insight.reasons["recency_score"] == "no_orders"
    assert customer.insight == insight


def test_worked_example(make_customers: MakeCustomers, place: Place) -> None:
    [customer] = make_customers()
    place(customer, days_ago=33, total_amount=30_000, quantities={"B": 2, "A": 2})
    place(customer, days_ago=22.5, total_amount=20_001, refunded_amount=1, channel="counter")
    place(customer, days_ago=12, total_amount=10_000, quantities={"A": 3})
    insight = InsightService.recalculate(customer.code, as_of=NOON)
    assert (insight.order_count, insight.net_total_amount) == (3, 60_000)
    assert insight.average_order_amount == 20_000
    assert insight.days_since_last_order == 12
    assert insight.average_gap_days == Decimal("10.50")
    assert (insight.recency_score, insight.frequency_score, insight.monetary_score) == (4, 2, 2)
    assert insight.segment == "recent"
    assert insight.churn_risk == 0.1
    assert insight.predicted_value_amount == 695_238
    assert insight.total_value_amount == 755_238
    assert insight.channels == ["counter", "web"]
    assert insight.favourite_products == [
        {"sku": "A", "quantity": 5},
        {"sku": "B", "quantity": 2},
    ]
    assert (insight.policy, insight.currency) == ("thresholds", "BRL")
    assert insight.as_of == NOON


def test_one_order_has_no_gap_and_no_prediction(
    make_customers: MakeCustomers, place: Place
) -> None:
    [customer] = make_customers()
    place(customer, days_ago=91)
    insight = InsightService.recalculate(customer.code, as_of=NOON)
    assert insight.average_gap_days is None
    assert insight.predicted_value_amount is None
    assert insight.total_value_amount is None
    assert insight.churn_risk == 0.8
    assert insight.reasons == {
        "average_gap_days": "one_order",
        "predicted_value_amount": "one_order",
    }


def test_cancelled_orders_do_not_count_and_refunds_reduce(
    make_customers: MakeCustomers, place: Place
) -> None:
    [customer] = make_customers()
    place(customer, days_ago=5, total_amount=70_000)
    place(customer, days_ago=4, status="cancelled")
    place(customer, days_ago=3, total_amount=900, refunded_amount=900)
    place(customer, days_ago=2, total_amount=900, refunded_amount=400)
    place(customer, days_ago=1, kind="return", total_amount=-20_000)
    insight = InsightService.recalculate(customer.code, as_of=NOON)
    assert (insight.order_count, insight.refund_count) == (2, 1)
    assert insight.net_total_amount == 50_500
    assert insight.days_since_last_order == 2


def test_only_returns_is_a_prospect_below_zero(make_customers: MakeCustomers, place: Place) -> None:
    [customer] = make_customers()
    place(customer, kind="return", total_amount=-500)
    insight = InsightService.recalculate(customer.code, as_of=NOON)
    assert (insight.segment, insight.order_count, insight.net_total_amount) == ("prospect", 0, -500)
    assert insight.reasons["churn_risk"] == "only_returns"


def test_other_currencies_are_told_apart(make_customers: MakeCustomers, place: Place) -> None:
    mixed, foreign = make_customers(2)
    place(mixed, days_ago=9, total_amount=100)
    place(mixed, days_ago=1, total_amount=7_000_000, currency="JPY")
    place(foreign, currency="EUR", total_amount=990)
    run = InsightService.recalculate_all(as_of=NOON)
    first, second = CustomerInsight.objects.order_by("customer_id")
    assert (first.order_count, first.net_total_amount, first.days_since_last_order) == (1, 100, 9)
    assert first.other_currencies == {"JPY": {"order_count": 1, "net_total_amount": 7_000_000}}
    assert (second.segment, second.net_total_amount) == ("prospect", 0)
    assert second.reasons["recency_score"] == "only_other_currencies"
    assert run.counts["with_other_currencies"] == 2


def test_orders_at_or_after_as_of_are_left_out_and_counted(
    make_customers: MakeCustomers, place: Place
) -> None:
    [customer] = make_customers()
    place(customer, placed_at=NOON - dt.timedelta(microseconds=1))
    place(customer, placed_at=NOON)
    place(customer, placed_at=NOON + dt.timedelta(days=3))
    run = InsightService.recalculate_all(as_of=NOON)
    assert CustomerInsight.objects.get().order_count == 1
    assert run.counts["future_orders"] == 2


def test_a_date_means_its_first_moment_where_the_shop_is(
    make_customers: MakeCustomers, place: Place
) -> None:
    [customer] = make_customers()
    place(customer, placed_at=dt.datetime(2026, 3, 10, 2, 59, 59, tzinfo=dt.UTC))
    place(customer, placed_at=dt.datetime(2026, 3, 10, 3, 0, 0, tzinfo=dt.UTC))
    insight = InsightService.recalculate(customer.code, as_of=dt.date(2026, 3, 10))
    assert insight.as_of == dt.datetime(2026, 3, 10, 3, tzinfo=dt.UTC)
    assert insight.order_count == 1
    assert insight.days_since_last_order == 1
    assert (insight.preferred_weekday, insight.preferred_hour) == (1, 23)


def test_a_moment_without_an_offset_is_refused(
    make_customers: MakeCustomers, history: MemoryHistory
) -> None:
    [customer] = make_customers()
    with pytest.raises(AmbiguousMoment):
        InsightService.recalculate(customer.code, as_of=dt.datetime(2026, 3, 10))  # noqa: DTZ001
    with pytest.raises(AmbiguousMoment):
        InsightService.recalculate_all(as_of=dt.datetime(2026, 3, 10))  # noqa: DTZ001
    assert not CustomerInsight.objects.exists()


def test_unknown_names_raise(in_tenant: Tenant, history: MemoryHistory) -> None:
    with pytest.raises(CustomerNotFound):
        InsightService.recalculate("nobody")
    with pytest.raises(UnknownPolicy):
        InsightService.recalculate_all(policy="magic")
    with pytest.raises(UnknownSegment):
        InsightService.segment("magic")
    assert not InsightRun.objects.exists()


@pytest.mark.parametrize("batch_size", [1, 7, 1000])
def test_all_customers_equal_a_brute_force_calculation(
    make_customers: MakeCustomers, history: MemoryHistory, batch_size: int, in_tenant: Tenant
) -> None:
    customers = make_customers(60)
    for customer in customers:
        history.orders += drawn_orders(customer.pk, NOON, seed=batch_size)
    run = InsightService.recalculate_all(as_of=NOON, batch_size=batch_size)
    assert run.status == "completed"
    assert run.counts["customers"] == run.customer_count == 60
    for customer in customers:
        own = [each for each in history.orders if each.customer == customer.pk]
        wanted = expected(own, as_of=NOON, zone=in_tenant.zone, currency="BRL")
        insight = CustomerInsight.objects.get(customer=customer)
        assert {name: getattr(insight, name) for name in wanted} == wanted, own
    assert sum(run.counts["segments"].values()) == 60


def test_one_customer_is_calculated_as_all_are(
    make_customers: MakeCustomers, history: MemoryHistory
) -> None:
    customers = make_customers(20)
    for customer in customers:
        history.orders += drawn_orders(customer.pk, NOON)
    for customer in customers:
        InsightService.recalculate(customer.code, as_of=NOON)
    alone = rows()
    CustomerInsight.objects.all().delete()
    InsightService.recalculate_all(as_of=NOON)
    assert rows() == alone


@pytest.mark.parametrize("policy", ["thresholds", "quintiles"])
def test_the_order_of_rows_and_batches_changes_nothing(
    make_customers: MakeCustomers, history: MemoryHistory, policy: str
) -> None:
    for customer in make_customers(50):
        history.orders += drawn_orders(customer.pk, NOON)
    InsightService.recalculate_all(as_of=NOON, policy=policy)
    before = rows()
    CustomerInsight.objects.all().delete()
    random.Random(7).shuffle(history.orders)
    InsightService.recalculate_all(as_of=NOON, policy=policy, batch_size=3)
    assert rows() == before


def test_a_second_run_at_the_same_moment_writes_nothing(
    make_customers: MakeCustomers, history: MemoryHistory
) -> None:
    for customer in make_customers(30):
        history.orders += drawn_orders(customer.pk, NOON)
    InsightService.recalculate_all(as_of=NOON)
    before = list(CustomerInsight.objects.order_by("uuid").values())
    run = InsightService.recalculate_all(as_of=NOON)
    assert list(CustomerInsight.objects.order_by("uuid").values()) == before
    assert (run.counts["written"], run.counts["confirmed"]) == (0, 0)


def test_unchanged_numbers_take_the_new_moment(
    make_customers: MakeCustomers, history: MemoryHistory
) -> None:
    make_customers(3)
    InsightService.recalculate_all(as_of=NOON)
    later = NOON + dt.timedelta(days=1)
    run = InsightService.recalculate_all(as_of=later)
    assert (run.counts["written"], run.counts["confirmed"]) == (0, 3)
    assert set(CustomerInsight.objects.values_list("as_of", flat=True)) == {later}


def test_a_row_changed_behind_the_service_is_put_right(
    make_customers: MakeCustomers, place: Place
) -> None:
    [customer] = make_customers()
    place(customer)
    InsightService.recalculate_all(as_of=NOON)
    before = rows()
    CustomerInsight.objects.update(order_count=99, segment="lost")
    InsightService.recalculate_all(as_of=NOON)
    assert rows() == before


def test_a_new_segment_is_remembered_announced_and_in_the_outbox(
    make_customers: MakeCustomers,
    place: Place,
    django_capture_on_commit_callbacks: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [customer] = make_customers()
    InsightService.recalculate_all(as_of=NOON)
    assert not SegmentChange.objects.exists()
    place(customer, days_ago=1)
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "guestman.contrib.insights.service.calculation.announce",
        lambda signal, **facts: heard.append(facts),
    )
    InsightService.recalculate_all(as_of=NOON)
    change = SegmentChange.objects.get()
    assert (change.customer_id, change.from_segment, change.to_segment) == (
        customer.pk,
        "prospect",
        "recent",
    )
    event = OutboxEvent.objects.get(name="guestman.segment_changed")
    assert event.subject == f"customer:{customer.pk}"
    assert event.payload["to_segment"] == "recent"
    assert [(each["customer_uuid"], each["to_segment"]) for each in heard] == [
        (customer.pk, "recent")
    ]


def test_the_first_segment_is_no_change_even_where_a_mark_made_the_row(
    make_customers: MakeCustomers, place: Place
) -> None:
    [customer] = make_customers()
    place(customer, days_ago=1)
    mark_stale([customer.pk])
    InsightService.recalculate_all(as_of=NOON)
    assert CustomerInsight.objects.get().segment == "recent"
    assert not SegmentChange.objects.exists()
    assert not OutboxEvent.objects.filter(name="guestman.segment_changed").exists()


def test_orders_of_a_merged_customer_count_for_the_survivor(
    make_customers: MakeCustomers, place: Place
) -> None:
    survivor, duplicate = make_customers(2)
    place(survivor, days_ago=10)
    place(duplicate, days_ago=2)
    InsightService.recalculate_all(as_of=NOON)
    Customer.objects.filter(pk=duplicate.pk).update(merged_into=survivor)
    InsightService.recalculate_all(as_of=NOON)
    insight = CustomerInsight.objects.get()
    assert (insight.customer_id, insight.order_count) == (survivor.pk, 2)
    assert InsightService.recalculate(duplicate.code, as_of=NOON).customer_id == survivor.pk
    assert CustomerInsight.objects.count() == 1


def test_segment_and_at_risk_list_active_customers(
    make_customers: MakeCustomers, place: Place
) -> None:
    gone, fresh, inactive, quiet = make_customers(4)
    place(gone, days_ago=91)
    place(fresh, days_ago=1)
    place(inactive, days_ago=200)
    place(quiet, days_ago=61)
    Customer.objects.filter(pk=inactive.pk).update(status="inactive", is_active=False)
    InsightService.recalculate_all(as_of=NOON)
    assert list(InsightService.segment("recent")) == [fresh]
    assert list(InsightService.segment("lost")) == [gone]
    assert list(InsightService.at_risk()) == [gone]
    assert list(InsightService.at_risk(threshold=0.5)) == [gone, quiet]
    assert CustomerInsight.objects.count() == 4


def test_explain_says_why(make_customers: MakeCustomers, place: Place) -> None:
    customer, nobody = make_customers(2)
    place(customer, days_ago=33, total_amount=30_000)
    place(customer, days_ago=12, total_amount=30_000)
    InsightService.recalculate_all(as_of=NOON)
    told = InsightService.explain(customer.code)
    assert told["segment"] == "recent"
    assert told["scores"]["recency"] == {
        "score": 4,
        "value": 12,
        "text": "R 4: last order 12 days ago",
    }
    assert "F 2: 2 orders" in told["reasons"]
    assert "M 2: R$600.00 spent, net of refunds" in told["reasons"]
    assert "An order every 21 days on average" in told["text"]
    assert (
        "Churn risk unknown: there are no orders yet"
        in InsightService.explain(nobody.code)["reasons"]
    )


def test_tenants_do_not_see_each_others_numbers(
    make_customers: MakeCustomers, place: Place, other_tenant: Tenant
) -> None:
    [customer] = make_customers()
    place(customer)
    with tenancy.use(other_tenant):
        stranger = Customer.objects.create(code="X1")
        InsightService.recalculate_all(as_of=NOON)
        assert CustomerInsight.objects.get().customer_id == stranger.pk
        assert CustomerInsight.objects.get().currency == "GBP"
    assert not CustomerInsight.objects.exists()
    assert list(InsightService.segment("prospect")) == []


@pytest.mark.parametrize(("policy", "budget"), [("thresholds", 30), ("quintiles", 70)])
def test_the_number_of_queries_does_not_grow_with_customers(
    make_customers: MakeCustomers, history: MemoryHistory, policy: str, budget: int
) -> None:
    counts = []
    for number in (20, 400):
        for customer in make_customers(number):
            history.orders += drawn_orders(customer.pk, NOON)
        with CaptureQueriesContext(connection) as captured:
            InsightService.recalculate_all(as_of=NOON, policy=policy)
        counts.append(len(captured))
        CustomerInsight.objects.all().delete()
    assert counts[0] == counts[1] <= budget


def test_one_recalculation_takes_few_queries(
    make_customers: MakeCustomers,
    place: Place,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    [customer] = make_customers()
    place(customer)
    with django_assert_num_queries(7):
        InsightService.recalculate(customer.code, as_of=NOON)


@time_machine.travel(NOON, tick=False)
def test_now_is_the_default_moment(make_customers: MakeCustomers, place: Place) -> None:
    [customer] = make_customers()
    place(customer, days_ago=3)
    insight = InsightService.recalculate(customer.code)
    assert (insight.as_of, insight.calculated_at) == (NOON, NOON)
    assert insight.days_since_last_order == 3
