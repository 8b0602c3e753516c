"""An order under way keeps what it takes to deliver it, and loses it when it is delivered."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from guestman.contrib.privacy.service import erase, preview_erasure
from guestman.models import Customer
from omniman import tasks
from omniman.models import Order, OrderRedaction
from omniman.services import order
from shopman import clock
from shopman.canonical import digest
from tests.privacy import dumps, someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def placed(marina: Customer) -> Order:
    return someone.place(marina)


@pytest.fixture
def erased(marina: Customer, placed: Order) -> Order:
    erase(customer=marina, reason="request 17")
    placed.refresh_from_db()
    return placed


def test_a_preview_names_it_and_says_until_when(marina: Customer, placed: Order) -> None:
    hold = next(hold for hold in preview_erasure(customer=marina).holds if placed.ref in hold.what)
    assert hold.count == 1
    assert hold.until == placed.placed_at.date() + dt.timedelta(days=90)
    assert "delivered or cancelled" in hold.ground


def test_it_can_still_be_delivered(erased: Order) -> None:
    facts = erased.data
    assert (facts["customer"]["name"], facts["customer"]["phone"]) == (
        "Marina Quaresma", someone.OTHER_PHONE,
    )  # fmt: skip
    assert facts["delivery_address"]["street"] == "Rua dos Jacarandás"
    assert facts["customer"]["email"] == ""
    assert facts["redaction"]["under_way"]["held"] == [
        "customer.name", "customer.phone", "delivery_address",
    ]  # fmt: skip
    assert erased.data_digest == digest(facts)


@pytest.mark.parametrize("ends", ["delivered", "cancelled"])
def test_it_is_emptied_when_it_ends(erased: Order, settings: Any, ends: str) -> None:
    settings.OMNIMAN = {**settings.OMNIMAN, "ORDER_HOLD_YEARS": 0}
    if ends == "delivered":
        someone.deliver(erased)
    else:
        order.transition(order=erased, to="cancelled")
    erased.refresh_from_db()
    assert erased.data["delivery_address"] == {"country": "BR"}
    assert erased.data["customer"]["name"] == ""
    assert "under_way" not in erased.data["redaction"]
    assert erased.data_digest == digest(erased.data)


def test_what_the_law_holds_stays_then(erased: Order) -> None:
    someone.deliver(erased)
    erased.refresh_from_db()
    assert erased.data["delivery_address"] == {"country": "BR"}
    assert erased.data["customer"]["document"] == someone.DOCUMENT
    assert erased.data["customer"]["phone"] == ""
    last = OrderRedaction.objects.filter(order=erased).order_by("at", "pk").last()
    assert last is not None
    assert last.held_until == dt.date(erased.placed_at.year + 5, 12, 31)


def test_one_that_nobody_ever_ends_is_emptied_by_time(
    erased: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    for days, left in ((89, "Rua dos Jacarandás"), (92, None)):
        monkeypatch.setattr(clock, "now", lambda days=days: now + dt.timedelta(days=days))
        tasks.release_held()
        erased.refresh_from_db()
        assert erased.data["delivery_address"].get("street") == left
    assert tasks.release_held() == 0


def test_a_guests_order_too(marina: Customer, django_capture_on_commit_callbacks: Any) -> None:
    as_guest = someone.as_guest(guest_name="Marina Quaresma", guest_email=someone.EMAIL)
    with django_capture_on_commit_callbacks(execute=True):
        erase(customer=marina, reason="request 17")
    as_guest.refresh_from_db()
    assert as_guest.data["delivery_address"]["street"] == "Rua dos Jacarandás"
    assert as_guest.data["customer"]["email"] == ""
    someone.deliver(as_guest)
    left = dumps.traces(someone.VALUES)
    assert set(left) == {"omniman_order"}
    assert left["omniman_order"] <= set(someone.HELD)


def test_nothing_stays_where_the_shop_wants_it_so(
    marina: Customer, placed: Order, settings: Any
) -> None:
    settings.OMNIMAN = {**settings.OMNIMAN, "ORDER_DELIVERY_FIELDS": []}
    erase(customer=marina, reason="request 17")
    placed.refresh_from_db()
    assert placed.data["delivery_address"] == {"country": "BR"}
