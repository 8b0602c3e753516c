"""The main job over HTTP: a code, a customer, their prices, an order that stays as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command

from config import wiring
from doorman.models import CustomerSession
from guestman.contrib.insights.models import CustomerInsight
from guestman.models import Customer
from guestman.signals import customer_deactivated
from omniman.models import Order
from shopman import tenancy
from shopman.canonical import digest
from shopman.models import Tenant
from shopman.outbox.signals import recorded
from tests.journeys.people import AUTH, STAFF, STORE, Clerk, Shopper, newest_message

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "(11) 98765-4321"
E164 = "+5511987654321"


def test_a_shopper_signs_in_buys_at_club_prices_and_the_order_never_changes(
    opened: Tenant, shopper: Shopper, clerk: Clerk
) -> None:
    # A visitor fills a cart at the prices of everybody.
    cart = shopper.put_in_cart("TEA", 2)
    key = cart["key"]
    assert cart["total_amount"] == 1000
    shown = shopper.put_in_cart("CUP", "1", X_Cart_Key=key)
    assert (shown["total_amount"], shown["key"]) == (2250, None)

    # A code makes them a customer.
    challenge = shopper.ask_for_code(PHONE)
    assert newest_message().to == E164
    entered = shopper.give_code(challenge, newest_message().code).json()
    assert entered["created"] is True
    uuid = entered["customer"]["uuid"]
    [row] = clerk.get(f"{STAFF}/customers?phone=11987654321").json()["results"]
    assert (row["uuid"], row["phone"], row["group"]) == (uuid, E164, "everyone")
    [contact] = clerk.get(f"{STAFF}/customers/{uuid}/contact-points").json()["results"]
    assert (contact["evidence"], contact["verification_method"]) == ("V", "otp_sms")

    # Staff name them and let them into the club; the next quote has its prices.
    lines = {"lines": [{"sku": "TEA", "quantity": 10}, {"sku": "CUP", "quantity": 1}]}
    assert shopper.send(f"{STORE}/quote", lines).json()["total_amount"] == 6250
    record = f"{STAFF}/customers/{uuid}"
    named = {"first_name": "Ana", "last_name": "Souza", "group": "club"}
    assert clerk.change(record, named).status_code == 200
    quote = shopper.send(f"{STORE}/quote", lines).json()
    assert quote["total_amount"] == 4500
    assert {line["price_list_code"] for line in quote["lines"]} == {"club"}

    # The cart of before the login becomes theirs, and then an order, once.
    claimed = shopper.send(f"{STORE}/cart/claim", {"key": key}).json()
    assert claimed["total_amount"] == 2 * 400 + 1000
    first, again = shopper.order("checkout-1"), shopper.order("checkout-1")
    assert (first.status_code, again.status_code) == (201, 201)
    placed = first.json()
    assert again.json() == placed
    assert placed["total_amount"] == 1800
    assert [each["uuid"] for each in shopper.get(f"{STORE}/orders").json()["results"]] == [
        placed["uuid"]
    ]

    # Staff see it with the customer as they were.
    order = f"{STAFF}/orders/{placed['uuid']}"
    before = clerk.get(order).json()
    frozen = before["data"]["customer"]
    assert (frozen["uuid"], frozen["name"], frozen["phone"], frozen["group"]) == (
        uuid, "Ana Souza", E164, "club",
    )  # fmt: skip
    assert before["data_digest"] == digest(before["data"])
    page = clerk.get(f"/admin/omniman/order/{placed['uuid']}/change/", follow=True)
    assert page.status_code == 200
    assert "Ana Souza" in page.content.decode()

    # Whatever happens to the customer, the order says what it said.
    clerk.change(record, {"first_name": "Beatriz", "last_name": "Lima", "group": None})
    moved = clerk.send(
        f"{record}/contact-points/change-phone",
        {"phone": "11 91234-5678", "reference": "passport seen"},
    )
    assert moved.status_code == 200, moved.content
    assert clerk.get(record).json()["phone"] == "+5511912345678"
    after = clerk.get(order)
    assert after.json() == before
    with tenancy.use(opened):
        stored = Order.objects.get()
        assert digest(stored.data) == stored.data_digest == before["data_digest"]
    page = clerk.get(f"/admin/omniman/order/{placed['uuid']}/change/", follow=True)
    assert "Ana Souza" in page.content.decode()

    # The numbers are read back from the orders.
    call_command("recalculate_insights", tenant=opened.slug, no_progress=True, verbosity=0)
    insight = clerk.get(f"{record}/insight").json()
    assert (insight["segment"], insight["order_count"], insight["net_total_amount"]) == (
        "recent", 1, 1800,
    )  # fmt: skip
    with tenancy.use(opened):
        assert CustomerInsight.objects.get().segment == "recent"


def test_a_customer_who_is_deactivated_is_out_at_the_very_next_request(
    opened: Tenant, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = Shopper(), Shopper()
    uuid = ana.login(PHONE)["customer"]["uuid"]
    ben.login("11 97777-0001")
    assert ana.get(f"{STORE}/orders").status_code == 200
    # Nobody tidies up: the session ends because each request asks guestman.
    monkeypatch.setattr("doorman.services.access.end_all", lambda **_: 0)
    reason = {"reason": "chargebacks"}
    gone = clerk.send(f"{STAFF}/customers/{uuid}/deactivate", reason)
    assert gone.status_code in (200, 204), gone.content
    assert ana.get(f"{STORE}/orders").status_code == 401
    assert ana.get(f"{AUTH}/session").status_code == 401
    assert ben.get(f"{STORE}/orders").status_code == 200
    with tenancy.use(opened):
        ended = CustomerSession.objects.get(customer_uuid=uuid)
        assert (ended.end_reason, ended.ended_at is None) == ("customer_inactive", False)


@pytest.fixture
def nobody_told() -> Iterator[None]:
    """A process that dies right after its commit: only the outbox row is left."""
    customer_deactivated.disconnect(dispatch_uid="config.sessions_inactive")
    recorded.disconnect(dispatch_uid="config.relay")
    yield
    wiring.connect()


@pytest.mark.usefixtures("nobody_told")
def test_the_outbox_ends_the_sessions_that_nobody_uses(opened: Tenant, clerk: Clerk) -> None:
    ana = Shopper()
    uuid = ana.login(PHONE)["customer"]["uuid"]
    clerk.send(f"{STAFF}/customers/{uuid}/deactivate", {"reason": "chargebacks"})
    with tenancy.use(opened):
        assert CustomerSession.objects.get(customer_uuid=uuid).ended_at is None
        call_command("relay_outbox", verbosity=0)
        ended = CustomerSession.objects.get(customer_uuid=uuid)
        assert (ended.end_reason, ended.ended_at is None) == ("customer_inactive", False)


def test_login_of_an_inactive_customer_says_one_clear_sentence(
    opened: Tenant, clerk: Clerk
) -> None:
    ana = Shopper()
    uuid = ana.login(PHONE)["customer"]["uuid"]
    clerk.send(f"{STAFF}/customers/{uuid}/deactivate", {"reason": "chargebacks"})
    challenge = ana.ask_for_code(PHONE)
    refused = ana.give_code(challenge, newest_message().code)
    assert refused.status_code == 403
    assert (refused.json()["code"], refused.json()["detail"]) == (
        "login_not_allowed",
        "Signing in is not possible with this account. Please contact the shop.",
    )
    with tenancy.use(opened):
        assert Customer.objects.count() == 1
        assert not CustomerSession.objects.filter(ended_at__isnull=True).exists()
    clerk.send(f"{STAFF}/customers/{uuid}/reactivate")
    assert ana.login(PHONE)["customer"]["uuid"] == uuid
