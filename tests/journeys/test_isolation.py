"""Two shops with the same phone, e-mail, code, SKU and order reference never see each other.

Every route of the URL resolver is tried across the border, so that a new one is tried as well.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib import admin
from django.core import serializers
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from doorman.models import CustomerSession
from guestman.contrib.duplicates.models import DuplicatePair
from guestman.contrib.insights.service import InsightService
from guestman.contrib.merge.service import execute, preview
from guestman.models import Customer, CustomerGroup
from guestman.services import address, contact_point, customer, external_identity, suspicion
from offerman.models import PriceList, PriceListItem, Product
from omniman.models import Channel, Order
from omniman.services import cart, order, tracking
from shopman import tenancy
from shopman.models import Organization, Tenant, TenantDomain
from tests.journeys import shop
from tests.journeys.people import AUTH, STAFF, STORE, Clerk, Shopper

pytestmark = pytest.mark.django_db

PHONE, EMAIL = "+5511987654321", "ana@example.com"
HOST = "other.example"
#: In every text of the other shop, and nowhere else.
MARK = "zzother"
VERBS = ("get", "post", "put", "patch", "delete")
#: What each change would take, so that it is refused for the row and not for its form.
BODIES: dict[str, dict[str, Any]] = {
    "deactivate": {"reason": "x"},
    "change-phone": {"phone": "11 91234-5678", "reference": "x"},
    "verify": {"reference": "x"},
    "contact-points": {"kind": "email", "value": "new@example.com"},
    "addresses": {"street": "Rua A", "city": "Recife", "country": "BR"},
    "identities": {"provider": "loyalty", "subject": "x"},
    "transitions": {"to": "confirmed"},
    "refunds": {"amount": 1, "reason": "x"},
    "notes": {"text": "x"},
    "take-back": {"reason": "x"},
    "import-preview": {"content": "sku,amount\nTEA,1\n"},
    "import": {"content": "sku,amount\nTEA,1\n", "digest": "0" * 64},
    "items": {"product": str(UUID(int=1)), "amount": 1},
    "claim": {"key": "x"},
    "redeem": {"ticket": "x"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One shop with one of everything; keys by the name a route has for them."""

    tenant: Tenant
    keys: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An address of the project: its pattern, the names in it, the methods it answers."""

    pattern: str
    names: tuple[str, ...]
    verbs: tuple[str, ...]


def routes(patterns: Any = None, prefix: str = "") -> Iterator[Route]:
    for each in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, path)
        elif isinstance(each, URLPattern):
            view = getattr(each.callback, "view_class", getattr(each.callback, "cls", None))
            verbs = tuple(verb for verb in VERBS if hasattr(view, verb)) or ("get", "post")
            yield Route(pattern=path, names=tuple(each.pattern.converters), verbs=verbs)


def world(tenant: Tenant, mark: str) -> World:
    """A customer who ordered, and one row of everything that has an address."""
    shop.open_shop(tenant)
    with tenancy.use(tenant):
        ana = customer.create(
            code="C-1", first_name=f"Ana {mark}", phone=PHONE, email=EMAIL, group_code="club"
        )
        phone = ana.contact_points.get(kind="phone")
        contact_point.verify(contact_point=phone, method="manual", reference=mark)
        home = address.add(customer=ana, street=f"Rua {mark}", city="Recife", country="BR")
        identity = external_identity.link(customer=ana, provider="loyalty", subject="77")
        row = cart.open_for_customer(customer_uuid=ana.pk)
        cart.set_line(cart=row, sku="TEA", quantity=2)
        placed = order.commit(cart=row, idempotency_key="k")
        order.note(order=placed, text=mark)
        again = cart.open_for_customer(customer_uuid=ana.pk)
        cart.set_line(cart=again, sku="CUP", quantity=1)
        visitor = cart.open_for_guest()
        InsightService.recalculate("C-1")
        club = PriceList.objects.get(code="club")
        twin = customer.create(code="C-TWIN", first_name=mark)
        suspicion.suggest(ana.pk, twin.pk, reason="same_phone")
        third = customer.create(code="C-THIRD", first_name=mark)
        merged = execute(preview=preview(survivor=twin, duplicate=third), reason=mark)
        return World(
            tenant=tenant,
            keys={
                "customers": str(ana.pk),
                "contacts": str(ana.pk),
                "source": "order",
                "contact": str(phone.pk),
                "address": str(home.pk),
                "identity": str(identity.pk),
                "customer-groups": str(CustomerGroup.objects.get(code="club").pk),
                "orders": str(placed.pk),
                "channels": str(Channel.objects.get(code="web").pk),
                "products": str(Product.objects.get(sku="TEA").pk),
                "price-lists": str(club.pk),
                "pricelist": str(club.pk),
                "item": str(PriceListItem.objects.filter(price_list=club).first().pk),
                "merge": str(merged.pk),
                "pair": str(DuplicatePair.objects.get().pk),
                "token": tracking.token(placed.pk),
                "cart": visitor.key,
                "sessions": str(UUID(int=1)),
                "secret": "0" * 43,
            },
        )


@pytest.fixture
def own(tenant: Tenant) -> World:
    return world(tenant, "own")


@pytest.fixture
def other(other_tenant: Tenant, settings: Settings, own: World, monkeypatch: Any) -> World:
    """The other shop at a host of its own; its order got the very reference of ours."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.DOORMAN = {**settings.DOORMAN, "ALLOWED_REGIONS": ["BR", "GB"]}
    TenantDomain.objects.create(tenant=other_tenant, host=HOST)
    Tenant.objects.filter(pk=other_tenant.pk).update(name=MARK.title())
    with tenancy.use(other_tenant):
        Organization.objects.create(slug="branch", name=MARK)
    with tenancy.use(own.tenant):
        taken = Order.objects.get().ref
    with monkeypatch.context() as patch:
        patch.setattr("omniman.rules.refs.make", lambda number: taken)
        found = world(other_tenant, MARK)
    with tenancy.use(other_tenant):
        assert Order.objects.get().ref == taken
    there = Shopper(HOST)
    session = there.login(PHONE)["session"]
    secret = there.ask_for_code("+5511977770001")
    keys = {**found.keys, "sessions": session, "secret": secret}
    return World(tenant=other_tenant, keys=keys)


def rows_of(tenant: Tenant) -> dict[str, str]:
    """Every row of a tenant, model by model, as JSON."""
    found = {}
    for model in apps.get_models():
        names = {field.name for field in model._meta.fields}
        if "tenant" in names and not model._meta.abstract:
            manager = getattr(model, "all_tenants", model._base_manager)
            rows = manager.filter(tenant=tenant).order_by("pk")
            found[model._meta.label] = serializers.serialize("json", rows)
    return found


@pytest.fixture
def untouched(own: World, other: World) -> Iterator[None]:
    """Whatever the test does, the other shop's rows are afterwards what they were before."""
    before = rows_of(other.tenant)
    assert before["omniman.Order"] != "[]"
    yield
    assert rows_of(other.tenant) == before


def filled(route: Route, keys: Mapping[str, str]) -> str:
    """The address with these keys. A name nobody knows fails: teach it to ``world``."""
    path = f"/{route.pattern}"
    for name in route.names:
        resource = path.partition("/<")[0].rpartition("/")[2] if name == "uuid" else name
        start, end = path.index("<"), path.index(">")
        path = path[:start] + keys[resource] + path[end + 1 :]
    return path


def knows(answer: HttpResponse, other: World, *, sent: str) -> list[str]:
    """What an answer has of the other shop, apart from what was asked for."""
    body = b"".join(answer) if answer.streaming else answer.content
    text = body.decode().lower() + json.dumps(dict(answer.headers)).lower()
    secrets = {name: key for name, key in other.keys.items() if key not in sent and len(key) > 30}
    return [name for name, each in {"": MARK, **secrets}.items() if each.lower() in text]


def send(who: Clerk | Shopper, verb: str, path: str, route: Route) -> HttpResponse:
    body = BODIES.get(route.pattern.rpartition("/")[2], {})
    if "challenges/" in route.pattern:
        body = {"code": "000000"} if route.pattern.endswith("verify") else {}
    if verb == "get":
        return who.get(path)
    answer: HttpResponse = who.send(path, body, verb=verb, If_Match='"1"', Idempotency_Key="k")
    return answer


@pytest.fixture
def clerk(own: World) -> Clerk:
    return shop.clerk_of(own.tenant)


Walk = Callable[[Clerk | Shopper, str], int]


@pytest.fixture
def walk(own: World, other: World) -> Walk:
    """Tries every route under a prefix that names a row, with the rows of the other shop."""

    def run(who: Clerk | Shopper, prefix: str) -> int:
        count = 0
        for route in routes():
            if not (route.pattern.startswith(prefix) and route.names):
                continue
            if isinstance(who, Clerk) and "/store/" in route.pattern:
                continue
            foreign = dict(other.keys)
            for keys in (foreign, {**foreign, "customers": own.keys["customers"]}):
                if keys["customers"] != foreign["customers"] and len(route.names) < 2:
                    continue
                path = filled(route, keys)
                for verb in route.verbs:
                    answer = send(who, verb, path, route)
                    where = f"{verb} {path}: {answer.status_code}"
                    assert answer.status_code in (403, 404) or _is_blind(route, answer), where
                    assert knows(answer, other, sent=path) == [], where
                    count += 1
        return count

    return run


def _is_blind(route: Route, answer: HttpResponse) -> bool:
    """A challenge that is unknown here is a wrong code, whoever asks (doorman's O13)."""
    return "challenges/" in route.pattern and answer.status_code == 400


@pytest.mark.usefixtures("untouched")
def test_staff_reach_no_row_of_another_shop(clerk: Clerk, walk: Walk) -> None:
    assert walk(clerk, "api/v1/") > 50


@pytest.mark.usefixtures("untouched")
def test_shoppers_reach_no_row_of_another_shop(own: World, walk: Walk) -> None:
    ana = Shopper()
    ana.login(PHONE)
    assert walk(ana, "api/v1/store/") >= 2
    assert walk(ana, "api/auth/v1/") >= 3
    assert walk(ana, "auth/") >= 1


@pytest.mark.usefixtures("untouched")
def test_a_member_of_staff_is_nobody_at_the_other_shop(other: World, own: World) -> None:
    clerk = shop.clerk_of(own.tenant)
    for route in routes():
        if route.pattern.startswith("api/v1/") and "store/" not in route.pattern:
            path = filled(route, other.keys)
            for verb in route.verbs:
                clerk.host = HOST
                clerk.defaults["HTTP_HOST"] = HOST
                answer = send(clerk, verb, path, route)
                assert answer.status_code in (401, 403), f"{verb} {path}: {answer.status_code}"
                assert knows(answer, other, sent=path) == []


@pytest.mark.usefixtures("untouched")
def test_lists_and_filters_hold_own_rows_only(own: World, other: World, clerk: Clerk) -> None:
    ana = Shopper()
    ana.login(PHONE)
    count = 0
    for route in routes():
        if route.names or "get" not in route.verbs or not route.pattern.startswith("api/v1/"):
            continue
        path = f"/{route.pattern}"
        answer = (ana if "/store/" in path else clerk).get(path)
        assert answer.status_code in (200, 404), path
        assert knows(answer, other, sent="") == [], path
        count += 1
    assert count > 10
    found = clerk.get(f"{STAFF}/customers?q=ana&page_size=200").json()["results"]
    assert [each["uuid"] for each in found] == [own.keys["customers"]]
    for query in (
        "customers?phone=11987654321", "customers?email=ana@example.com", "customers?code=C-1",
        "orders?customer_code=C-1", "products?sku=TEA", "insights?code=C-1",
    ):  # fmt: skip
        rows = clerk.get(f"{STAFF}/{query}").json()["results"]
        assert len(rows) == 1, query
    for query in (f"orders?customer={other.keys['customers']}",):
        assert clerk.get(f"{STAFF}/{query}").json()["results"] == []


@pytest.mark.usefixtures("untouched")
def test_a_session_of_one_shop_opens_nothing_at_the_other(own: World, other: World) -> None:
    ana = Shopper()
    ana.login(PHONE)
    with tenancy.use(own.tenant):
        mine = CustomerSession.objects.get()
    assert ana.get(f"{STORE}/orders").json()["results"][0]["uuid"] == own.keys["orders"]
    for path in (f"{STORE}/orders", f"{AUTH}/session", f"{AUTH}/sessions"):
        answer = ana.get(path, headers={"host": HOST})
        assert answer.status_code == 401, path
    with tenancy.use(own.tenant):
        mine.refresh_from_db()
        assert mine.ended_at is None


@pytest.mark.usefixtures("untouched")
def test_a_visitors_key_opens_no_cart_of_another_shop(own: World, other: World) -> None:
    ana = Shopper()
    ana.login(PHONE)
    key = other.keys["cart"]
    assert ana.send(f"{STORE}/cart/claim", {"key": key}).status_code == 404
    visitor = Shopper()
    assert visitor.get(f"{STORE}/cart", headers={"X-Cart-Key": key}).status_code == 404
    refused = visitor.send(f"{STORE}/cart/lines", {"sku": "TEA", "quantity": 1}, X_Cart_Key=key)
    assert refused.status_code == 404
    assert (
        visitor.send(f"{STORE}/orders", {}, X_Cart_Key=key, Idempotency_Key="k").status_code == 404
    )


@pytest.mark.usefixtures("untouched")
def test_the_admin_shows_no_row_of_another_shop(own: World, other: World) -> None:
    clerk = shop.clerk_of(own.tenant, is_superuser=True)
    # A superuser is offered every shop by its name, on each page; nothing else of it.
    Tenant.objects.filter(pk=other.tenant.pk).update(name="Elsewhere")
    count, sent = 0, ""
    for model in admin.site._registry:
        if "tenant" not in {field.name for field in model._meta.fields}:
            continue
        place = f"admin/{model._meta.app_label}/{model._meta.model_name}/"
        row = getattr(model, "all_tenants", model._base_manager).filter(tenant=other.tenant).first()
        answer = clerk.get(f"/{place}")
        assert answer.status_code == 200, place
        assert knows(answer, other, sent=sent) == [], place
        for route in routes():
            if row is None or not (route.pattern.startswith(place) and route.names):
                continue
            path = filled(
                Route(pattern=route.pattern, names=("pk",), verbs=()), {"pk": str(row.pk)}
            )
            # The admin says in a message that there is nothing with the key it was asked for.
            sent += path
            for answer in (clerk.get(path), send_form(clerk, path)):
                assert answer.status_code in (302, 403, 404), f"{path}: {answer.status_code}"
                assert knows(answer, other, sent=sent) == [], path
                count += 1
    assert count > 60
    assert MARK not in clerk.get("/admin/").content.decode().lower()


def send_form(clerk: Clerk, path: str) -> HttpResponse:
    given = {"csrfmiddlewaretoken": clerk.cookies["csrftoken"].value, "reason": "x"}
    return clerk.post(path, given, headers={"Origin": f"http://{clerk.host}"})


def test_the_same_person_is_a_customer_of_each_shop(own: World, other: World) -> None:
    here, there = Shopper(), Shopper(HOST)
    assert here.login(PHONE)["customer"]["uuid"] == own.keys["customers"]
    assert there.login(PHONE)["customer"]["uuid"] == other.keys["customers"]
    assert Customer.all_tenants.filter(code="C-1").count() == 2
