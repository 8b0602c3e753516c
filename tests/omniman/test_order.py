from __future__ import annotations

import uuid
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from omniman.errors import (
    EmptyNote,
    IdempotencyKeyReused,
    InvalidRefund,
    OrderChanged,
    OrderNotFound,
    RefundRefused,
    TransitionRefused,
)
from omniman.models import Order, OrderEvent
from omniman.rules.status import TRANSITIONS, Status
from omniman.services import order, tracking
from omniman.signals import order_refunded, order_status_changed
from shopman import actor, tenancy
from shopman.models import OutboxEvent, Tenant
from tests.conftest import Race
from tests.omniman import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(in_tenant: Tenant) -> Tenant:
    return in_tenant


class TestTransition:
    @pytest.mark.parametrize("now", Status)
    @pytest.mark.parametrize("then", Status)
    def test_only_what_the_table_allows(self, now: Status, then: Status) -> None:
        row = factories.order(status=now)
        if then in TRANSITIONS[now]:
            assert order.transition(order=row, to=then).status == then
            assert Order.objects.get().status == then
        else:
            with pytest.raises(TransitionRefused):
                order.transition(order=row, to=then)
            assert not OrderEvent.objects.exists()

    def test_is_remembered_and_told(
        self, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        heard: list[dict[str, Any]] = []

        def listen(**facts: Any) -> None:
            heard.append(facts)

        order_status_changed.connect(listen)
        row = factories.order(customer_uuid=uuid.uuid4())
        before = row.updated_at
        who = actor.Actor(kind="user", id="1", label="ann")
        with django_capture_on_commit_callbacks(execute=True), actor.use(who, request_id="r-1"):
            order.transition(order=row, to="cancelled", reason=" no stock ")
        order_status_changed.disconnect(listen)
        event = OrderEvent.objects.get()
        assert (event.from_status, event.to_status, event.reason) == (
            "placed",
            "cancelled",
            "no stock",
        )
        assert (event.actor_label, event.request_id) == ("ann", "r-1")
        assert OutboxEvent.objects.get().name == "omniman.order_status_changed"
        assert heard[0]["customer_uuid"] == row.customer_uuid
        assert (heard[0]["from_status"], heard[0]["to_status"]) == ("placed", "cancelled")
        assert Order.objects.get().updated_at > before

    def test_looks_at_the_row_not_at_what_the_caller_holds(self) -> None:
        row = factories.order()
        order.transition(order=row, to="cancelled")
        with pytest.raises(TransitionRefused):
            order.transition(order=row, to="confirmed")

    def test_an_unknown_status_is_refused(self) -> None:
        with pytest.raises(TransitionRefused):
            order.transition(order=factories.order(), to="lost")

    def test_another_tenants_order_is_not_there(self, other_tenant: Tenant) -> None:
        row = factories.order()
        with tenancy.use(other_tenant), pytest.raises(OrderNotFound):
            order.transition(order=row, to="confirmed")

    def test_costs_four_statements(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        row = factories.order()
        with django_assert_num_queries(6):
            order.transition(order=row, to="confirmed")


class TestRefund:
    def test_adds_up_to_the_total_and_no_further(self) -> None:
        row = factories.order(total_amount=1000)
        order.refund(order=row, amount=400, reason="broken")
        assert order.refund(order=row, amount=600, reason="all of it").net_amount == 0
        with pytest.raises(RefundRefused):
            order.refund(order=row, amount=1, reason="more")
        assert Order.objects.get().refunded_amount == 1000
        assert list(OrderEvent.objects.order_by("uuid").values_list("amount", flat=True)) == [
            400,
            600,
        ]

    @pytest.mark.parametrize(("amount", "reason"), [(0, "x"), (-1, "x"), (1, " ")])
    def test_needs_an_amount_and_a_reason(self, amount: int, reason: str) -> None:
        with pytest.raises(InvalidRefund):
            order.refund(order=factories.order(), amount=amount, reason=reason)

    def test_the_same_key_gives_back_once(self) -> None:
        row = factories.order()
        for _ in range(2):
            order.refund(order=row, amount=300, reason="x", idempotency_key="k")
        assert Order.objects.get().refunded_amount == 300
        with pytest.raises(IdempotencyKeyReused):
            order.refund(order=row, amount=301, reason="x", idempotency_key="k")

    def test_a_return_cannot_be_refunded(self) -> None:
        row = factories.order(kind="return", total_amount=-500)
        with pytest.raises(RefundRefused):
            order.refund(order=row, amount=1, reason="x")

    def test_is_told(
        self, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        heard: list[dict[str, Any]] = []

        def listen(**facts: Any) -> None:
            heard.append(facts)

        order_refunded.connect(listen)
        row = factories.order()
        with django_capture_on_commit_callbacks(execute=True):
            order.refund(order=row, amount=100, reason="x")
        order_refunded.disconnect(listen)
        assert (heard[0]["amount"], heard[0]["refunded_amount"]) == (100, 100)
        payload = OutboxEvent.objects.get().payload
        assert (payload["order_uuid"], payload["amount"]) == (str(row.uuid), 100)

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_refunds_at_once_never_exceed_the_total(self, race: Race) -> None:
        row = factories.order(total_amount=1000)
        outcomes = race(*[lambda: order.refund(order=row, amount=300, reason="x")] * 16)
        assert sum(each.error is None for each in outcomes) == 3
        assert all(isinstance(each.error, RefundRefused) for each in outcomes if each.error)
        assert Order.objects.get().refunded_amount == 900

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_one_key_at_once_gives_back_once(self, race: Race) -> None:
        row = factories.order(total_amount=1000)
        outcomes = race(
            *[lambda: order.refund(order=row, amount=100, reason="x", idempotency_key="k")] * 16
        )
        assert [each.error for each in outcomes] == [None] * 16
        assert Order.objects.get().refunded_amount == 100

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_of_two_who_saw_the_same_order_one_is_told(self, race: Race) -> None:
        row = factories.order(total_amount=1000)
        given = {"amount": 300, "reason": "x", "expected_refunded_amount": 0}
        outcomes = race(*[lambda: order.refund(order=row, **given)] * 2)
        assert [type(each.error) for each in outcomes if each.error] == [OrderChanged]
        moves = race(
            lambda: order.transition(order=row, to="confirmed", expected_status="placed"),
            lambda: order.transition(order=row, to="cancelled", expected_status="placed"),
        )
        assert [type(each.error) for each in moves if each.error] == [OrderChanged]
        kept = Order.objects.get()
        assert kept.refunded_amount == 300
        assert kept.events.count() == 2


class TestNote:
    def test_is_kept_beside_the_order(self) -> None:
        row = factories.order()
        order.note(order=row, text=" call first ")
        assert row.events.get().reason == "call first"
        with pytest.raises(EmptyNote):
            order.note(order=row, text=" ")


class TestTracking:
    def test_a_token_leads_to_its_order_alone(self) -> None:
        key = uuid.uuid4()
        token = tracking.token(key)
        assert len(token) == 43
        assert tracking.order_key(token) == key
        assert tracking.token(key) == token

    def test_others_lead_nowhere(self, other_tenant: Tenant) -> None:
        token = tracking.token(uuid.uuid4())
        flipped = ("B" if token[0] == "A" else "A") + token[1:]
        for text in ("", "x", "é" * 43, token[:-1], token + "A", flipped, token[:40] + "AAA"):
            with pytest.raises(OrderNotFound):
                tracking.order_key(text)
        with tenancy.use(other_tenant), pytest.raises(OrderNotFound):
            tracking.order_key(token)

    def test_outlives_a_new_secret_key(self, settings: Any) -> None:
        key = uuid.uuid4()
        token = tracking.token(key)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another" * 10
        assert tracking.order_key(token) == key
        settings.SECRET_KEY_FALLBACKS = []
        with pytest.raises(OrderNotFound):
            tracking.order_key(token)
