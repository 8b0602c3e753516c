"""A shop in which every example of the API's description can be tried."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import time_machine
from django.contrib.auth.models import User
from django.test import Client

from doorman import web
from doorman.models import Challenge
from doorman.services import challenge, link, session, ticket, token
from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.insights.service import InsightService
from guestman.contrib.merge.service import execute, preview
from guestman.models import ContactPoint, Customer
from guestman.services import address, contact_point, customer, external_identity, group, suspicion
from offerman.services import price_import, price_list, product
from omniman.services import cart, channel, checkout, order, tracking
from shopman import clock, tenancy
from shopman.models import Tenant
from tests.doorman.standins import Outbox
from tests.shopman.factories import member

ROLES = ("owner", "manager", "clerk", "read_only")
#: Codes of three records of one person.
TWICE = ("NINA", "NINA-2", "NINA-3")
PRICE_FILE = "sku,amount,minimum_quantity\nMUG-BLUE,39.00,1\nMUG-BLUE,36.50,6\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """``names`` are the keys and secrets that examples refer to."""

    names: Mapping[str, str]
    staff: Mapping[str, User]
    shopper_secret: str

    def client(self, caller: str) -> Client:
        """A client of somebody: a role of the staff, ``shopper`` or ``visitor``."""
        client = Client()
        if caller in self.staff:
            client.force_login(self.staff[caller])
        elif caller == "shopper":
            client.cookies[web.session_cookie()] = self.shopper_secret
        return client


def build(tenant: Tenant) -> World:
    """The shop of a tenant, with staff in every role and a shopper who is signed in."""
    with tenancy.use(tenant):
        names = {**_prices(), **_people()}
        entered = session.open(
            customer_uuid=Customer.objects.get(pk=names["customer"]).pk,
            amr="otp_sms",
            device="Firefox on Linux",
        )
        with time_machine.travel(clock.now() - dt.timedelta(days=40), tick=False):
            names |= _orders(names)
        names |= {"session": str(entered.session.pk), **_carts(names), **_challenges()}
        names |= _tokens()
        InsightService.recalculate_all()
        names |= _pair(names) | _merges()
    staff = {role: member(tenant, role, username=f"{role}@example.com") for role in ROLES}
    return World(names=names, staff=staff, shopper_secret=entered.secret)


def _prices() -> dict[str, str]:
    coffee = product.create(
        sku="COFFEE-250", name="Coffee, 250 g", base_price_amount=3490, currency="BRL"
    )
    mug = product.create(sku="MUG-BLUE", name="Blue mug", base_price_amount=4500, currency="BRL")
    club = price_list.create(code="club", name="Club", currency="BRL")
    price_list.create(code="outlet", name="Outlet", currency="BRL", is_public=True)
    price = price_list.add_item(price_list=club.pk, product=coffee.pk, amount=2990)
    price_list.add_item(
        price_list=club.pk, product=coffee.pk, amount=2790, minimum_quantity=Decimal(10)
    )
    found = price_import.preview(price_list=club.pk, content=PRICE_FILE)
    return {
        "product": str(coffee.pk),
        "mug": str(mug.pk),
        "price_list": str(club.pk),
        "price": str(price.pk),
        "digest": found.digest,
    }


def _people() -> dict[str, str]:
    everyone = group.create(code="everyone", name="Everyone")
    group.set_default(group=everyone)
    club = group.create(code="club", name="Club", price_list_code="club", priority=10)
    ana = customer.create(
        code="ANA", first_name="Ana", last_name="Araújo", email="ana@example.com", group_code="club"
    )
    phone = contact_point.add(customer=ana, kind="phone", value="+5511961230001")
    contact_point.verify(contact_point=phone, method="manual", reference="At the counter.")
    other_phone = contact_point.add(customer=ana, kind="phone", value="+5511961230009")
    home = address.add(
        customer=ana,
        label="Home",
        street="Rua das Flores",
        number="100",
        city="São Paulo",
        region="SP",
        postal_code="05416-000",
        country="BR",
    )
    account = external_identity.link(customer=ana, provider="marketplace", subject="buyer-10017")
    caio = customer.create(code="CAIO", first_name="Caio", last_name="Lima")
    rosa = customer.create(code="ROSA", first_name="Rosa", last_name="Assis")
    customer.deactivate("ROSA", reason="Moved away.")
    return {
        "group": str(club.pk),
        "customer": str(ana.pk),
        "contact": str(phone.pk),
        "unverified": str(other_phone.pk),
        "address": str(home.pk),
        "identity": str(account.pk),
        "other_customer": str(caio.pk),
        "inactive_customer": str(rosa.pk),
    }


def _pair(names: Mapping[str, str]) -> dict[str, str]:
    """Two customers somebody took for one."""
    keys = UUID(names["customer"]), UUID(names["other_customer"])
    suspicion.suggest(*keys, reason="same_phone")
    return {"pair": str(DuplicatePair.objects.get().pk)}


def _merges() -> dict[str, str]:
    """A merge to look at and take back, and the preview of another one."""
    nina, other, third = (customer.create(code=code, first_name="Nina") for code in TWICE)
    made = execute(preview=preview(survivor=nina, duplicate=other), reason="Same person, by phone.")
    foreseen = preview(survivor=Customer.objects.get(pk=nina.pk), duplicate=third)
    return {
        "merge": str(made.pk),
        "survivor": str(nina.pk),
        "duplicate": str(third.pk),
        "merge_digest": foreseen.digest,
    }


def _orders(names: Mapping[str, str]) -> dict[str, str]:
    web_shop = channel.ensure(code="web", name="Web shop")
    ana = Customer.objects.get(pk=names["customer"])
    bought = cart.open_for_customer(customer_uuid=ana.pk)
    cart.add_line(cart=bought, sku="COFFEE-250", quantity=2)
    checkout.describe(
        cart=bought,
        delivery_address={"street": "Rua das Flores", "city": "São Paulo", "country": "BR"},
    )
    placed = order.commit(cart=bought, idempotency_key="first")
    return {
        "channel": str(web_shop.pk),
        "order": str(placed.pk),
        "token": tracking.token(placed.pk),
    }


def _carts(names: Mapping[str, str]) -> dict[str, str]:
    ana = Customer.objects.get(pk=names["customer"])
    open_cart = cart.open_for_customer(customer_uuid=ana.pk)
    cart.add_line(cart=open_cart, sku="MUG-BLUE", quantity=1)
    visitors = cart.open_with_line(sku="MUG-BLUE", quantity=1)
    return {"cart": str(open_cart.pk), "cart_key": visitors.key}


def _link() -> str:
    challenge.start(
        channel="email", identifier="ana@example.com", address="192.0.2.1", client="other",
        locale="en",
    )  # fmt: skip
    row = Challenge.objects.get(channel="email")
    token = link.attach(row).rpartition("/")[2]
    row.save(update_fields=["link_hash"])
    return token


def _tokens() -> dict[str, str]:
    ana = Customer.objects.get(code="ANA")
    for_app = token.grant(scopes=["store"])
    pair = token.open(customer_uuid=ana.pk, amr="otp_sms", device="", grant=for_app)
    return {"access_token": pair.access, "refresh_token": pair.refresh}


def prove_mailbox(tenant: Tenant) -> None:
    """A link leads to whoever verified its address, and Ana has not in the world as it is built."""
    with tenancy.use(tenant):
        mailbox = ContactPoint.objects.get(canonical="ana@example.com")
        contact_point.verify(contact_point=mailbox, method="email_link")


def _challenges() -> dict[str, str]:
    started = challenge.start(
        channel="sms", identifier="+5511961230001", address="192.0.2.1", client="other", locale="en"
    )
    row = Challenge.objects.get(channel="sms")
    return {
        "challenge": started.secret,
        "code": Outbox.sent[-1].code,
        "ticket": ticket.issue(challenge=row, identifier="+5511961230001"),
        "link": _link(),
    }
